/** The one stream of events of the workspace, shared by all that is on the screen.
 *
 * A browser comes again by itself, with the last id that it has read, so nothing is
 * missed over a break. What comes within `PAUSE` is handed over together, before a frame:
 * ten thousand events cost a few renderings a second, and time is left for whoever looks
 * at them. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Schemas } from "./client";
import { look } from "./fetching";
import { Problem } from "./problem";

export interface FeedEvent {
  /** As `psd.parse_export.completed`. `reset`: something was missed, load anew. */
  type: string;
  task_id: string;
  status: "accepted" | "started" | "progress" | "completed" | "failed" | "cancelled";
  timestamp: string;
  run: number;
  attempt?: number;
  progress?: Schemas["Progress"];
  result?: Record<string, unknown>;
  error?: Schemas["ErrorInfo"];
}

export type Listener = (events: FeedEvent[]) => void;

export const feedState = signal<"off" | "connecting" | "live">("off");

const ADDRESS = "/v1/events";
const COME_AGAIN = 3000;
/** Milliseconds between two hand-overs; the first after a quiet time waits for none. */
const PAUSE = 250;
const listeners = new Set<Listener>();
let source: EventSource | undefined;
let lastId = "";
let waiting: FeedEvent[] = [];
let isScheduled = false;
let deliveredAt = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | undefined;

function deliver(): void {
  isScheduled = false;
  deliveredAt = performance.now();
  const told = waiting;
  waiting = [];
  for (const each of listeners) each(told);
}

function take(event: FeedEvent): void {
  waiting.push(event);
  if (isScheduled) return;
  isScheduled = true;
  const rest = deliveredAt + PAUSE - performance.now();
  if (rest > 0) setTimeout(beforeFrame, rest);
  else beforeFrame();
}

function beforeFrame(): void {
  // A page in the background has no frames.
  if (document.hidden) deliver();
  else requestAnimationFrame(deliver);
}

function open(): void {
  const after = lastId ? `?last_event_id=${lastId}` : "";
  feedState.value = "connecting";
  source = new EventSource(`${ADDRESS}${after}`);
  source.onopen = () => {
    feedState.value = "live";
  };
  source.onmessage = (message: MessageEvent<string>) => {
    lastId = message.lastEventId || lastId;
    take(JSON.parse(message.data) as FeedEvent);
  };
  source.addEventListener("reset", () => {
    const now = new Date().toISOString();
    take({ type: "reset", task_id: "", status: "progress", timestamp: now, run: 0 });
  });
  source.onerror = () => {
    feedState.value = "connecting";
    void look();
    if (source?.readyState === EventSource.CLOSED) comeAgain();
  };
}

/** Refused, so the browser gives up: find out why, which asks to sign in where that is
 * the reason, and come again. */
function comeAgain(): void {
  timer = setTimeout(async () => {
    try {
      await api.GET("/v1/me");
    } catch (error) {
      // Without an answer there is nothing to find out; the shell tells of it.
      if (!(error instanceof Problem)) throw error;
    }
    if (listeners.size > 0) open();
  }, COME_AGAIN);
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  lastId = "";
  waiting = [];
  feedState.value = "off";
}

/** Hear of all that happens from now on; the answer ends it. */
export function follow(listener: Listener): () => void {
  listeners.add(listener);
  if (listeners.size === 1) open();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) close();
  };
}

/** After a change of the workspace: what comes is another's. */
export function followAnew(): void {
  if (listeners.size === 0) return;
  close();
  open();
}

/** `follow` for as long as a component is there. */
export function useFeed(listener: Listener, because: unknown[] = []): void {
  useEffect(() => follow(listener), because);
}
