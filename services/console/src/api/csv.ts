/** Tables as text: fields parted by commas, as RFC 4180 has it. Nothing between commas is
 * null and `""` an empty text, which imports tell apart too. */

export type Cell = string | null;

/** All rows, the header among them. What is behind the last end of a line counts only
 * where `isWhole`: of a part of a file the last row may be cut. */
export function parseCsv(text: string, isWhole = true): Cell[][] {
  const rows: Cell[][] = [];
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  let row: Cell[] = [];
  let at = 0;
  while (at < body.length) {
    const field = fieldAt(body, at);
    if (!isWhole && field.end >= body.length) break;
    row.push(field.value);
    at = field.end + 1;
    if (body[field.end] === ",") {
      // A comma at the very end has one more field behind it.
      if (at >= body.length) row.push(null);
      continue;
    }
    if (body[field.end] === "\r" && body[at] === "\n") at += 1;
    rows.push(row);
    row = [];
  }
  if (isWhole && row.length > 0) rows.push(row);
  return rows;
}

/** `end` is where its comma or its end of a line stands. */
function fieldAt(body: string, start: number): { value: Cell; end: number } {
  if (body[start] !== '"') {
    let end = start;
    while (end < body.length && !isEnd(body[end])) end += 1;
    const value = body.slice(start, end);
    return { value: value === "" ? null : value, end };
  }
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = body.indexOf('"', at);
    if (quote < 0) return { value: value + body.slice(at), end: body.length };
    value += body.slice(at, quote);
    at = quote + 1;
    if (body[at] !== '"') break;
    value += '"';
    at += 1;
  }
  let end = at;
  while (end < body.length && !isEnd(body[end])) end += 1;
  return { value: value + body.slice(at, end), end };
}

const isEnd = (letter: string | undefined) =>
  letter === "," || letter === "\n" || letter === "\r";

export function writeCsv(rows: Cell[][]): string {
  return rows.map((row) => `${row.map(written).join(",")}\r\n`).join("");
}

function written(cell: Cell): string {
  if (cell === null) return "";
  const isPlain = cell !== "" && !/[",\r\n]|^\s|\s$/.test(cell);
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}
