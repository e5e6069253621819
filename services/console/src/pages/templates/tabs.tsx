/** Templates, and the fonts that they are set in. */
import { at } from "../../addresses";
import { Tabs } from "../../ui";
import { t } from "./texts";

export function RoomTabs({ of }: { of: "templates" | "fonts" }) {
  return (
    <Tabs
      label={t("title")}
      tabs={[
        {
          href: at("/templates"),
          label: t("tab.templates"),
          isCurrent: of === "templates",
        },
        { href: at("/fonts"), label: t("tab.fonts"), isCurrent: of === "fonts" },
      ]}
    />
  );
}
