/** Rejected rows as the server's CSV has them: the table's columns as they were, then
 * `_line`, `_column` and `_error`, and which cells of each row are at fault. */
import { ask } from "./client";
import { type Cell, parseCsv, writeCsv } from "./csv";

export interface Fault {
  /** A column of the CSV; undefined: the row as a whole. */
  column: number | undefined;
  message: string;
}

export interface RejectedRow {
  line: string;
  cells: Cell[];
  faults: Fault[];
}

export interface RejectedRows {
  header: string[];
  rows: RejectedRow[];
  /** Where there are more than were read. */
  isPart: boolean;
}

/** A cell that the server names otherwise: by line and by its column's own name. */
export interface NamedFault {
  line: number;
  column: string | null;
  value: string | null;
  message: string;
}

/** More would not be fixed by hand. */
const MOST_BYTES = 2_000_000;
const MOST_ROWS = 2_000;
const MARKS = ["_line", "_column", "_error"];

/** The first rows of such a file. Raises the Problem that the server tells. */
export async function rejectedRows(
  address: string,
  named: NamedFault[],
  signal: AbortSignal,
): Promise<RejectedRows> {
  const response = await ask(address, { signal });
  const { text, isWhole } = await beginning(response);
  const [names = [], ...rows] = parseCsv(text, isWhole);
  return told(
    names.map((each) => each ?? ""),
    rows.slice(0, MOST_ROWS),
    named,
    !isWhole || rows.length > MOST_ROWS,
  );
}

async function beginning(
  response: Response,
): Promise<{ text: string; isWhole: boolean }> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let read = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    read += value.length;
    text += decoder.decode(value, { stream: true });
    if (read < MOST_BYTES) continue;
    await reader.cancel();
    return { text, isWhole: false };
  }
  return { text: text + decoder.decode(), isWhole: true };
}

/** Pure. */
export function told(
  names: string[],
  rows: Cell[][],
  named: NamedFault[],
  isPart: boolean,
): RejectedRows {
  const width = names.length - MARKS.length;
  const header = names.slice(0, width);
  const byLine = new Map<string, NamedFault[]>();
  for (const each of named) {
    const line = String(each.line);
    byLine.set(line, [...(byLine.get(line) ?? []), each]);
  }
  const places = new Map<string, number | undefined>();
  const placeOf = (name: string): number | undefined => {
    if (!places.has(name)) places.set(name, columnOf(name, header, rows, width, named));
    return places.get(name);
  };
  const told = rows.map((row): RejectedRow => {
    const line = row[width] ?? "";
    const columns = (row[width + 1] ?? "").split("; ").filter(Boolean);
    const known = byLine.get(line);
    const faults = known
      ? known.map((each) => ({
          column: each.column === null ? undefined : placeOf(each.column),
          message: each.message,
        }))
      : parted(row[width + 2] ?? "", columns).map(([name, message]) => ({
          column: name === undefined ? undefined : placeOf(name),
          message,
        }));
    return { line, cells: header.map((_, at) => row[at] ?? null), faults };
  });
  return { header, rows: told, isPart };
}

/** Tables call columns otherwise than files do, `ordered_on` for `Ordered on`: the one
 * that is called alike, or that has the values which are at fault. */
function columnOf(
  name: string,
  header: string[],
  rows: Cell[][],
  width: number,
  named: NamedFault[],
): number | undefined {
  const alike = header.findIndex(
    (each) => each === name || simple(each) === simple(name),
  );
  if (alike >= 0) return alike;
  const lines = new Map(rows.map((row) => [row[width], row]));
  const faults = named.filter(
    (each) => each.column === name && lines.has(String(each.line)),
  );
  const found = header.findIndex((_, at) =>
    faults.every((each) => (lines.get(String(each.line))?.[at] ?? null) === each.value),
  );
  return faults.length > 0 && found >= 0 ? found : undefined;
}

const simple = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");

/** `amount: Not a number.; day: Not a date.` by its columns. */
function parted(error: string, columns: string[]): [string | undefined, string][] {
  const starts = columns.map((name) => error.indexOf(`${name}: `));
  if (columns.length === 0 || starts.some((each) => each < 0)) {
    return [[columns[0], error]];
  }
  return columns.map((name, at) => {
    const begin = (starts[at] ?? 0) + name.length + 2;
    const message = error.slice(begin, starts[at + 1] ?? error.length);
    return [name, message.replace(/; $/, "")];
  });
}

/** The rows as a file to send again. */
export function rejectsFile(header: string[], rows: RejectedRow[]): string {
  const lines = rows.map((row) => [...row.cells, row.line, "", ""]);
  return writeCsv([[...header, ...MARKS], ...lines]);
}
