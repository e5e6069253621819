/** Rejected rows, put right where they stand and sent again. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Cell } from "../api/csv";
import { type RejectedRow, type RejectedRows, rejectsFile } from "../api/rejects";
import { t } from "../i18n/data";
import { Button } from "./button";
import { fitting, Grid, type GridCellData, type GridColumn } from "./grid";
import css from "./rejects.module.css";
import { ErrorNote } from "./state";

interface RejectsProps {
  found: RejectedRows;
  /** Undefined: it may be done. */
  reason: string | undefined;
  /** A file with all rows but those that were taken out, as they are now. */
  onSend: (file: string) => Promise<void>;
  /** Beside the button, as a link to the file. */
  children?: ComponentChildren;
}

const MARKS = 2;
const TALLEST = 560;

export function Rejects({ found, reason, onSend, children }: RejectsProps) {
  const [changes, setChanges] = useState<ReadonlyMap<string, string>>(new Map());
  const [out, setOut] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState({ row: 0, column: 0 });
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const columns = useMemo(() => columnsOf(found), [found]);
  const errors = useMemo(
    () => found.rows.map((row) => words(row, found.header)),
    [found],
  );
  const value = (row: number, column: number): Cell =>
    changes.get(`${row}.${column}`) ?? found.rows[row]?.cells[column] ?? null;
  const cell = (row: number, at: number): GridCellData => {
    const rejected = found.rows[row];
    if (at === 0) return { text: rejected?.line ?? "" };
    if (at === 1) return { text: errors[row] ?? "", note: errors[row] };
    const column = at - MARKS;
    const text = value(row, column);
    const fault = rejected?.faults.find((each) => each.column === column);
    if (changes.has(`${row}.${column}`)) return { text, tone: "changed" };
    return fault ? { text, tone: "bad", note: fault.message } : { text };
  };
  const edit = (row: number, at: number, text: string) => {
    const key = `${row}.${at - MARKS}`;
    setChanges((before) => {
      const after = new Map(before);
      if (text === (found.rows[row]?.cells[at - MARKS] ?? "")) after.delete(key);
      else after.set(key, text);
      return after;
    });
  };
  const toggle = (row: number) =>
    setOut((before) => {
      const after = new Set(before);
      if (!after.delete(row)) after.add(row);
      return after;
    });
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const rows = found.rows.map((row, at) => ({
        ...row,
        cells: row.cells.map((_, column) => value(at, column)),
      }));
      await onSend(
        rejectsFile(
          found.header,
          rows.filter((_, at) => !out.has(at)),
        ),
      );
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const left = found.rows.length - out.size;
  const why =
    reason ??
    (left === 0
      ? t("rejects.empty")
      : changes.size === 0
        ? t("rejects.none")
        : undefined);
  return (
    <div class={css.whole}>
      {found.isPart && <p>{t("rejects.part", { count: found.rows.length })}</p>}
      <Grid
        label={t("rejects.grid")}
        columns={columns}
        count={found.rows.length}
        cell={cell}
        maxHeight={TALLEST}
        {...(reason === undefined ? { onEdit: edit } : {})}
        onActive={(row, column) => setActive({ row, column })}
        rowClass={(row) => (out.has(row) ? (css.out ?? "") : "")}
        onKey={(key, row) => {
          if (key !== "Ctrl+Backspace" || reason !== undefined) return false;
          toggle(row);
          return true;
        }}
      />
      <p class={css.told} aria-live="polite">
        {toldOf(found, active)}
      </p>
      {error !== undefined && <ErrorNote error={error} />}
      <div class={css.actions}>
        <Button look="main" reason={why} isBusy={isBusy} onClick={() => void send()}>
          {isBusy ? t("rejects.sending") : t("rejects.send", { count: left })}
        </Button>
        {changes.size + out.size > 0 && (
          <Button
            onClick={() => {
              setChanges(new Map());
              setOut(new Set());
            }}
          >
            {t("rejects.undo")}
          </Button>
        )}
        {children}
        <span class={css.count}>
          {changes.size > 0 && t("rejects.changed", { count: changes.size })}
          {out.size > 0 && ` · ${t("rejects.out", { count: out.size })}`}
        </span>
      </div>
      <p class={css.keys}>{t("rejects.keys")}</p>
    </div>
  );
}

function columnsOf(found: RejectedRows): GridColumn[] {
  const seen = found.rows.slice(0, 60);
  return [
    {
      key: "_line",
      title: t("rejects.line"),
      width: 64,
      isNumber: true,
      isFrozen: true,
      isFixed: true,
    },
    {
      key: "_error",
      title: t("rejects.error"),
      width: Math.max(
        220,
        fitting(
          t("rejects.error"),
          seen.map((row) => words(row, found.header)),
        ),
      ),
      isFrozen: true,
      isFixed: true,
    },
    ...found.header.map((title, at) => ({
      key: `${at}`,
      title,
      width: fitting(
        title,
        seen.map((row) => row.cells[at] ?? ""),
      ),
    })),
  ];
}

/** Of the row that the focus is in, in whole sentences. */
function toldOf(found: RejectedRows, active: { row: number; column: number }): string {
  const row = found.rows[active.row];
  if (!row) return "\u00a0";
  const fault = row.faults.find((each) => each.column === active.column - MARKS);
  const message = fault
    ? `${found.header[active.column - MARKS]}: ${fault.message}`
    : words(row, found.header);
  return t("rejects.row", { line: row.line, message });
}

function words(row: RejectedRow, header: string[]): string {
  return row.faults
    .map(({ column, message }) => {
      const name = column === undefined ? undefined : header[column];
      return name === undefined ? message : `${name}: ${message}`;
    })
    .join(" ");
}
