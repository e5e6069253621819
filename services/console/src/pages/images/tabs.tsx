/** The parts of Images, each at an address of its own. */
import { at } from "../../addresses";
import { Tabs } from "../../ui";
import { t } from "./texts";

const PARTS = ["recipe", "presets", "backgrounds", "batches"] as const;
export type ImagesPart = (typeof PARTS)[number];

export function ImagesTabs({ current }: { current: ImagesPart }) {
  return (
    <Tabs
      label={t("tabs")}
      tabs={PARTS.map((part) => ({
        href: at(part === "recipe" ? "/images" : `/images/${part}`),
        label: t(`tab.${part}`),
        isCurrent: part === current,
      }))}
    />
  );
}
