/** The columns of a planned table, each a row: taken or not, its name and its type. */
import type { TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { Badge, type Column, Faint, IconButton, Name, Table } from "../../ui";
import {
  type Changed,
  type Findings,
  type PlannedColumn,
  type PlannedTable,
  TYPES,
  withColumn,
  wrongName,
} from "./changes";
import { ColumnDialog } from "./column";
import css from "./imports.module.css";
import { t } from "./texts";

interface ColumnsProps {
  at: number;
  changed: Changed;
  table: PlannedTable;
  onChange: (changed: Changed) => void;
}

export function ColumnsView({ at, changed, table, onChange }: ColumnsProps) {
  const [open, setOpen] = useState<number | undefined>();
  const place = useRef<HTMLDivElement>(null);
  const findings = new Map(
    (table.findings?.columns ?? []).map((each) => [each.position, each]),
  );
  const change = (position: number, what: Partial<PlannedColumn>) =>
    onChange(withColumn(changed, at, position, what));
  const { keys, mode, dedupe } = changed.options;
  const toggleKey = (name: string) => {
    const next = keys.includes(name)
      ? keys.filter((each) => each !== name)
      : [...keys, name];
    onChange({ ...changed, options: { ...changed.options, keys: next } });
  };
  const columns = shownColumns(table, findings, change, setOpen);
  if (mode === "upsert" || dedupe === "last") {
    columns.splice(1, 0, keyColumn(keys, toggleKey));
  }
  const chosen = table.columns.find((each) => each.position === open);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble from the rows
    <div
      class={css.columns}
      ref={place}
      onKeyDown={(event) => onRowKey(event, table, change)}
    >
      <p class={css.keys}>{t("columns.keys")}</p>
      <Table
        label={t("tab.columns")}
        columns={columns}
        rows={table.columns}
        rowKey={(column) => `${column.position}`}
        rowHeight={40}
        onOpen={(column) => setOpen(column.position)}
      />
      {chosen && (
        <ColumnDialog
          column={chosen}
          findings={findings.get(chosen.position)}
          wrong={wrongName(chosen.name, table.columns)}
          onChange={(what) => change(chosen.position, what)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

/** Keys of a row as a whole; its fields have their own. */
function onRowKey(
  event: TargetedKeyboardEvent<HTMLDivElement>,
  table: PlannedTable,
  change: (position: number, what: Partial<PlannedColumn>) => void,
): void {
  const target = event.target as HTMLElement;
  if (
    target.matches("input[type=text]") &&
    /^(Arrow(Up|Down)|Enter)$/.test(event.key)
  ) {
    // From name to name, as in a sheet.
    const by = event.key === "ArrowUp" ? -1 : 1;
    const row = Number(target.closest<HTMLElement>("tr")?.dataset.at) + by;
    const next = event.currentTarget.querySelector<HTMLInputElement>(
      `tr[data-at="${row}"] input[type=text]`,
    );
    next?.focus();
    next?.select();
    event.preventDefault();
    return;
  }
  if (!target.matches("tr")) return;
  const column = table.columns[Number(target.dataset.at)];
  if (!column) return;
  if (event.key === " ") change(column.position, { include: !column.include });
  else if (event.key === "t") target.querySelector("select")?.focus();
  else return;
  event.preventDefault();
}

const titled = (column: PlannedColumn): string =>
  column.header || t("columns.noHeader", { position: column.position });

function keyColumn(
  keys: string[],
  toggle: (name: string) => void,
): Column<PlannedColumn> {
  return {
    key: "key",
    title: t("columns.key"),
    width: "52px",
    cell: (column) => (
      <input
        type="checkbox"
        aria-label={t("columns.keyOf", { name: titled(column) })}
        checked={keys.includes(column.name)}
        disabled={!column.include}
        onChange={() => toggle(column.name)}
      />
    ),
  };
}

function shownColumns(
  table: PlannedTable,
  findings: Map<number, Findings>,
  change: (position: number, what: Partial<PlannedColumn>) => void,
  open: (position: number) => void,
): Column<PlannedColumn>[] {
  return [
    {
      key: "include",
      title: t("columns.include"),
      width: "72px",
      cell: (column) => (
        <input
          type="checkbox"
          aria-label={t("columns.includeOf", { name: titled(column) })}
          checked={column.include}
          onChange={(event) =>
            change(column.position, { include: event.currentTarget.checked })
          }
        />
      ),
    },
    {
      key: "header",
      title: t("columns.header"),
      width: "18%",
      isWide: true,
      cell: (column) =>
        column.include ? (
          <Name>{titled(column)}</Name>
        ) : (
          <Faint>{titled(column)}</Faint>
        ),
    },
    {
      key: "name",
      title: t("columns.name"),
      cell: (column) => <NameField column={column} table={table} change={change} />,
    },
    {
      key: "type",
      title: t("columns.type"),
      width: "124px",
      cell: (column) => (
        <select
          class={css.cellField}
          aria-label={t("columns.typeOf", { name: titled(column) })}
          value={column.type}
          disabled={!column.include}
          onChange={(event) =>
            change(column.position, {
              type: event.currentTarget.value as PlannedColumn["type"],
            })
          }
        >
          {TYPES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      ),
    },
    {
      key: "examples",
      title: t("columns.examples"),
      width: "24%",
      isWide: true,
      cell: (column) => (
        <Faint>
          <Name>{(findings.get(column.position)?.examples ?? []).join(", ")}</Name>
        </Faint>
      ),
    },
    {
      key: "warnings",
      title: t("columns.warnings"),
      width: "150px",
      isWide: true,
      cell: (column) => <Warned findings={findings.get(column.position)} />,
    },
    {
      key: "more",
      title: t("columns.more", { name: "" }),
      isTitleUnseen: true,
      width: "66px",
      cell: (column) => (
        <IconButton
          icon="dots"
          label={t("columns.more", { name: titled(column) })}
          onClick={() => open(column.position)}
        />
      ),
    },
  ];
}

interface NameFieldProps {
  column: PlannedColumn;
  table: PlannedTable;
  change: (position: number, what: Partial<PlannedColumn>) => void;
}

function NameField({ column, table, change }: NameFieldProps) {
  const wrong = column.include ? wrongName(column.name, table.columns) : undefined;
  return (
    <input
      type="text"
      class={css.cellField}
      dir="auto"
      aria-label={t("columns.nameOf", { name: titled(column) })}
      aria-invalid={wrong !== undefined}
      title={wrong && t(wrong)}
      value={column.name}
      disabled={!column.include}
      onInput={(event) => change(column.position, { name: event.currentTarget.value })}
    />
  );
}

function Warned({ findings }: { findings: Findings | undefined }) {
  const warnings = findings?.warnings ?? [];
  if (warnings.length === 0) return <Faint>–</Faint>;
  const all = warnings.map((each) => each.message).join("\n");
  return (
    <span title={all}>
      <Badge tone="warn">
        {findings && findings.invalid > 0
          ? t("columns.misfits", { count: findings.invalid })
          : t("columns.warned", { count: warnings.length })}
      </Badge>
    </span>
  );
}
