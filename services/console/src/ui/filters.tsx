/** Conditions on rows, as `column:operator:value` that the server takes. */
import { useState } from "preact/hooks";
import { type DataKey, t } from "../i18n/data";
import { Button, IconButton } from "./button";
import { Dialog } from "./dialog";
import { Select, TextField } from "./field";
import css from "./filters.module.css";
import { Name } from "./text";

export interface Filter {
  column: string;
  operator: Operator;
  value: string;
}

const OPERATORS = [
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "in",
  "contains",
  "starts_with",
  "is_null",
  "is_value",
] as const;
export type Operator = (typeof OPERATORS)[number];

const hasValue = (operator: Operator) =>
  operator !== "is_null" && operator !== "is_value";

/** For the server. A name with a colon stands in quotes. */
export function told({ column, operator, value }: Filter): string {
  const name = column.includes(":") ? `"${column.replaceAll('"', '""')}"` : column;
  if (operator === "is_null") return `${name}:is_null`;
  if (operator === "is_value") return `${name}:is_null:false`;
  return `${name}:${operator}:${value}`;
}

/** In an address: all of them as JSON. Whatever is none is left out. */
export function ofText(text: string | undefined): Filter[] {
  try {
    const found = JSON.parse(text ?? "[]") as [string, string, string][];
    return found.flatMap(([column, operator, value]) => {
      const known = OPERATORS.find((each) => each === operator);
      return known && column ? [{ column, operator: known, value: value ?? "" }] : [];
    });
  } catch {
    return [];
  }
}

export function asText(filters: Filter[]): string | undefined {
  if (filters.length === 0) return undefined;
  return JSON.stringify(
    filters.map(({ column, operator, value }) => [column, operator, value]),
  );
}

interface FiltersProps {
  columns: string[];
  filters: Filter[];
  onChange: (filters: Filter[]) => void;
}

export function Filters({ columns, filters, onChange }: FiltersProps) {
  const [isAdding, setAdding] = useState(false);
  return (
    <div class={css.whole}>
      {filters.map((each, at) => (
        <span key={told(each)} class={css.chip}>
          <Name>{each.column}</Name> {t(`op.${each.operator}` as DataKey)}{" "}
          {hasValue(each.operator) && <Name>{each.value}</Name>}
          <IconButton
            icon="x"
            label={t("filter.remove", { name: each.column })}
            onClick={() => onChange(filters.filter((_, other) => other !== at))}
          />
        </span>
      ))}
      <Button icon="filter" onClick={() => setAdding(true)}>
        {t("filter.add")}
      </Button>
      {filters.length > 1 && (
        <Button look="quiet" onClick={() => onChange([])}>
          {t("filter.clear")}
        </Button>
      )}
      {isAdding && (
        <AddFilter
          columns={columns}
          onClose={() => setAdding(false)}
          onAdd={(filter) => {
            onChange([...filters, filter]);
            setAdding(false);
          }}
        />
      )}
    </div>
  );
}

interface AddFilterProps {
  columns: string[];
  onAdd: (filter: Filter) => void;
  onClose: () => void;
}

function AddFilter({ columns, onAdd, onClose }: AddFilterProps) {
  const [column, setColumn] = useState(columns[0] ?? "");
  const [operator, setOperator] = useState<Operator>("eq");
  const [value, setValue] = useState("");
  return (
    <Dialog title={t("filter.add")} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          onAdd({ column, operator, value });
        }}
      >
        <Select
          label={t("filter.column")}
          value={column}
          options={columns.map((each) => ({ value: each, label: each }))}
          onChange={setColumn}
        />
        <Select
          label={t("filter.operator")}
          value={operator}
          options={OPERATORS.map((each) => ({
            value: each,
            label: t(`op.${each}` as DataKey),
          }))}
          onChange={setOperator}
        />
        {hasValue(operator) && (
          <TextField
            label={t(operator === "in" ? "filter.values" : "filter.value")}
            value={value}
            onInput={setValue}
          />
        )}
        <Button look="main" type="submit">
          {t("filter.apply")}
        </Button>
      </form>
    </Dialog>
  );
}
