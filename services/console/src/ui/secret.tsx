/** What is shown once and never again: to be copied before it is closed. */
import { t } from "../i18n";
import { Copy } from "./copy";
import css from "./secret.module.css";

export function Secret({ label, children }: { label: string; children: string }) {
  return (
    <div class={css.secret}>
      <p>{t("say.shownOnce")}</p>
      <section class={css.box} aria-label={label}>
        <code>{children}</code>
        <Copy text={children} />
      </section>
    </div>
  );
}
