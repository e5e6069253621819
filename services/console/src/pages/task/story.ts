/** What happened to one task, in order: its events, and the times that follow from them. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { FeedEvent } from "../../api/feed";
import { isEnd, type Task } from "../../api/tasks";

/** A time in which one thing was so: it waited, or an attempt ran. */
export interface Span {
  kind: "waiting" | "attempt" | "between";
  run: number;
  /** Of an attempt. */
  attempt: number;
  from: number;
  /** Undefined: it is so still. */
  until: number | undefined;
  outcome: "completed" | "failed" | "cancelled" | "again" | undefined;
}

/** All events of the task that are known still (seven days), and those that come.
 *
 * `again` counts runs: with another one the stream is opened anew. */
export function useEvents(
  id: string,
  again: number,
  onEvents: (events: FeedEvent[]) => void,
) {
  const [events, setEvents] = useState<FeedEvent[] | undefined>();
  const latest = useRef(onEvents);
  latest.current = onEvents;
  useEffect(() => {
    let waiting: FeedEvent[] = [];
    let frame = 0;
    const known: FeedEvent[] = [];
    const source = new EventSource(`/v1/events?task_id=${encodeURIComponent(id)}`);
    const deliver = () => {
      frame = 0;
      known.push(...waiting);
      latest.current(waiting);
      waiting = [];
      setEvents([...known]);
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(deliver);
    };
    source.onopen = soon;
    source.onmessage = (message: MessageEvent<string>) => {
      waiting.push(JSON.parse(message.data) as FeedEvent);
      soon();
    };
    // It ends with the task, and the browser asks once more: 204, which closes it.
    source.onerror = soon;
    return () => {
      cancelAnimationFrame(frame);
      source.close();
    };
  }, [id, again]);
  return events;
}

/** The times of a task, by its events; by its row where those are gone. Pure. */
export function spansOf(task: Task, events: FeedEvent[]): Span[] {
  const spans: Span[] = [];
  const open = (span: Omit<Span, "until" | "outcome">) => {
    spans.push({ ...span, until: undefined, outcome: undefined });
  };
  const close = (at: number, outcome: Span["outcome"]) => {
    const last = spans.at(-1);
    if (last && last.until === undefined) Object.assign(last, { until: at, outcome });
  };
  const moment = (text: string) => Date.parse(text);
  open({ kind: "waiting", run: 1, attempt: 0, from: moment(task.created_at) });
  for (const event of events.length > 0 ? events : rowEvents(task)) {
    const at = moment(event.timestamp);
    if (event.status === "started") {
      close(at, spans.at(-1)?.kind === "attempt" ? "again" : undefined);
      const attempt = event.attempt ?? 1;
      open({ kind: "attempt", run: event.run, attempt, from: at });
    } else if (event.status === "accepted" && event.run > 1) {
      close(at, undefined);
      open({ kind: "waiting", run: event.run, attempt: 0, from: at });
    } else if (isEnd(event)) {
      close(at, event.status as Span["outcome"]);
    }
  }
  return spans;
}

type Told = Pick<FeedEvent, "status" | "timestamp" | "run" | "attempt">;

function rowEvents(task: Task): Told[] {
  const { started_at: started, finished_at: finished, run, attempt, state } = task;
  const told: Told[] = [];
  if (started) told.push({ status: "started", timestamp: started, run, attempt });
  if (finished) {
    told.push({ status: state as FeedEvent["status"], timestamp: finished, run });
  }
  return told;
}
