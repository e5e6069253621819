/** Says when the line or the server is away, and when it is back. */
import { signal } from "@preact/signals";
import { isAway } from "../api/fetching";
import { t } from "../i18n";
import { Icon } from "../ui";
import css from "./shell.module.css";

const isOffline = signal(!navigator.onLine);
addEventListener("offline", () => {
  isOffline.value = true;
});
addEventListener("online", () => {
  isOffline.value = false;
});

export function LineNotice() {
  const text = isOffline.value ? t("app.offline") : isAway.value ? t("app.away") : "";
  return (
    <div role="status" class={text ? css.line : ""}>
      {text && (
        <>
          <Icon name="alert" /> {text}
        </>
      )}
    </div>
  );
}
