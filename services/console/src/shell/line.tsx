/** Says when the line or the server is away, and when it is back. */
import { isAway, isOffline } from "../api/fetching";
import { t } from "../i18n";
import { Icon } from "../ui";
import css from "./shell.module.css";

export function LineNotice() {
  const reason = isOffline.value ? "app.offline" : "app.away";
  const text = isAway.value ? t(reason) : "";
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
