/** The names of a grid's columns; pressed, one sorts. */
import { t } from "../i18n/data";
import type { GridColumn } from "./grid";
import css from "./grid.module.css";
import type { Across } from "./grid-across";
import { Icon } from "./icon";

interface GridHeadProps {
  columns: GridColumn[];
  across: Across;
  /** Of the head's cells the one that has the focus. */
  active: number | undefined;
  onSort: ((column: number) => void) | undefined;
}

const SORTED = { asc: "ascending", desc: "descending" } as const;

export function GridHead({ columns, across, active, onSort }: GridHeadProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of divs, so that columns move
    // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus
    <div
      role="row"
      aria-rowindex={1}
      class={css.head}
      style={{ width: `${across.total}px` }}
    >
      {across.shown.map((at) => {
        const column = columns[at] as GridColumn;
        const gap = across.gapBefore(at);
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears all keys
          <div
            key={column.key}
            role="columnheader"
            data-cell={`-1.${at}`}
            aria-colindex={at + 1}
            {...(column.sort ? { "aria-sort": SORTED[column.sort] } : {})}
            tabIndex={active === at ? 0 : -1}
            class={`${css.title} ${column.isNumber ? css.number : ""} ${
              column.isFrozen ? css.frozen : ""
            } ${onSort ? css.sorts : ""}`}
            style={{
              width: `${column.width}px`,
              ...(gap ? { marginInlineStart: `${gap}px` } : {}),
              ...(column.isFrozen ? { left: `${across.lefts[at] ?? 0}px` } : {}),
            }}
            title={onSort ? t("grid.sort", { name: column.title }) : column.title}
            onClick={() => onSort?.(at)}
          >
            <bdi class={css.text}>{column.title}</bdi>
            {column.sort && (
              <span class={column.sort === "asc" ? css.up : css.down}>
                <Icon name="chevronDown" size={12} />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
