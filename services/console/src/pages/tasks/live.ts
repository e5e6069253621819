/** Tasks as the list has them, kept up to date by what is told of them. */
import { api, ok } from "../../api/client";
import { type FeedEvent, useFeed } from "../../api/feed";
import { type LoadedList, useList } from "../../api/loading";
import { isOver, type Task } from "../../api/tasks";

const STATES: Partial<Record<FeedEvent["status"], string>> = {
  accepted: "queued",
  started: "running",
  progress: "running",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

/** Of which a task that is not known yet is told first. */
const BEGIN = new Set<FeedEvent["status"]>(["accepted", "started"]);

/** The newest first. */
export function useTasks(): LoadedList<Task> {
  const list = useList<Task>(async (cursor, signal) => {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    const page = await ok(api.GET("/v1/tasks", { params: { query }, signal }));
    if (cursor === null) return page;
    // An old one that has begun meanwhile stands in front already.
    const known = placesOf(list.items.value ?? []);
    return { ...page, items: page.items.filter((each) => !known.has(each.id)) };
  });
  useFeed(
    (events) => {
      if (events.some((each) => each.type === "reset")) void list.reload();
      else if (list.items.value) list.items.value = told(list.items.value, events);
    },
    [list],
  );
  return list;
}

/** Where each task of a list stands, counted from its end: new ones come in front, so
 * that of ten thousand tasks nothing has to be counted anew with each frame. */
const places = new WeakMap<Task[], Map<string, number>>();

function placesOf(tasks: Task[]): Map<string, number> {
  const known = places.get(tasks);
  if (known) return known;
  return new Map(tasks.map((task, at) => [task.id, tasks.length - at]));
}

/** The tasks after these events, the newest first; the list before is not changed. */
export function told(tasks: Task[], events: FeedEvent[]): Task[] {
  const fromEnd = placesOf(tasks);
  const known = [...tasks];
  const fresh = new Map<string, Task>();
  for (const event of events) {
    const place = fromEnd.get(event.task_id);
    if (place !== undefined) {
      const at = tasks.length - place;
      known[at] = after(known[at] as Task, event);
    } else {
      const before = fresh.get(event.task_id);
      if (before) fresh.set(event.task_id, after(before, event));
      else if (BEGIN.has(event.status)) {
        fresh.set(event.task_id, after(begun(event), event));
      }
    }
  }
  for (const id of fresh.keys()) fromEnd.set(id, fromEnd.size + 1);
  const all = [...[...fresh.values()].reverse(), ...known];
  places.delete(tasks);
  places.set(all, fromEnd);
  return all;
}

function begun(event: FeedEvent): Task {
  return {
    id: event.task_id,
    name: event.type.slice(0, event.type.lastIndexOf(".")),
    state: "queued",
    created_at: event.timestamp,
    run: event.run,
    resource: null,
    attempt: 0,
    progress: null,
    result: null,
    error: null,
    cancel_requested_at: null,
    started_at: null,
    finished_at: null,
    parent_id: null,
    pruned_at: null,
    trace_id: null,
  };
}

function after(task: Task, event: FeedEvent): Task {
  // Of an earlier run, or of this one after its end: both are over.
  if (event.run < task.run) return task;
  if (event.run === task.run && isOver(task)) return task;
  return {
    ...task,
    run: event.run,
    state: STATES[event.status] ?? task.state,
    attempt: event.attempt ?? task.attempt,
    progress: event.progress ?? task.progress,
    error: event.error ?? null,
  };
}
