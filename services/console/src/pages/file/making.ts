/** All that was made of a file, as far as the API tells it.
 *
 * Images can be asked for by their file. Of documents, imports and backgrounds there is
 * no such question: the newest of their lists are looked through. */
import { api, ok, type Schemas } from "../../api/client";
import type { Task } from "../../api/tasks";

export type Transformation = Schemas["TransformationOut"];
export type DocumentRow = Schemas["DocumentOut"];
export type ImportRow = Schemas["ImportOut"];

/** Of a background, as its task's result has it. */
export interface BackgroundRow {
  id: string;
  file_id: string;
  created_at: string;
  images: { name: string; url: string; width: number; height: number }[];
}

const PAGES = 5;
const BACKGROUND = "background.generation";

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Those of the newest thousand that are of the file. */
async function among<T>(
  load: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
  isOf: (row: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const told: Page<T> = await load({ limit: 200, ...(cursor ? { cursor } : {}) });
    found.push(...told.items.filter(isOf));
    cursor = told.next_cursor;
    if (cursor === null) break;
  }
  return found;
}

export const documentsOf = (file: string, signal: AbortSignal) =>
  among<DocumentRow>(
    (query) => ok(api.GET("/v1/psd/documents", { params: { query }, signal })),
    (row) => row.file_id === file,
  );

export const importsOf = (file: string, signal: AbortSignal) =>
  among<ImportRow>(
    (query) => ok(api.GET("/v1/imports", { params: { query }, signal })),
    (row) => JSON.stringify(row.sources).includes(file),
  );

export async function backgroundsOf(file: string, signal: AbortSignal) {
  const tasks = await among<Task>(
    (query) => ok(api.GET("/v1/tasks", { params: { query }, signal })),
    (row) => row.name === BACKGROUND && row.state === "completed",
  );
  return tasks
    .map((task) => task.result as unknown as BackgroundRow)
    .filter((made) => made?.file_id === file);
}

export async function transformationsOf(file: string, signal: AbortSignal) {
  const query = { file_id: file, limit: 100 };
  const params = { query };
  return (await ok(api.GET("/v1/images/transformations", { params, signal }))).items;
}
