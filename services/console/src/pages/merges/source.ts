/** Where the rows of a merge are from, and what its first row has. */
import { api, ok } from "../../api/client";

export type Source =
  | { kind: "dataset"; id: string; name: string }
  | { kind: "file"; id: string; name: string };

export interface Row {
  columns: string[];
  values: Map<string, string>;
}

/** Undefined where only the merge itself will see it: a file is read when it runs. */
export async function sampleOf(
  source: Source | undefined,
  signal: AbortSignal,
): Promise<Row | undefined> {
  if (source?.kind !== "dataset") return undefined;
  const path = { dataset_id: source.id };
  const query = { limit: 1 };
  const page = await ok(
    api.GET("/v1/datasets/{dataset_id}/rows", { params: { path, query }, signal }),
  );
  const values = new Map<string, string>();
  page.columns.forEach((name, at) => {
    const value = page.rows[0]?.[at];
    if (value !== null && value !== undefined) values.set(name, String(value));
  });
  return { columns: page.columns, values };
}
