/** The control of one field of a recipe. */
import { Check, Field, Select, TextField } from "../../ui";
import type { FormField, Part, Value } from "./form-types";
import css from "./images.module.css";
import { placeOf } from "./recipe";
import { t } from "./texts";
import { word } from "./words";

interface RecipeFieldProps {
  field: FormField;
  value: Value;
  /** Undefined: as it is by default. */
  onChange: (value: Value) => void;
}

export function RecipeField({ field, value, onChange }: RecipeFieldProps) {
  const label = word(field.name);
  const place = placeOf(value);
  if (place !== undefined) {
    return <p class={css.place}>{t("field.place", { label, name: place })}</p>;
  }
  const given = value ?? field.default;
  switch (field.kind) {
    case "integer":
    case "number":
      return <NumberField field={field} value={value} onChange={onChange} />;
    case "boolean":
      return <Check label={label} checked={given === true} onChange={onChange} />;
    case "choice":
      return <Choice field={field} given={given} onChange={onChange} />;
    case "color":
      return <ColorField field={field} value={given} onChange={onChange} />;
    case "json":
      return <JsonNote label={label} value={value} />;
    default:
      return (
        <TextField
          label={label}
          value={typeof value === "string" ? value : ""}
          {...(field.kind === "lines" ? { rows: 2 } : {})}
          {...(field.kind === "file" ? { placeholder: "fil_…" } : {})}
          onInput={(text) => onChange(text === "" && field.optional ? undefined : text)}
        />
      );
  }
}

function Choice(props: {
  field: FormField & { kind: "choice" };
  given: Value;
  onChange: (value: Value) => void;
}) {
  const { field, given, onChange } = props;
  const options = field.values.map((each) => ({
    value: String(each),
    label: word(each),
  }));
  const isUnsaid = given === null || given === undefined;
  if (isUnsaid) options.unshift({ value: "", label: t("field.unsaid") });
  return (
    <Select
      label={word(field.name)}
      value={isUnsaid ? "" : String(given)}
      options={options}
      onChange={(text) => {
        onChange(field.values.find((each) => String(each) === text));
      }}
    />
  );
}

function NumberField(props: {
  field: FormField & { kind: "integer" | "number" };
  value: Value;
  onChange: (value: Value) => void;
}) {
  const { field, value, onChange } = props;
  const least = field.min ?? field.over;
  const most = field.max ?? field.under;
  const isWide = most === undefined || most - (least ?? 0) > 2000;
  const hint =
    least !== undefined && most !== undefined && !isWide
      ? t("field.range", { least, most })
      : undefined;
  const byDefault = field.default ?? undefined;
  return (
    <TextField
      label={word(field.name)}
      type="number"
      value={value === undefined || value === null ? "" : String(value)}
      placeholder={byDefault === undefined ? t("field.auto") : String(byDefault)}
      hint={hint}
      input={{
        step: field.kind === "integer" ? 1 : "any",
        ...(least === undefined ? {} : { min: least }),
        ...(most === undefined ? {} : { max: most }),
      }}
      onInput={(text) => {
        const number = Number(text);
        onChange(text === "" || Number.isNaN(number) ? undefined : number);
      }}
    />
  );
}

/** A colour, and how much of it there is where the field takes that. */
function ColorField(props: {
  field: FormField & { kind: "color" };
  value: Value;
  onChange: (value: Value) => void;
}) {
  const { field, value, onChange } = props;
  const text = typeof value === "string" ? value : "";
  const solid = /^#[0-9a-fA-F]{6}/.test(text) ? text.slice(0, 7) : "#000000";
  const isClear = text.length === 9 && text.toLowerCase().endsWith("00");
  return (
    <Field label={word(field.name)}>
      {(given) => (
        <span class={css.color}>
          <input
            type="color"
            aria-label={t("field.pick", { name: word(field.name) })}
            value={solid}
            onInput={(event) => {
              const chosen = event.currentTarget.value;
              const alpha = field.alpha && text.length === 9 && !isClear;
              onChange(alpha ? chosen + text.slice(7) : chosen);
            }}
          />
          <input
            {...given}
            class={css.colorText}
            value={text}
            spellcheck={false}
            placeholder={field.alpha ? "#rrggbbaa" : "#rrggbb"}
            onInput={(event) => onChange(event.currentTarget.value || undefined)}
          />
        </span>
      )}
    </Field>
  );
}

function JsonNote({ label, value }: { label: string; value: Value }) {
  if (value === undefined || value === null) return null;
  return (
    <p class={css.place}>
      {t("field.json", { label })} <code>{JSON.stringify(value).slice(0, 80)}</code>
    </p>
  );
}

/** All fields of one part, the first of them and those that are needed at once. */
export function Fields(props: {
  fields: FormField[];
  part: Part;
  onChange: (part: Part) => void;
  /** So many are shown at once; the rest below "More". */
  few?: number;
}) {
  const { fields, part, onChange, few = 6 } = props;
  const typed = fields.filter(
    (each) => each.kind !== "json" || part[each.name] !== undefined,
  );
  // Never by what is said: a field would move away under the hand that types in it.
  const first = typed.filter((each, at) => at < few || !("default" in each));
  const rest = typed.filter((each) => !first.includes(each));
  const isSaid = rest.some((each) => part[each.name] !== undefined);
  const control = (field: FormField) => (
    <RecipeField
      key={field.name}
      field={field}
      value={part[field.name]}
      onChange={(value) => {
        const { [field.name]: _, ...others } = part;
        onChange(value === undefined ? others : { ...part, [field.name]: value });
      }}
    />
  );
  return (
    <>
      <div class={css.fields}>{first.map(control)}</div>
      {rest.length > 0 && (
        <details class={css.more} open={isSaid}>
          <summary>{t("field.more", { count: rest.length })}</summary>
          <div class={css.fields}>{rest.map(control)}</div>
        </details>
      )}
    </>
  );
}
