/** The files that are on their way. They go on while other pages are looked at. */
import { computed, signal } from "@preact/signals";
import { randomId } from "../../api/fetching";
import { sendFile } from "../../api/sending";

export interface Upload {
  id: string;
  file: File;
  state: "waiting" | "sending" | "joining" | "done" | "stopped" | "failed";
  /** Bytes. */
  sent: number;
  error?: unknown;
}

const AT_ONCE = 3;

export const uploads = signal<Upload[]>([]);
/** Counts files that have arrived: a list that watches it loads anew. */
export const arrived = signal(0);

const isAtWork = (each: Upload) =>
  each.state === "waiting" || each.state === "sending" || each.state === "joining";

export const atWork = computed(() => uploads.value.filter(isAtWork));

const stops = new Map<string, AbortController>();

/** Take these on, in their order. */
export function add(files: Iterable<File>): void {
  const more = Array.from(
    files,
    (file): Upload => ({ id: randomId(), file, state: "waiting", sent: 0 }),
  );
  uploads.value = [...uploads.value, ...more];
  next();
}

export function stop(id: string): void {
  stops.get(id)?.abort();
  change(id, { state: "stopped" });
  next();
}

export function goOn(id: string): void {
  change(id, { state: "waiting", error: undefined });
  next();
}

/** Those that have ended are shown no longer. */
export function clear(): void {
  uploads.value = uploads.value.filter(isAtWork);
}

function change(id: string, what: Partial<Upload>): void {
  uploads.value = uploads.value.map((each) =>
    each.id === id ? { ...each, ...what } : each,
  );
}

function next(): void {
  const running = uploads.value.filter(
    (each) => each.state === "sending" || each.state === "joining",
  );
  const waiting = uploads.value.filter((each) => each.state === "waiting");
  for (const each of waiting.slice(0, Math.max(0, AT_ONCE - running.length))) {
    void run(each);
  }
}

async function run({ id, file }: Upload): Promise<void> {
  const given = new AbortController();
  stops.set(id, given);
  change(id, { state: "sending" });
  try {
    await sendFile(
      file,
      given.signal,
      (sent) => change(id, { sent }),
      () => change(id, { state: "joining", sent: file.size }),
    );
    change(id, { state: "done", sent: file.size });
    arrived.value += 1;
  } catch (error) {
    if (!given.signal.aborted) change(id, { state: "failed", error });
  } finally {
    if (stops.get(id) === given) stops.delete(id);
    next();
  }
}

addEventListener("beforeunload", (event) => {
  if (atWork.value.length > 0) event.preventDefault();
});
