/** The files that a recipe makes: each with a name, a format, and steps of its own. */
import { Button, IconButton, Segments, Select, TextField } from "../../ui";
import { Fields } from "./field";
import { OUTPUTS } from "./forms";
import css from "./images.module.css";
import { Operations } from "./operations";
import { formOfOutput, type Variant } from "./recipe";
import { t } from "./texts";
import { word } from "./words";

interface VariantsProps {
  variants: Variant[];
  /** The place of the one that is seen. */
  shown: number;
  onShow: (place: number) => void;
  onChange: (variants: Variant[]) => void;
}

const MOST = 32;

export function Variants({ variants, shown, onShow, onChange }: VariantsProps) {
  const variant = variants[shown];
  if (!variant) return null;
  const change = (changed: Variant) => onChange(variants.with(shown, changed));
  const add = () => {
    const fresh = { name: freeName(variants), output: { ...variant.output } };
    onChange([...variants, fresh]);
    onShow(variants.length);
  };
  return (
    <section class={css.part} aria-label={t("output")}>
      <header class={css.partHead}>
        <h2>{t("output")}</h2>
        <Button
          icon="plus"
          look="quiet"
          reason={variants.length < MOST ? undefined : t("variant.most")}
          onClick={add}
        >
          {t("variant.add")}
        </Button>
      </header>
      {variants.length > 1 && (
        <div class={css.variants}>
          <Segments
            label={t("variant.shown")}
            value={String(shown)}
            options={variants.map((each, place) => ({
              value: String(place),
              label: each.name,
            }))}
            onChange={(place) => onShow(Number(place))}
          />
          <IconButton
            icon="trash"
            label={t("variant.remove", { name: variant.name })}
            onClick={() => {
              onChange(variants.toSpliced(shown, 1));
              onShow(0);
            }}
          />
        </div>
      )}
      <OneVariant key={shown} variant={variant} onChange={change} />
      {(variants.length > 1 || (variant.operations ?? []).length > 0) && (
        <Operations
          title={t("variant.operations", { name: variant.name })}
          operations={variant.operations ?? []}
          onChange={(operations) => change({ ...variant, operations })}
        />
      )}
    </section>
  );
}

function OneVariant(props: { variant: Variant; onChange: (variant: Variant) => void }) {
  const { variant, onChange } = props;
  const { output } = variant;
  const form = formOfOutput(output);
  // What matters most first: quality, then what the format has of its own.
  const fields = (form?.fields ?? []).toSorted(
    (a, b) => Number(b.name === "quality") - Number(a.name === "quality"),
  );
  return (
    <div class={css.output}>
      <div class={css.fields}>
        <Select
          label={t("output.format")}
          value={String(output.format ?? "webp")}
          options={OUTPUTS.map(({ name }) => ({ value: name, label: word(name) }))}
          onChange={(format) => {
            const kept =
              output.quality === undefined ? {} : { quality: output.quality };
            const takes = OUTPUTS.find((each) => each.name === format)?.fields;
            const isLossy = takes?.some((each) => each.name === "quality");
            onChange({ ...variant, output: { format, ...(isLossy ? kept : {}) } });
          }}
        />
        <TextField
          label={t("variant.name")}
          value={variant.name}
          input={{ pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,63}", maxLength: 64 }}
          onInput={(name) => onChange({ ...variant, name })}
        />
      </div>
      <Fields
        fields={fields}
        part={output}
        few={fields.some((each) => each.name === "quality") ? 1 : 0}
        onChange={(changed) => onChange({ ...variant, output: changed })}
      />
    </div>
  );
}

function freeName(variants: Variant[]): string {
  const taken = new Set(variants.map((each) => each.name));
  for (let number = variants.length + 1; ; number += 1) {
    if (!taken.has(`image-${number}`)) return `image-${number}`;
  }
}
