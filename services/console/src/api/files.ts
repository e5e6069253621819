/** What an uploaded file is to the console. */
import { api, ok, type Schemas } from "./client";

export type FileRow = Schemas["FileOut"];

export type Kind = "picture" | "document" | "table" | "other";

const PSD = "image/vnd.adobe.photoshop";
const TABLES = new Set([
  "application/vnd.apache.parquet",
  "application/vnd.apache.arrow.file",
]);
/** By names, where the first bytes say nothing. */
const PICTURES =
  /\.(svgz?|exr|hdr|tga|qoi|p[bgnp]m|jp2|j2k|ico|cur|mp4|mov|webm|mkv)$/i;
const SHEETS = /\.(csv|tsv|xlsx?|xlsm|ods|jsonl|ndjson|parquet|arrow|feather)$/i;

export function kindOf({ media_type: type, name }: FileRow): Kind {
  if (type === PSD) return "document";
  if (type.startsWith("image/") || type === "application/pdf") return "picture";
  if (TABLES.has(type) || SHEETS.test(name)) return "table";
  return PICTURES.test(name) ? "picture" : "other";
}

/** A small picture of it, as lists show. */
export const thumbnailOf = (source: string): string =>
  `/v1/images/${source}/w_96,h_96,fit_cover/f_auto,q_70`;

export function loadFile(id: string, signal: AbortSignal): Promise<FileRow> {
  const path = { file_id: id };
  return ok(api.GET("/v1/files/{file_id}", { params: { path }, signal }));
}
