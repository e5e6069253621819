/** Which cell of a grid has the focus, whether it is being changed, and what keys do. */
import type { TargetedClipboardEvent, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { GridProps } from "./grid";
import type { Across } from "./grid-across";
import { type Place, placeAfter } from "./grid-keys";
import type { Virtual } from "./virtual";

export interface GridState {
  active: Place;
  /** The text that a change begins with; undefined: nothing is being changed. */
  editing: string | undefined;
  mayEdit: (place: Place) => boolean;
  go: (to: Place) => void;
  choose: (place: Place) => void;
  begin: (place: Place) => void;
  /** `key` is what has ended the change; without one the focus stays where it is. */
  commit: (from: Place, text: string, key: string, isBack: boolean) => void;
  onKeyDown: (event: TargetedKeyboardEvent<HTMLDivElement>) => void;
  onCopy: (event: TargetedClipboardEvent<HTMLDivElement>) => void;
  onPaste: (event: TargetedClipboardEvent<HTMLDivElement>) => void;
}

export function useGridState(
  props: GridProps,
  seen: Virtual<HTMLDivElement>,
  across: Across,
  page: number,
): GridState {
  const { columns, count, cell, onEdit } = props;
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<string | undefined>();
  const isMoved = useRef(false);
  const size = { rows: count, columns: columns.length };
  const textOf = ({ row, column }: Place) => cell(row, column).text ?? "";
  const mayEdit = (place: Place) =>
    onEdit !== undefined && !columns[place.column]?.isFixed;
  useEffect(() => {
    if (!isMoved.current || editing !== undefined) return;
    const found = seen.scroller.current?.querySelector<HTMLElement>(
      `[data-cell="${active.row}.${active.column}"]`,
    );
    if (!found) return;
    isMoved.current = false;
    found.focus({ preventScroll: true });
  }, [active, editing, seen.first, seen.end, across.first, across.end]);
  useEffect(() => props.onActive?.(active.row, active.column), [active]);
  const go = (to: Place) => {
    isMoved.current = true;
    setEditing(undefined);
    if (to.row >= 0) seen.show(to.row);
    across.show(to.column);
    setActive(to);
  };
  const begin = (place: Place, text = textOf(place)) => {
    setActive(place);
    if (mayEdit(place)) setEditing(text);
  };
  const commit = (from: Place, text: string, key: string, isBack: boolean) => {
    setEditing(undefined);
    if (text !== textOf(from)) onEdit?.(from.row, from.column, text);
    // The focus has gone elsewhere, and stays there.
    if (key === "") return;
    const pressed = { key, shiftKey: isBack, ctrlKey: false, metaKey: false };
    go(placeAfter(pressed, from, size, page, false) ?? from);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const isOwn = event.target === event.currentTarget;
    if (editing !== undefined || event.altKey || isOwn) return;
    const to = placeAfter(event, active, size, page, props.onSort !== undefined);
    if (to !== undefined) go(to);
    else if (active.row < 0) {
      if (event.key !== "Enter" && event.key !== " ") return;
      props.onSort?.(active.column);
    } else if (mayEdit(active) && begins(event)) {
      begin(active, event.key.length === 1 ? event.key : textOf(active));
    } else if (mayEdit(active) && /^(Delete|Backspace)$/.test(keyOf(event))) {
      onEdit?.(active.row, active.column, "");
    } else if (!props.onKey?.(keyOf(event), active.row, active.column)) return;
    event.preventDefault();
  };
  const isFree = editing === undefined && active.row >= 0;
  const onCopy = (event: TargetedClipboardEvent<HTMLDivElement>) => {
    if (!isFree || getSelection()?.toString()) return;
    event.clipboardData?.setData("text/plain", textOf(active));
    event.preventDefault();
  };
  const onPaste = (event: TargetedClipboardEvent<HTMLDivElement>) => {
    if (!isFree || !onEdit) return;
    event.preventDefault();
    pasted(event.clipboardData?.getData("text/plain") ?? "").forEach((texts, down) => {
      texts.forEach((text, right) => {
        const to = { row: active.row + down, column: active.column + right };
        const isInside = to.row < count && to.column < columns.length;
        if (isInside && mayEdit(to)) onEdit(to.row, to.column, text);
      });
    });
  };
  const choose = setActive;
  return {
    ...{ active, editing, mayEdit, go, choose, begin, commit },
    ...{ onKeyDown, onCopy, onPaste },
  };
}

/** As `Enter` or `Ctrl+Backspace`. */
const keyOf = (event: TargetedKeyboardEvent<HTMLDivElement>): string =>
  event.ctrlKey || event.metaKey ? `Ctrl+${event.key}` : event.key;

/** Keys that begin to change a cell. */
function begins(event: TargetedKeyboardEvent<HTMLDivElement>): boolean {
  if (event.key === "Enter" || event.key === "F2") return true;
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey;
}

/** What a sheet copies: cells parted by tabs. */
function pasted(text: string): string[][] {
  const body = text.replace(/\r?\n$/, "");
  return body.split(/\r?\n/).map((line) => line.split("\t"));
}
