/** One cell of a grid, and the field that it becomes while it is changed. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/data";
import type { GridCellData, GridColumn } from "./grid";
import css from "./grid.module.css";

interface GridCellProps {
  row: number;
  column: number;
  look: GridColumn;
  left: number;
  gap: number;
  data: GridCellData;
  isActive: boolean;
  isFixed: boolean;
  /** The text to begin with, while it is changed. */
  editing: string | undefined;
  onChoose: () => void;
  onBegin: () => void;
  /** `key` is what ended it: CommitEnter, CommitTab, or nothing. */
  onCommit: (text: string, key: string, isBack: boolean) => void;
  onCancel: () => void;
}

const LONGEST = 300;

export function GridCell(props: GridCellProps) {
  const { row, column, look, data, isActive, editing } = props;
  const { text, note } = data;
  const shown =
    text !== null && text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of divs, so that columns move
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears all keys
    <div
      role="gridcell"
      data-cell={`${row}.${column}`}
      aria-colindex={column + 1}
      aria-readonly={props.isFixed}
      {...(data.tone === "bad" ? { "aria-invalid": true } : {})}
      tabIndex={isActive ? 0 : -1}
      class={`${css.cell} ${look.isNumber ? css.number : ""} ${
        look.isFrozen ? css.frozen : ""
      } ${data.tone ? css[data.tone] : ""} ${isActive ? css.active : ""}`}
      style={{
        width: `${look.width}px`,
        ...(props.gap ? { marginInlineStart: `${props.gap}px` } : {}),
        ...(look.isFrozen ? { left: `${props.left}px` } : {}),
      }}
      title={note ?? text ?? undefined}
      onClick={() => {
        if (editing === undefined) props.onChoose();
      }}
      onDblClick={props.onBegin}
    >
      {editing !== undefined ? (
        <CellEditor {...props} from={editing} />
      ) : shown === null ? (
        <span class={css.null}>{t("grid.null")}</span>
      ) : (
        <bdi class={css.text}>{shown}</bdi>
      )}
      {note && <span class="unseen">{note}</span>}
    </div>
  );
}

function CellEditor(props: GridCellProps & { from: string }) {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => input.current?.focus(), []);
  const end = (key: string, isBack = false) => {
    if (isOver.current) return;
    isOver.current = true;
    props.onCommit(input.current?.value ?? "", key, isBack);
  };
  return (
    <input
      ref={input}
      class={css.editor}
      defaultValue={props.from}
      aria-label={t("grid.edit", { name: props.look.title })}
      onKeyDown={(event) => {
        // Of a letter that is still being put together, as in Chinese.
        if (event.isComposing) return;
        if (event.key === "Enter") end("CommitEnter", event.shiftKey);
        else if (event.key === "Tab") end("CommitTab", event.shiftKey);
        else if (event.key === "Escape") {
          isOver.current = true;
          props.onCancel();
        } else {
          event.stopPropagation();
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      }}
      onBlur={() => end("")}
    />
  );
}
