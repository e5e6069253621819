/** A plan as somebody has changed it, and what still is wrong with it. Pure. */
import type { Schemas } from "../../api/client";
import { type ImportsKey, t } from "./texts";

export type PlannedTable = Schemas["PlannedTableOut"];
export type PlannedColumn = Schemas["ColumnBody"];
export type Options = Schemas["OptionsBody"];
export type Findings = Schemas["ColumnFindingsOut"];

export const TYPES: PlannedColumn["type"][] = [
  "text",
  "boolean",
  "bigint",
  "numeric",
  "double",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
];

export interface Changed {
  tables: PlannedTable[];
  options: Options;
}

export function withTable(
  changed: Changed,
  at: number,
  what: Partial<PlannedTable>,
): Changed {
  const tables = changed.tables.map((each, other) =>
    other === at ? { ...each, ...what } : each,
  );
  return { ...changed, tables };
}

export function withColumn(
  changed: Changed,
  at: number,
  position: number,
  what: Partial<PlannedColumn>,
): Changed {
  const table = changed.tables[at];
  if (!table) return changed;
  const before = table.columns.find((each) => each.position === position);
  const columns = table.columns.map((each) =>
    each.position === position ? retyped({ ...each, ...what }, each) : each,
  );
  const after = withTable(changed, at, { columns });
  if (what.name === undefined || !before) return after;
  // A key goes by its column's name.
  const keys = changed.options.keys.map((key) =>
    key === before.name ? (what.name as string) : key,
  );
  return { ...after, options: { ...after.options, keys } };
}

/** What belongs to the old type alone does not go with the new one. */
function retyped(after: PlannedColumn, before: PlannedColumn): PlannedColumn {
  if (after.type === before.type) return after;
  const isNumber = (type: string) => ["bigint", "numeric", "double"].includes(type);
  const isTime = (type: string) => /date|time/.test(type);
  const isAlike =
    (isNumber(after.type) && isNumber(before.type)) ||
    (isTime(after.type) && isTime(before.type));
  return {
    ...after,
    format: isAlike ? (after.format ?? null) : null,
    precision: after.type === "numeric" ? (after.precision ?? null) : null,
    scale: after.type === "numeric" ? (after.scale ?? null) : null,
    zone: after.type === "timestamptz" ? (after.zone ?? null) : null,
    on_bad_value: null,
  };
}

/** What is wrong with a column's name; undefined: nothing. */
export function wrongName(
  name: string,
  columns: PlannedColumn[],
): ImportsKey | undefined {
  if (name.trim() === "") return "error.noName";
  if (new TextEncoder().encode(name).length > 63) return "error.tooLong";
  const twice = columns.filter((each) => each.include && each.name === name);
  return twice.length > 1 ? "error.twice" : undefined;
}

/** Why it cannot be imported as it is; undefined: it can. */
export function reasonAgainst({ tables, options }: Changed): string | undefined {
  const taken = tables.filter((each) => each.include);
  if (taken.length === 0) return t("error.noTables");
  const isWrong = taken.some(
    (table) =>
      wrongName(table.table, []) !== undefined ||
      table.columns.some(
        (each) => each.include && wrongName(each.name, table.columns) !== undefined,
      ),
  );
  if (isWrong) return t("error.names");
  const needsKeys = options.mode === "upsert" || options.dedupe === "last";
  return needsKeys && options.keys.length === 0 ? t("error.noKeys") : undefined;
}

/** For the server: what was found is not sent back. */
export function asOrder(planId: string, changed: Changed): Schemas["ImportRequest"] {
  const tables = changed.tables.map(({ findings: _, ...table }) => ({
    ...table,
    findings: null,
  }));
  return { plan_id: planId, tables, options: changed.options };
}
