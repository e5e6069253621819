/** A tree of rows of one height, thousands of them if need be. Arrows move, open and
 * close; Enter or a click chooses. */
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { IconButton } from "./button";
import css from "./tree.module.css";
import { useVirtual } from "./virtual";

export interface TreeNode<T> {
  key: string;
  /** Of the row, for whoever hears it. */
  name: string;
  data: T;
  children?: TreeNode<T>[];
}

interface TreeProps<T> {
  label: string;
  nodes: TreeNode<T>[];
  /** Keys of those whose children are hidden. */
  closed: ReadonlySet<string>;
  onToggle: (key: string, isOpen: boolean) => void;
  chosen?: string | undefined;
  onChoose: (node: TreeNode<T>) => void;
  row: (node: TreeNode<T>) => ComponentChildren;
  rowHeight?: number;
  openLabel: string;
  closeLabel: string;
  /** Keys besides those that move: as Space for an eye. True: it was taken. */
  onKey?: (event: TargetedKeyboardEvent<HTMLDivElement>, node: TreeNode<T>) => boolean;
}

interface Row<T> {
  node: TreeNode<T>;
  level: number;
  parent: number;
  position: number;
  siblings: number;
}

const INDENT = 16;

export function Tree<T>(props: TreeProps<T>) {
  const { label, nodes, closed, onToggle, chosen, onChoose, rowHeight = 32 } = props;
  const rows = useMemo(() => flattened(nodes, closed), [nodes, closed]);
  const seen = useVirtual(rows.length, rowHeight);
  const found = rows.findIndex((each) => each.node.key === chosen);
  const current = Math.max(0, found);
  const isMoved = useRef(false);
  useEffect(() => {
    if (found < 0) return;
    seen.show(found);
  }, [chosen]);
  useEffect(() => {
    if (!isMoved.current) return;
    isMoved.current = false;
    const row = seen.scroller.current?.querySelector<HTMLElement>(
      `[data-at="${current}"]`,
    );
    row?.focus();
  }, [current, seen.first, seen.end]);
  const move = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!row) return;
    isMoved.current = true;
    onChoose(row.node);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>, at: number) => {
    const row = rows[at];
    if (!row || event.target !== event.currentTarget) return;
    if (!moved(event.key, row, at) && !props.onKey?.(event, row.node)) return;
    event.preventDefault();
  };
  const moved = (key: string, row: Row<T>, at: number): boolean => {
    const isParent = row.node.children !== undefined;
    const isOpen = isParent && !closed.has(row.node.key);
    if (key === "ArrowDown") move(at + 1);
    else if (key === "ArrowUp") move(at - 1);
    else if (key === "Home") move(0);
    else if (key === "End") move(rows.length - 1);
    else if (key === "Enter") onChoose(row.node);
    else if (key === "ArrowRight" && isParent && !isOpen) onToggle(row.node.key, true);
    else if (key === "ArrowRight" && isOpen) move(at + 1);
    else if (key === "ArrowLeft" && isOpen) onToggle(row.node.key, false);
    else if (key === "ArrowLeft" && row.parent >= 0) move(row.parent);
    else return false;
    return true;
  };
  return (
    <div class={css.tree} role="tree" aria-label={label} ref={seen.scroller}>
      <div style={{ height: `${seen.above}px` }} role="presentation" />
      {rows.slice(seen.first, seen.end).map((row, offset) => {
        const at = seen.first + offset;
        const { node } = row;
        const isOpen = node.children && !closed.has(node.key);
        return (
          <div
            key={node.key}
            data-at={at}
            role="treeitem"
            aria-label={node.name}
            aria-level={row.level}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-selected={at === found}
            {...(isOpen === undefined ? {} : { "aria-expanded": isOpen })}
            tabIndex={at === current ? 0 : -1}
            class={`${css.row} ${at === found ? css.chosen : ""}`}
            style={{
              height: `${rowHeight}px`,
              paddingInlineStart: `${8 + (row.level - 1) * INDENT}px`,
            }}
            onKeyDown={(event) => onKeyDown(event, at)}
            onClick={() => onChoose(node)}
          >
            <span class={css.twist}>
              {isOpen !== undefined && (
                <IconButton
                  icon={isOpen ? "chevronDown" : "chevronRight"}
                  label={isOpen ? props.closeLabel : props.openLabel}
                  onClick={(event) => {
                    event.stopPropagation();
                    onToggle(node.key, !isOpen);
                  }}
                />
              )}
            </span>
            {props.row(node)}
          </div>
        );
      })}
      <div style={{ height: `${seen.below}px` }} role="presentation" />
    </div>
  );
}

/** Those that are shown, from the top down. */
function flattened<T>(nodes: TreeNode<T>[], closed: ReadonlySet<string>): Row<T>[] {
  const rows: Row<T>[] = [];
  const add = (siblings: TreeNode<T>[], level: number, parent: number) => {
    siblings.forEach((node, at) => {
      const row = { node, level, parent, position: at + 1, siblings: siblings.length };
      rows.push(row);
      if (node.children && !closed.has(node.key)) {
        add(node.children, level + 1, rows.length - 1);
      }
    });
  };
  add(nodes, 1, -1);
  return rows;
}
