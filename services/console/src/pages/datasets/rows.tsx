/** Rows of a data set, a page at a time as they come into sight. */
import { useMemo, useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import {
  Bar,
  Button,
  Dialog,
  Empty,
  ErrorNote,
  ErrorView,
  fitting,
  Grid,
  type GridCellData,
  type GridColumn,
  Skeleton,
} from "../../ui";
import { asText, type Filter, Filters, told } from "../../ui/filters";
import type { DataSet } from "./dataset";
import css from "./datasets.module.css";
import { t } from "./texts";

interface Row {
  values: unknown[];
  /** Characters of values that were cut, by their columns. */
  cut: Map<string, number>;
}

interface RowsProps {
  found: DataSet;
  filters: Filter[];
  /** As `price:desc`. */
  sort: string | undefined;
  go: (what: Record<string, string | undefined>) => void;
}

const PAGE = 200;
const NUMBERS = new Set(["bigint", "numeric", "double"]);

function useRows({ found, filters, sort }: RowsProps) {
  const filter = filters.map(told);
  return useList<Row>(
    async (cursor, signal) => {
      const page = await ok(
        api.GET("/v1/datasets/{dataset_id}/rows", {
          params: {
            path: { dataset_id: found.id },
            query: {
              limit: PAGE,
              ...(filter.length > 0 ? { filter } : {}),
              ...(sort ? { sort } : {}),
              ...(cursor ? { cursor } : {}),
            },
          },
          signal,
        }),
      );
      const items = page.rows.map((values): Row => ({ values, cut: new Map() }));
      for (const each of page.cut) {
        items[each.row]?.cut.set(each.column, each.characters);
      }
      return { items, next_cursor: page.next_cursor };
    },
    [found.id, sort, filter.join("\n")],
  );
}

export function RowsView(props: RowsProps) {
  const { found, filters, sort, go } = props;
  const list = useRows(props);
  const rows = list.items.value;
  const [sorted, way] = sortOf(sort);
  const onSort = (column: number) => {
    const name = found.columns[column]?.name ?? "";
    const isOther = name !== sorted;
    go({ sort: isOther ? name : way === "asc" ? `${name}:desc` : undefined });
  };
  const error = list.error.value;
  return (
    <>
      <Bar>
        <Filters
          columns={found.columns.map((each) => each.name)}
          filters={filters}
          onChange={(next) => go({ filters: asText(next) })}
        />
        {sort && (
          <Button look="quiet" icon="x" onClick={() => go({ sort: undefined })}>
            {t("rows.sort", { name: sorted })}
          </Button>
        )}
      </Bar>
      {rows === undefined ? (
        error === undefined ? (
          <Skeleton rows={12} />
        ) : (
          <ErrorView error={error} retry={() => void list.reload()} />
        )
      ) : (
        <>
          {error !== undefined && (
            <div class={css.note}>
              <ErrorNote error={error} />
            </div>
          )}
          {rows.length === 0 ? (
            <Empty
              icon="table"
              title={t(filters.length > 0 ? "rows.none" : "rows.empty")}
            >
              {filters.length > 0 && t("rows.none.hint")}
            </Empty>
          ) : (
            <Shown
              {...props}
              rows={rows}
              onSort={onSort}
              onEnd={() => void list.more()}
            />
          )}
          <Foot
            count={rows.length}
            total={filters.length > 0 ? undefined : found.row_count}
            hasMore={list.hasMore.value}
            isLoading={list.isLoading.value}
          />
        </>
      )}
    </>
  );
}

interface ShownProps extends RowsProps {
  rows: Row[];
  onSort: (column: number) => void;
  onEnd: () => void;
}

function Shown({ found, sort, rows, onSort, onEnd }: ShownProps) {
  const [open, setOpen] = useState<{ row: number; column: number } | undefined>();
  const first = rows.slice(0, 40);
  const [sorted, way] = sortOf(sort);
  const columns = useMemo(
    () =>
      found.columns.map(
        (each, at): GridColumn => ({
          key: each.name,
          title: each.name,
          isNumber: NUMBERS.has(each.type),
          sort: each.name === sorted ? way : undefined,
          width: fitting(
            each.name,
            first.map((row) => shown(row.values[at])),
          ),
        }),
      ),
    [found, first[0], sorted, way],
  );
  const cell = (row: number, column: number): GridCellData => {
    const data = rows[row];
    const text = shown(data?.values[column]);
    const count = data?.cut.get(found.columns[column]?.name ?? "");
    if (count === undefined) return { text };
    return { text: `${text ?? ""}…`, note: t("rows.cut", { count }) };
  };
  const name = found.columns[open?.column ?? 0]?.name ?? "";
  return (
    <>
      <Grid
        label={t("rows.grid", { name: found.name })}
        columns={columns}
        count={rows.length}
        cell={cell}
        onSort={onSort}
        onEnd={onEnd}
        onKey={(key, row, column) => {
          if (key !== "Enter") return false;
          setOpen({ row, column });
          return true;
        }}
      />
      {open && (
        <Dialog
          title={t("rows.value", { name })}
          onClose={() => setOpen(undefined)}
          size="large"
          actions={
            <Button look="main" onClick={() => setOpen(undefined)}>
              {common("do.close")}
            </Button>
          }
        >
          <pre class={css.value} dir="auto">
            {cell(open.row, open.column).text ?? "NULL"}
          </pre>
        </Dialog>
      )}
    </>
  );
}

interface FootProps {
  count: number;
  total: number | undefined;
  hasMore: boolean;
  isLoading: boolean;
}

function Foot({ count, total, hasMore, isLoading }: FootProps) {
  const said = isLoading
    ? common("app.loading")
    : !hasMore
      ? t("rows.all", { count })
      : total === undefined
        ? t("rows.matching", { count })
        : t("rows.shown", { count, total });
  return (
    <footer class={css.foot}>
      <span aria-live="polite">{said}</span>
      <span class={css.hint}>{t("rows.keys")}</span>
    </footer>
  );
}

/** A value as the API tells it: text and numbers as they are, the rest as JSON. */
function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sortOf(sort: string | undefined): [string, "asc" | "desc"] {
  if (!sort) return ["", "asc"];
  return sort.endsWith(":desc") ? [sort.slice(0, -5), "desc"] : [sort, "asc"];
}
