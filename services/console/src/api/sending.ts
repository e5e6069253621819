/** How one file gets to the server: whole, or in parts straight to the storage.
 *
 * https://… docs/uploads.md of the API has the protocol. What has arrived of an upload in
 * parts is asked of the server, so that it goes on after any break, in another tab too:
 * the same file has the same Idempotency-Key. */
import { api, ok, type Schemas } from "./client";
import { slept } from "./fetching";
import { Problem } from "./problem";
import { made } from "./tasks";

export type Sent = (bytes: number) => void;

const MIB = 1024 * 1024;
/** From here on in parts. */
const LARGE = 64 * MIB;
const PARTS_AT_ONCE = 3;
const TRIES = 6;

const nothing = () => {};

/** The id of the file that it has become. Raises a Problem, or AbortError. */
export async function sendFile(
  file: File,
  signal: AbortSignal,
  sent: Sent = nothing,
  joining: () => void = nothing,
): Promise<string> {
  const key = keyOf(file);
  if (file.size >= LARGE) {
    const upload = await begun(file, key, signal);
    if (upload !== null) return sentInParts(file, upload, sent, joining, signal);
  }
  const address = `/v1/files?name=${encodeURIComponent(file.name)}`;
  const headers = {
    "Content-Type": "application/octet-stream",
    "Idempotency-Key": key,
  };
  const answer = await put("POST", address, file, headers, sent, signal);
  return (JSON.parse(answer) as Schemas["FileOut"]).id;
}

/** The same for the same file, whenever it comes: by its name, size and last change. */
function keyOf(file: File): string {
  const told = `${file.name}\n${file.size}\n${file.lastModified}`;
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < told.length; at += 1) {
    a = Math.imul(a ^ told.charCodeAt(at), 0x01000193);
    b = Math.imul(b ^ told.charCodeAt(at), 0x85ebca6b) ^ (b >>> 13);
  }
  return `console-${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}-${file.size}`;
}

/** Null where this installation takes no uploads in parts. */
async function begun(
  file: File,
  key: string,
  signal: AbortSignal,
): Promise<Schemas["UploadOut"] | null> {
  try {
    const body = { name: file.name, size: file.size };
    const params = { header: { "Idempotency-Key": key } };
    return await ok(api.POST("/v1/uploads", { body, params, signal }));
  } catch (error) {
    if (error instanceof Problem && error.status === 501) return null;
    throw error;
  }
}

async function sentInParts(
  file: File,
  upload: Schemas["UploadOut"],
  sent: Sent,
  joining: () => void,
  signal: AbortSignal,
): Promise<string> {
  if (upload.file_id) return upload.file_id;
  if (upload.state === "open") await sendParts(file, upload, sent, signal);
  joining();
  const params = { path: { upload_id: upload.id }, header: { prefer: ["wait=20"] } };
  const task = await ok(
    api.POST("/v1/uploads/{upload_id}/complete", { params, signal }),
  );
  return made(task, signal);
}

async function sendParts(
  file: File,
  upload: Schemas["UploadOut"],
  sent: Sent,
  signal: AbortSignal,
): Promise<void> {
  let arrived = 0;
  let from: number | null = 1;
  while (from !== null) {
    const params = { path: { upload_id: upload.id }, query: { from } };
    const page: Schemas["PartList"] = await ok(
      api.GET("/v1/uploads/{upload_id}/parts", { params, signal }),
    );
    const missing = page.items.filter((part) => part.url);
    for (const part of page.items) arrived += part.url ? 0 : part.size;
    sent(arrived);
    const underWay = new Map<number, number>();
    const tell = () => {
      sent(arrived + [...underWay.values()].reduce((sum, each) => sum + each, 0));
    };
    const lines = Array.from({ length: PARTS_AT_ONCE }, async () => {
      for (let part = missing.shift(); part; part = missing.shift()) {
        const { number, size, url } = part;
        const begin = (number - 1) * upload.part_size;
        const piece = file.slice(begin, begin + size);
        const told = (bytes: number) => {
          underWay.set(number, bytes);
          tell();
        };
        await put("PUT", url as string, piece, {}, told, signal);
        underWay.delete(number);
        arrived += size;
        tell();
      }
    });
    await Promise.all(lines);
    from = page.next_from;
  }
}

/** By XMLHttpRequest, which alone tells how much has gone out; again where the line
 * breaks. The answer's text. */
async function put(
  method: string,
  address: string,
  body: Blob,
  headers: Record<string, string>,
  sent: Sent,
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await asked(method, address, body, headers, sent, signal);
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    const isOurs = address.startsWith("/");
    // Asks to sign in again, and waits for it.
    if (answer.status === 401 && isOurs) await ok(api.GET("/v1/me", { signal }));
    else if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) {
      throw problemOf(answer);
    } else if (attempt >= TRIES) throw problemOf(answer);
    sent(0);
    await slept(Math.min(500 * 2 ** attempt, 10_000), signal);
  }
}

interface Asked {
  status: number;
  text: string;
}

function problemOf(answer: Asked): Problem {
  try {
    return new Problem(JSON.parse(answer.text), answer.status);
  } catch {
    return new Problem({}, answer.status);
  }
}

function asked(
  method: string,
  address: string,
  body: Blob,
  headers: Record<string, string>,
  sent: Sent,
  signal: AbortSignal,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop);
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onloadend = () => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(new DOMException("stopped", "AbortError"));
      else resolve({ status: request.status, text: request.responseText });
    };
    request.send(body);
  });
}
