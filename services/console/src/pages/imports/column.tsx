/** All that a plan says of one column. */

import { t as common } from "../../i18n";
import { Button, Check, Dialog, Facts, Select, TextField } from "../../ui";
import type { Findings, PlannedColumn } from "./changes";
import { TYPES } from "./changes";
import css from "./imports.module.css";
import { type ImportsKey, t } from "./texts";

interface ColumnDialogProps {
  column: PlannedColumn;
  findings: Findings | undefined;
  wrong: ImportsKey | undefined;
  onChange: (what: Partial<PlannedColumn>) => void;
  onClose: () => void;
}

const BAD = ["auto", "reject", "null", "text"] as const;

export function ColumnDialog(props: ColumnDialogProps) {
  const { column, findings, wrong, onChange, onClose } = props;
  const hasFormat = /date|time|bigint|numeric|double/.test(column.type);
  return (
    <Dialog
      title={column.header || column.name}
      size="side"
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {common("do.close")}
        </Button>
      }
    >
      <Check
        label={t("columns.includeOf", { name: column.header || column.name })}
        checked={column.include}
        onChange={(include) => onChange({ include })}
      />
      <TextField
        label={t("columns.name")}
        value={column.name}
        error={wrong && t(wrong)}
        onInput={(name) => onChange({ name })}
      />
      <Select
        label={t("columns.type")}
        value={column.type}
        options={TYPES.map((value) => ({ value, label: value }))}
        onChange={(type) => onChange({ type })}
      />
      {column.type === "numeric" && <Digits {...props} />}
      {hasFormat && (
        <TextField
          label={t("column.format")}
          hint={t("column.format.hint")}
          value={column.format ?? ""}
          onInput={(format) => onChange({ format: format || null })}
        />
      )}
      {column.type === "timestamptz" && (
        <TextField
          label={t("column.zone")}
          hint={t("column.zone.hint")}
          value={column.zone ?? ""}
          onInput={(zone) => onChange({ zone: zone || null })}
        />
      )}
      <Nulls {...props} />
      {column.type === "double" && (
        <Select
          label={t("column.nonFinite")}
          value={column.non_finite}
          options={(["reject", "null", "keep"] as const).map((value) => ({
            value,
            label: t(`nonFinite.${value}`),
          }))}
          onChange={(non_finite) => onChange({ non_finite })}
        />
      )}
      <Select
        label={t("column.onBad")}
        value={column.on_bad_value ?? "auto"}
        options={BAD.map((value) => ({ value, label: t(`onBad.${value}`) }))}
        onChange={(value) =>
          onChange({ on_bad_value: value === "auto" ? null : value })
        }
      />
      <Check
        label={t("column.required")}
        checked={column.required}
        onChange={(required) => onChange({ required })}
      />
      <Check
        label={t("column.trim")}
        checked={column.trim}
        onChange={(trim) => onChange({ trim })}
      />
      {findings && <Found findings={findings} />}
    </Dialog>
  );
}

function Digits({ column, onChange }: ColumnDialogProps) {
  const number = (text: string) => (text === "" ? null : Number(text));
  return (
    <div class={css.pair}>
      <TextField
        type="number"
        label={t("column.precision")}
        value={column.precision?.toString() ?? ""}
        onInput={(text) => onChange({ precision: number(text) })}
      />
      <TextField
        type="number"
        label={t("column.scale")}
        value={column.scale?.toString() ?? ""}
        onInput={(text) => onChange({ scale: number(text) })}
      />
    </div>
  );
}

function Nulls({ column, onChange }: ColumnDialogProps) {
  const others = column.nulls.filter((each) => each !== "");
  const hasEmpty = column.nulls.includes("");
  const set = (isEmpty: boolean, texts: string[]) =>
    onChange({ nulls: isEmpty ? ["", ...texts] : texts });
  return (
    <>
      <Check
        label={t("column.nullsEmpty")}
        checked={hasEmpty}
        onChange={(isEmpty) => set(isEmpty, others)}
      />
      <TextField
        label={t("column.nulls")}
        hint={t("column.nulls.hint")}
        rows={2}
        value={others.join("\n")}
        onInput={(text) => set(hasEmpty, text === "" ? [] : text.split("\n"))}
      />
    </>
  );
}

function Found({ findings }: { findings: Findings }) {
  const { invalid, first_invalid_line: line } = findings;
  return (
    <>
      <Facts
        rows={[
          [
            t("columns.examples"),
            <bdi key="examples">{findings.examples.join(", ")}</bdi>,
          ],
          [t("column.nullCount"), findings.nulls],
          [
            t("column.invalid"),
            invalid > 0 && line !== null
              ? t("column.firstInvalid", { count: invalid, line })
              : invalid,
          ],
        ]}
      />
      {findings.warnings.length > 0 && (
        <ul class={css.warnings}>
          {findings.warnings.map((each, at) => (
            <li key={at}>
              <bdi>{each.message}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
