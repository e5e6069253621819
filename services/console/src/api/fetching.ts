/** How requests are sent: with a key that makes each POST safe to repeat, again where
 * the line or a server was away, and again once somebody has signed in anew. */
import { signal } from "@preact/signals";
import { Problem } from "./problem";

/** The server did not answer the last time it was asked. */
export const isAway = signal(false);
/** The browser knows of no line; a server of the same machine may answer all the same. */
export const isOffline = signal(!navigator.onLine);
for (const event of ["offline", "online"]) {
  addEventListener(event, () => {
    isOffline.value = event === "offline";
    void look();
  });
}

const TRIES = 4;
/** Milliseconds for which a server that does not answer is asked again: it may be
 * started anew meanwhile. */
const PATIENCE = 30_000;
/** Between two questions whether it is back. */
const LOOK_AGAIN = 2_000;
const LONGEST_PAUSE = 10_000;
const REPEATED = new Set([429, 502, 503, 504]);
const SAFE = new Set(["GET", "HEAD", "PUT", "DELETE", "POST"]);

let signInAgain: () => Promise<void> = () => Promise.reject(new Problem({}, 401));

/** Who asks somebody to sign in again, once a session has ended in mid-work. */
export function onSessionEnd(ask: () => Promise<void>): void {
  signInAgain = ask;
}

/** 32 hex digits by chance; crypto.randomUUID is not there without HTTPS. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
}

/** As fetch, with all of the above; without a line it waits until there is one. Raises a
 * Problem (status 0) where no answer came. */
export async function send(request: Request): Promise<Response> {
  const made = withKey(request);
  const mayRepeat = SAFE.has(made.method);
  let begun = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    const response = await answered(made.clone());
    if (response?.status === 401) {
      await signInAgain();
      continue;
    }
    if (response) {
      const isLast = !mayRepeat || attempt >= TRIES;
      if (isLast || !REPEATED.has(response.status)) return response;
    } else if (isOffline.value) begun = Date.now();
    else if (!mayRepeat || Date.now() - begun > PATIENCE) throw new Problem({}, 0);
    const wait = pause(response, attempt);
    if (response && wait > LONGEST_PAUSE) return response;
    await slept(Math.min(wait, response ? LONGEST_PAUSE : LOOK_AGAIN), made.signal);
  }
}

/** Undefined where no answer came. Raises AbortError where the caller gave up. */
async function answered(request: Request): Promise<Response | undefined> {
  try {
    const response = await fetch(request);
    isAway.value = false;
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    if (!isAway.value) {
      isAway.value = true;
      void lookAgain();
    }
    return undefined;
  }
}

/** Find out whether the server is there, where something else looks as if it were not. */
export async function look(): Promise<void> {
  await answered(new Request("/healthz"));
}

/** Once the server answers, as far as is known. */
export function answering(): Promise<void> {
  return new Promise((resolve) => {
    const stop = isAway.subscribe((is) => {
      if (is) return;
      resolve();
      // Not within its own first call, before which there is nothing to end.
      queueMicrotask(() => stop());
    });
  });
}

/** Until it answers, so that this is told though nobody asks for anything. */
async function lookAgain(): Promise<void> {
  while (isAway.value) {
    await slept(LOOK_AGAIN);
    await look();
  }
}

function withKey(request: Request): Request {
  if (request.method !== "POST" || request.headers.has("Idempotency-Key")) {
    return request;
  }
  const headers = new Headers(request.headers);
  headers.set("Idempotency-Key", randomId());
  return new Request(request, { headers });
}

/** Milliseconds: what the server asks for, or twice as long each time. */
function pause(response: Response | undefined, attempt: number): number {
  const said = Number(response?.headers.get("Retry-After"));
  if (said > 0) return said * 1000;
  return 400 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

export function slept(milliseconds: number, given?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    given?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("given up", "AbortError"));
    });
  });
}
