/** What was told of a task, the newest below. */
import type { FeedEvent } from "../../api/feed";
import { isOver, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { duration } from "../../i18n/formats";
import { Badge, Faint, Skeleton, Time, type Tone } from "../../ui";
import css from "./task.module.css";
import { t } from "./texts";

const TONES: Record<FeedEvent["status"], Tone> = {
  accepted: "calm",
  started: "busy",
  progress: "calm",
  completed: "good",
  failed: "bad",
  cancelled: "calm",
};
const MOST = 400;

export function Events(props: { task: Task; events: FeedEvent[] | undefined }) {
  const { task, events } = props;
  if (events === undefined) return <Skeleton rows={4} />;
  if (events.length === 0) return <Faint>{t("events.none")}</Faint>;
  const shown = events.slice(-MOST);
  const begin = Date.parse(task.created_at);
  return (
    <>
      {shown.length < events.length && (
        <Faint>{t("events.cut", { count: events.length - shown.length })}</Faint>
      )}
      <ol class={css.events} aria-live={isOver(task) ? "off" : "polite"}>
        {shown.map((event, place) => (
          <li key={place}>
            <Time at={event.timestamp} />
            <Faint>
              {`+${duration(Math.max(0, Date.parse(event.timestamp) - begin) / 1000)}`}
            </Faint>
            <Badge tone={TONES[event.status]}>{t(`event.${event.status}`)}</Badge>
            <span class={css.said}>{said(event)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function said(event: FeedEvent): string {
  const run = event.run > 1 ? `${t("span.run", { run: event.run })} · ` : "";
  if (event.status === "started") {
    return run + t("attempt", { attempt: event.attempt ?? 1 });
  }
  if (event.progress) {
    const { step, done, total } = event.progress;
    return `${run}${step} · ${common("say.progress", { done, total })}`;
  }
  return event.error ? `${run}${event.error.message}` : run.slice(0, -3);
}
