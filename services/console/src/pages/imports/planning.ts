/** From a file on somebody's disk to a plan of its import. */
import { api, ok, type Schemas } from "../../api/client";
import { sendFile } from "../../api/sending";
import { made, type Task } from "../../api/tasks";

export type Plan = Schemas["PlanOut"];
export type Dialect = Partial<Schemas["DialectBody"]>;

export interface Sending {
  name: string;
  sent: number;
  total: number;
  isPlanning: boolean;
}

const WAIT = { prefer: ["wait=20"] };

/** The plan's id. Several files become tables of one plan. */
export async function plannedFiles(
  files: File[],
  told: (now: Sending) => void,
  signal: AbortSignal,
): Promise<string> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const ids: string[] = [];
  let before = 0;
  for (const file of files) {
    const now = { name: file.name, total, isPlanning: false };
    const sent = (bytes: number) => told({ ...now, sent: before + bytes });
    sent(0);
    ids.push(await sendFile(file, signal, sent, () => sent(file.size)));
    before += file.size;
  }
  told({ name: files[0]?.name ?? "", sent: total, total, isPlanning: true });
  return planned(ids, undefined, signal);
}

/** The plan's id, of files that are there already. Raises a Problem. */
export async function planned(
  ids: string[],
  dialect: Dialect | undefined,
  signal?: AbortSignal,
): Promise<string> {
  const body = { file_ids: ids, ...(dialect ? { dialect } : {}) };
  const found: Plan | Task = await ok(
    api.POST("/v1/imports/plans", {
      params: { header: WAIT },
      body: body as Schemas["PlanRequest"],
      ...(signal ? { signal } : {}),
    }),
  );
  if ("tables" in found) return found.id;
  return made(found, signal);
}
