/** What a page shows while there is nothing to show: loading, empty, failed. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { isAway } from "../api/fetching";
import { Problem, words } from "../api/problem";
import { t } from "../i18n";
import { Button } from "./button";
import { Copy } from "./copy";
import { Icon, type IconName } from "./icon";
import css from "./state.module.css";

/** So many bars in the place of rows that are on their way. */
export function Skeleton({
  rows = 6,
  height = 14,
}: {
  rows?: number;
  height?: number;
}) {
  return (
    <div class={css.skeleton} role="status" aria-busy="true">
      <span class="unseen">{t("app.loading")}</span>
      {Array.from({ length: rows }, (_, at) => (
        <div
          key={at}
          class={css.bar}
          style={{ height: `${height}px`, width: `${92 - ((at * 17) % 34)}%` }}
        />
      ))}
    </div>
  );
}

interface EmptyProps {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}

/** Nothing is there: why, and what to do. */
export function Empty({ icon = "inbox", title, children, action }: EmptyProps) {
  return (
    <div class={css.empty}>
      <span class={css.picture}>
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** A whole page or part of one could not be loaded. Where that was for want of an answer
 * it is tried again once the server is back. */
export function ErrorView({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail } = words(error);
  const isUnanswered = error instanceof Problem && error.status === 0;
  useEffect(() => {
    if (isUnanswered && !isAway.value) retry?.();
  }, [isAway.value]);
  return (
    <div class={css.empty} role="alert">
      <span class={css.bad}>
        <Icon name="alert" size={28} />
      </span>
      <h2>{title}</h2>
      {detail && <p>{detail}</p>}
      <TraceId error={error} />
      {retry && (
        <Button icon="refresh" onClick={retry}>
          {t("do.retry")}
        </Button>
      )}
    </div>
  );
}

/** What was tried did not work; said beside it, and all that was typed stays. */
export function ErrorNote({ error }: { error: unknown }) {
  const { title, detail } = words(error);
  const places = error instanceof Problem ? error.errors : [];
  return (
    <div class={css.note} role="alert">
      <Icon name="alert" />
      <div>
        <p>{title}</p>
        {detail && <p class={css.detail}>{detail}</p>}
        {places.map((each) => (
          <p key={each.pointer} class={css.detail}>
            <code>{each.pointer}</code> {each.detail}
          </p>
        ))}
        <TraceId error={error} />
      </div>
    </div>
  );
}

function TraceId({ error }: { error: unknown }) {
  if (!(error instanceof Problem) || !error.traceId) return null;
  return (
    <p class={css.trace}>
      {t("say.traceId")} <code>{error.traceId}</code> <Copy text={error.traceId} />
    </p>
  );
}
