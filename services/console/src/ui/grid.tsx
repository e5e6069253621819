/** Cells in rows and columns, as many of both as there are: only what is seen is there.
 * Arrows move from cell to cell; where cells can be changed, Enter, F2 or a letter does
 * it, Tab goes on to the next one, and what was copied from a sheet can be pasted. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import css from "./grid.module.css";
import { type Across, useAcross } from "./grid-across";
import { GridCell } from "./grid-cell";
import { GridHead } from "./grid-head";
import { type GridState, useGridState } from "./grid-state";
import { useVirtual } from "./virtual";

export interface GridColumn {
  key: string;
  title: string;
  /** Pixels. */
  width: number;
  isNumber?: boolean;
  /** Stays in sight while the others move; those of a grid come first. */
  isFrozen?: boolean;
  /** Cannot be changed, in a grid that can. */
  isFixed?: boolean;
  sort?: "asc" | "desc" | undefined;
}

export interface GridCellData {
  text: string | null;
  tone?: "bad" | "changed" | "faint" | undefined;
  /** Said of the cell: shown when pointed at, and read out. */
  note?: string | undefined;
}

export interface GridProps {
  label: string;
  columns: GridColumn[];
  count: number;
  cell: (row: number, column: number) => GridCellData;
  onEdit?: (row: number, column: number, text: string) => void;
  onSort?: (column: number) => void;
  /** A key that the grid does not know, as `Ctrl+Backspace`, and the cell that it was
   * pressed in. True: it was taken. */
  onKey?: (key: string, row: number, column: number) => boolean;
  onEnd?: () => void;
  onActive?: (row: number, column: number) => void;
  rowClass?: (row: number) => string;
  /** As high as its rows, to at most so many pixels; else it fills its place. */
  maxHeight?: number;
  empty?: ComponentChildren;
}

const ROW = 32;
const HEAD = 34;
/** Of the bar that scrolls sideways. */
const BAR = 16;

export function Grid(props: GridProps) {
  const { columns, count, onEnd, maxHeight } = props;
  const seen = useVirtual(count, ROW, HEAD);
  const across = useAcross(columns, seen.scroller);
  const room = (seen.scroller.current?.clientHeight ?? 0) - HEAD;
  const state = useGridState(props, seen, across, Math.max(1, Math.floor(room / ROW)));
  const { active } = state;
  useEffect(() => {
    if (seen.end >= count && count > 0) onEnd?.();
  }, [seen.end, count]);
  const isSeen = active.row < 0 || (active.row >= seen.first && active.row < seen.end);
  const height = Math.min(maxHeight ?? 0, HEAD + count * ROW + BAR);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of divs, so that columns move
    <div
      class={maxHeight === undefined ? css.filled : css.inline}
      style={maxHeight === undefined ? {} : { maxHeight: `${height}px` }}
      ref={seen.scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-readonly={props.onEdit === undefined}
      tabIndex={isSeen && count > 0 ? -1 : 0}
      onFocus={(event) => {
        if (event.target === event.currentTarget && count > 0) state.go(active);
      }}
      onKeyDown={state.onKeyDown}
      onCopy={state.onCopy}
      onPaste={state.onPaste}
    >
      <GridHead
        columns={columns}
        across={across}
        active={active.row < 0 ? active.column : undefined}
        onSort={props.onSort}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" style={{ width: `${across.total}px` }}>
        <div role="presentation" style={{ height: `${seen.above}px` }} />
        {Array.from({ length: Math.max(0, seen.end - seen.first) }, (_, offset) => {
          const row = seen.first + offset;
          return (
            <GridRow key={row} row={row} grid={props} across={across} state={state} />
          );
        })}
        <div role="presentation" style={{ height: `${seen.below}px` }} />
      </div>
      {count === 0 && props.empty}
    </div>
  );
}

interface GridRowProps {
  row: number;
  grid: GridProps;
  across: Across;
  state: GridState;
}

function GridRow({ row, grid, across, state }: GridRowProps) {
  const { active, editing } = state;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div
      role="row"
      aria-rowindex={row + 2}
      class={`${css.row} ${grid.rowClass?.(row) ?? ""}`}
    >
      {across.shown.map((column) => {
        const place = { row, column };
        const isActive = active.row === row && active.column === column;
        return (
          <GridCell
            key={grid.columns[column]?.key}
            {...place}
            look={grid.columns[column] as GridColumn}
            left={across.lefts[column] ?? 0}
            gap={across.gapBefore(column)}
            data={grid.cell(row, column)}
            isActive={isActive}
            isFixed={!state.mayEdit(place)}
            editing={isActive ? editing : undefined}
            onChoose={() => state.choose(place)}
            onBegin={() => state.begin(place)}
            onCommit={(text, key, isBack) => state.commit(place, text, key, isBack)}
            onCancel={() => state.go(place)}
          />
        );
      })}
    </div>
  );
}

/** As wide as most of what stands in it, in pixels. */
export function fitting(title: string, texts: Iterable<string | null>): number {
  let letters = lengthOf(title) + 3;
  for (const text of texts) letters = Math.max(letters, lengthOf(text ?? ""));
  return Math.round(Math.min(Math.max(letters * 7.8 + 22, 72), 320));
}

/** In letters of the Latin script; those of China, Japan and Korea are wider. */
function lengthOf(text: string): number {
  let letters = 0;
  for (const letter of text.slice(0, 60)) {
    letters += letter.charCodeAt(0) > 0x2e7f ? 1.75 : 1;
  }
  return letters;
}
