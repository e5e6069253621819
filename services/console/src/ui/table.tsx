/** Rows of one height, thousands of them if need be. Arrows, Page and Home keys move,
 * Enter opens. */
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import css from "./table.module.css";
import { useVirtual } from "./virtual";

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ComponentChildren;
  /** As `30%` or `120px`; without one it shares what is left. */
  width?: string;
  isNumber?: boolean;
  /** Left out where the screen is narrow. */
  isWide?: boolean;
  /** Read out and not shown, as of a column of buttons. */
  isTitleUnseen?: boolean;
}

interface TableProps<T> {
  /** What the rows are. */
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  onOpen?: (row: T) => void;
  chosen?: string | undefined;
  rowHeight?: number;
  /** Asked for when the end comes into sight. */
  onEnd?: () => void;
  /** As high as its rows, within a page that scrolls; else it fills its place. */
  isInline?: boolean;
}

const HEAD = 32;

export function Table<T>(props: TableProps<T>) {
  const { label, columns, rows, rowKey, onOpen, onEnd, rowHeight = 36 } = props;
  const seen = useVirtual(rows.length, rowHeight, HEAD);
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState(0);
  const isMoved = useRef(false);
  useEffect(() => {
    if (seen.end >= rows.length && rows.length > 0) onEnd?.();
  }, [seen.end, rows.length]);
  useEffect(() => {
    if (!isMoved.current) return;
    isMoved.current = false;
    body.current?.querySelector<HTMLElement>(`[data-at="${active}"]`)?.focus();
  }, [active, seen.first, seen.end]);
  const move = (to: number) => {
    const at = Math.max(0, Math.min(rows.length - 1, to));
    isMoved.current = true;
    seen.show(at);
    setActive(at);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>, at: number) => {
    // Buttons and fields within a row have keys of their own.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(
      1,
      Math.floor((seen.scroller.current?.clientHeight ?? 0) / rowHeight) - 2,
    );
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    const row = rows[at];
    if (to !== undefined) move(to);
    else if (event.key === "Enter" && onOpen && row !== undefined) onOpen(row);
    else return;
    event.preventDefault();
  };
  const current = Math.min(active, rows.length - 1);
  return (
    <div class={props.isInline ? css.inline : css.scroller} ref={seen.scroller}>
      <table class={css.table} aria-rowcount={rows.length + 1} aria-label={label}>
        <Head columns={columns} />
        <tbody ref={body}>
          <Room height={seen.above} />
          {rows.slice(seen.first, seen.end).map((row, offset) => {
            const at = seen.first + offset;
            const key = rowKey(row);
            return (
              <tr
                key={key}
                data-at={at}
                aria-rowindex={at + 2}
                tabIndex={at === current ? 0 : -1}
                class={`${onOpen ? css.opens : ""} ${key === props.chosen ? css.chosen : ""}`}
                style={{ height: `${rowHeight}px` }}
                onFocus={() => setActive(at)}
                onKeyDown={(event) => onKeyDown(event, at)}
                onClick={(event) => {
                  if (!isControl(event.target)) onOpen?.(row);
                }}
              >
                {columns.map((column) => (
                  <td key={column.key} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Room height={seen.below} />
        </tbody>
      </table>
    </div>
  );
}

function classOf<T>(column: Column<T>): string {
  return `${column.isNumber ? css.number : ""} ${column.isWide ? css.wide : ""}`;
}

function isControl(target: EventTarget | null): boolean {
  const found = target instanceof Element;
  return found && target.closest("a, button, input, select, label") !== null;
}

function Head<T>({ columns }: { columns: Column<T>[] }) {
  return (
    <thead>
      <tr aria-rowindex={1} style={{ height: `${HEAD}px` }}>
        {columns.map((column) => (
          <th
            key={column.key}
            scope="col"
            class={classOf(column)}
            style={column.width ? { width: column.width } : {}}
          >
            <span class={column.isTitleUnseen ? "unseen" : ""}>{column.title}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** One cell: with as many as there are columns those that are hidden would be back. */
function Room({ height }: { height: number }) {
  if (height === 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it takes no focus
    <tr aria-hidden="true" class={css.room}>
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Below a table: how many rows there are, and that more come. */
export function TableFoot({ count, isLoading }: { count: number; isLoading: boolean }) {
  return (
    <footer class={css.foot} aria-live="polite">
      {isLoading ? t("app.loading") : t("say.rows", { count })}
    </footer>
  );
}
