/** The times of a task as bars, one below the other, to one scale. */
import { duration } from "../../i18n/formats";
import type { Span } from "./story";
import css from "./task.module.css";
import { t } from "./texts";

interface TimelineProps {
  spans: Span[];
  /** Where what is not over ends. */
  now: number;
}

export function Timeline({ spans, now }: TimelineProps) {
  const begin = spans[0]?.from ?? now;
  const end = Math.max(...spans.map((each) => each.until ?? now), begin + 1);
  const part = (from: number) => ((from - begin) / (end - begin)) * 100;
  return (
    <ol class={css.timeline}>
      {spans.map((span, place) => {
        const until = span.until ?? now;
        const name = nameOf(span);
        return (
          <li key={place}>
            <span class={css.spanName}>{name}</span>
            <span class={css.track}>
              <span
                class={`${css.span} ${css[toneOf(span)]}`}
                style={{
                  left: `${part(span.from)}%`,
                  width: `${Math.max(part(until) - part(span.from), 0.5)}%`,
                }}
              />
            </span>
            <span class={css.spanTime}>
              {duration(Math.max(until - span.from, 0) / 1000)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function nameOf(span: Span): string {
  const { run, attempt, kind } = span;
  if (kind !== "attempt") {
    return run > 1 ? t("span.waiting.run", { run }) : t("span.waiting");
  }
  return run > 1
    ? t("span.attempt.run", { run, attempt })
    : t("span.attempt", { attempt });
}

function toneOf(span: Span): string {
  if (span.kind !== "attempt") return "calm";
  if (span.outcome === "failed") return "bad";
  if (span.outcome === "completed") return "good";
  if (span.outcome === "again") return "warn";
  return span.outcome === "cancelled" ? "calm" : "busy";
}
