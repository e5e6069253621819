/** One task: followed while it is looked at, or waited for. */

import { useEffect, useState } from "preact/hooks";
import { api, ok, type Schemas } from "./client";
import { type FeedEvent, feedState, useFeed } from "./feed";
import { slept } from "./fetching";
import { type Loaded, useLoaded } from "./loading";
import { Problem } from "./problem";

export type Task = Schemas["TaskOut"];

const ENDS: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
const PAUSE = 500;

/** Whether nothing comes after this, in the run that it is told of. */
export const isEnd = ({ status }: Pick<FeedEvent, "status">): boolean =>
  ENDS.has(status);

export const isOver = (task: Pick<Task, "state">): boolean => ENDS.has(task.state);

/** Whether these events tell more of the task's end than its row. */
export function isBehind(task: Task, events: FeedEvent[]): boolean {
  return events.some(
    (each) =>
      each.task_id === task.id &&
      isEnd(each) &&
      (each.run > task.run || (each.run === task.run && !isOver(task))),
  );
}

/** Load again, for as long as what was loaded is behind what was told: an event is told
 * before its row is written. */
export function useCaughtUp(
  behind: boolean,
  loaded: unknown,
  reload: () => unknown,
): void {
  useEffect(() => {
    if (!behind) return;
    const timer = setTimeout(reload, PAUSE);
    return () => clearTimeout(timer);
  }, [behind, loaded]);
}

/** The same of what says of its task no more than the state. */
export function useEndsSeen(
  loaded: { task_id: string; state: Task["state"] }[] | undefined,
  reload: () => unknown,
): void {
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set());
  useFeed((events) => {
    setEnded((before) => {
      const after = new Set(before);
      for (const each of events) {
        if (isEnd(each)) after.add(each.task_id);
        else after.delete(each.task_id);
      }
      return after;
    });
  });
  const behind = loaded?.some((each) => ended.has(each.task_id) && !isOver(each));
  useCaughtUp(behind ?? false, loaded, reload);
}

/** The task, with the progress that the feed tells. Without an id it never comes. */
export function useTask(id: string | undefined): Loaded<Task> {
  const [ends, setEnds] = useState<FeedEvent[]>([]);
  const loading = useLoaded<Task>(
    (signal) => (id === undefined ? new Promise(() => {}) : loaded(id, signal)),
    [id],
  );
  useFeed(
    (events) => {
      const own = events.filter((each) => each.task_id === id || each.type === "reset");
      const last = own.at(-1);
      if (id === undefined || last === undefined) return;
      if (isEnd(last)) setEnds([last]);
      const task = loading.data.value;
      if (last.type === "reset" || last.status !== "progress" || task === undefined) {
        void loading.reload();
      } else loading.data.value = progressed(task, last);
    },
    [id, loading],
  );
  const found = loading.data.value;
  useCaughtUp(found !== undefined && isBehind(found, ends), found, loading.reload);
  // What happened before the feed was there, nobody has told.
  const isLive = feedState.value === "live";
  useEffect(() => {
    if (isLive && id !== undefined) void loading.reload();
  }, [isLive, loading]);
  return loading;
}

function progressed(task: Task, event: FeedEvent): Task {
  if (event.run < task.run || isOver(task)) return task;
  return { ...task, state: "running", progress: event.progress ?? task.progress };
}

const loaded = (id: string, signal?: AbortSignal): Promise<Task> =>
  ok(
    api.GET("/v1/tasks/{task_id}", {
      params: { path: { task_id: id } },
      ...(signal ? { signal } : {}),
    }),
  );

/** The task once it has ended well, told of on the way. Raises its failure. */
export async function ended(
  task: Task,
  signal?: AbortSignal,
  told: (task: Task) => void = () => undefined,
): Promise<Task> {
  let found = task;
  while (!isOver(found)) {
    told(found);
    await slept(PAUSE, signal);
    found = await loaded(found.id, signal);
  }
  told(found);
  if (found.state !== "completed") throw failure(found);
  return found;
}

/** Why a task has made nothing, as what a request is refused with. */
export function failure(task: Task): Problem {
  const { code, message, where } = task.error ?? {};
  const detail = message ?? task.state;
  const errors = where ? [{ pointer: String(where), detail }] : [];
  return new Problem({ type: code ?? `task.${task.state}`, detail, errors }, 422);
}

/** The id at the end of what a task has made. */
export function madeBy(task: Pick<Task, "resource">): string {
  const resource = task.resource ?? "";
  return resource.slice(resource.lastIndexOf("/") + 1);
}

/** The id of what the task has made, once it has ended well. Raises its failure. */
export async function made(
  task: Task,
  signal?: AbortSignal,
  told?: (task: Task) => void,
): Promise<string> {
  const found = await ended(task, signal, told);
  if (!found.resource) throw failure(found);
  return madeBy(found);
}

export async function cancel(id: string): Promise<void> {
  await ok(api.DELETE("/v1/tasks/{task_id}", { params: { path: { task_id: id } } }));
}
