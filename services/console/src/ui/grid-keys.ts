/** Where keys lead to in a grid. */

export interface Place {
  /** -1 is the head. */
  row: number;
  column: number;
}

interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Undefined: this key does not move. Enter and Tab do so only as the end of a change,
 * `CommitEnter` and `CommitTab`: else the Tab key leaves the grid. */
export function placeAfter(
  pressed: Key,
  from: Place,
  size: { rows: number; columns: number },
  page: number,
  hasHead: boolean,
): Place | undefined {
  const isFar = pressed.ctrlKey || pressed.metaKey;
  const [lastRow, lastColumn] = [size.rows - 1, size.columns - 1];
  const { row, column } = from;
  const first = hasHead ? -1 : 0;
  const to: Record<string, Place> = {
    ArrowUp: { row: isFar ? 0 : row - 1, column },
    ArrowDown: { row: isFar ? lastRow : row + 1, column },
    ArrowLeft: { row, column: isFar ? 0 : column - 1 },
    ArrowRight: { row, column: isFar ? lastColumn : column + 1 },
    PageUp: { row: row - page, column },
    PageDown: { row: row + page, column },
    Home: { row: isFar ? 0 : row, column: 0 },
    End: { row: isFar ? lastRow : row, column: lastColumn },
    CommitEnter: { row: row + (pressed.shiftKey ? -1 : 1), column },
    CommitTab: { row, column: column + (pressed.shiftKey ? -1 : 1) },
  };
  const found = to[pressed.key];
  if (found === undefined) return undefined;
  return {
    row: Math.max(first, Math.min(lastRow, found.row)),
    column: Math.max(0, Math.min(lastColumn, found.column)),
  };
}
