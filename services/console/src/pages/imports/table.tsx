/** One table of a plan: where its rows go, and its columns, samples and findings. */
import { useState } from "preact/hooks";
import {
  Badge,
  Button,
  Check,
  Empty,
  Faint,
  fitting,
  Grid,
  Segments,
  Table,
  TextField,
} from "../../ui";
import { type Changed, type PlannedTable, withTable, wrongName } from "./changes";
import { ColumnsView } from "./columns";
import css from "./imports.module.css";
import { OptionsDialog } from "./options";
import type { Plan } from "./planning";
import { RereadDialog } from "./reread";
import { type ImportsKey, t } from "./texts";

export interface TableViewProps {
  plan: Plan;
  at: number;
  changed: Changed;
  targets: string[];
  onChange: (changed: Changed) => void;
}

type Tab = "columns" | "rows" | "reading" | "warnings";
const MODES = ["append", "replace", "upsert"] as const;

export function PlannedTableView(props: TableViewProps) {
  const { plan, at, changed, onChange } = props;
  const [tab, setTab] = useState<Tab>("columns");
  const table = changed.tables[at];
  if (!table) return <Empty title={t("error.noTables")} />;
  const warnings = table.findings?.warnings ?? [];
  const tabs: Tab[] = ["columns", "rows", "reading"];
  if (warnings.length > 0) tabs.push("warnings");
  return (
    <>
      <Target {...props} table={table} />
      <div class={css.tabs}>
        <Segments
          label={table.table}
          value={tab}
          options={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}
          onChange={setTab}
        />
        <Seen table={table} />
        {table.findings?.remembered_from && (
          <Badge tone="busy">{t("plan.remembered")}</Badge>
        )}
        {plan.sources.every((each) => each.file_id) && <Reread {...props} />}
      </div>
      {tab === "columns" && (
        <ColumnsView at={at} changed={changed} table={table} onChange={onChange} />
      )}
      {tab === "rows" && <SampleRows table={table} />}
      {tab === "reading" && <Reading table={table} />}
      {tab === "warnings" && (
        <ul class={css.warnings}>
          {warnings.map((each, number) => (
            <li key={number}>
              <bdi>{each.message}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Target(props: TableViewProps & { table: PlannedTable }) {
  const { at, changed, targets, onChange, table } = props;
  const [isOpen, setOpen] = useState(false);
  const { options } = changed;
  const wrong = wrongName(table.table, []);
  return (
    <div class={css.target}>
      <div class={css.targetName}>
        <TextField
          label={t("plan.target")}
          value={table.table}
          hint={t("plan.target.hint")}
          error={wrong && t(wrong)}
          input={{ list: "targets" }}
          onInput={(name) => onChange(withTable(changed, at, { table: name }))}
        />
        <datalist id="targets">
          {targets.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </div>
      <div class={css.mode}>
        <Segments
          label={t("plan.mode")}
          value={options.mode}
          options={MODES.map((value) => ({ value, label: t(`mode.${value}`) }))}
          onChange={(mode) => onChange({ ...changed, options: { ...options, mode } })}
        />
        <Faint>{t(`mode.${options.mode}.hint`)}</Faint>
      </div>
      <div class={css.more}>
        {changed.tables.length > 1 && (
          <Check
            label={t("plan.include")}
            checked={table.include}
            onChange={(include) => onChange(withTable(changed, at, { include }))}
          />
        )}
        <Button icon="settings" onClick={() => setOpen(true)}>
          {t("plan.more")}
        </Button>
      </div>
      {isOpen && (
        <OptionsDialog
          options={options}
          onChange={(next) => onChange({ ...changed, options: next })}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function Seen({ table }: { table: PlannedTable }) {
  const found = table.findings;
  if (!found) return null;
  const count = found.rows;
  return (
    <Faint>
      {t(found.rows_exact ? "plan.rows" : "plan.about", { count })}
      {found.ragged > 0 && ` · ${t("plan.ragged", { count: found.ragged })}`}
    </Faint>
  );
}

function Reread({ plan, at, changed }: TableViewProps) {
  const [isOpen, setOpen] = useState(false);
  const table = changed.tables[at];
  return (
    <span class={css.end}>
      <Button look="quiet" icon="refresh" onClick={() => setOpen(true)}>
        {t("plan.reread")}
      </Button>
      {isOpen && table && (
        <RereadDialog
          files={plan.sources.flatMap((each) => each.file_id ?? [])}
          dialect={table.dialect}
          onClose={() => setOpen(false)}
        />
      )}
    </span>
  );
}

function SampleRows({ table }: { table: PlannedTable }) {
  const rows = table.findings?.first_rows ?? [];
  const columns = table.columns.map((column, at) => ({
    key: `${column.position}`,
    title: column.name,
    isNumber: ["bigint", "numeric", "double"].includes(column.type),
    width: fitting(
      column.name,
      rows.map((row) => row[at] ?? null),
    ),
  }));
  return (
    <Grid
      label={t("tab.rows")}
      columns={columns}
      count={rows.length}
      cell={(row, column) => ({
        text: rows[row]?.[column] ?? null,
        tone: table.columns[column]?.include ? undefined : "faint",
      })}
    />
  );
}

function Reading({ table }: { table: PlannedTable }) {
  const decisions = table.findings?.decisions ?? [];
  return (
    <Table
      label={t("tab.reading")}
      rows={decisions}
      rowKey={(each) => each.about}
      columns={[
        {
          key: "about",
          title: t("reading.about"),
          width: "150px",
          cell: (each) => <code>{each.about}</code>,
        },
        {
          key: "chosen",
          title: t("reading.chosen"),
          width: "150px",
          cell: (each) => <code>{each.chosen}</code>,
        },
        {
          key: "sure",
          title: t("reading.sure"),
          width: "110px",
          cell: (each) => (
            <Badge tone={each.sure === "unsure" ? "warn" : "calm"}>
              {t(`sure.${each.sure}` as ImportsKey)}
            </Badge>
          ),
        },
        {
          key: "seen",
          title: t("reading.seen"),
          isWide: true,
          cell: (each) => <span title={each.seen}>{each.seen}</span>,
        },
        {
          key: "instead",
          title: t("reading.instead"),
          width: "20%",
          isWide: true,
          cell: (each) => each.instead.join(", "),
        },
      ]}
    />
  );
}
