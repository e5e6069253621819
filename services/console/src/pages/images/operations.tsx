/** The steps of a recipe, each with its form; moved, switched and taken out. */
import { useRef } from "preact/hooks";
import { Field, IconButton } from "../../ui";
import { Fields } from "./field";
import type { Part } from "./form-types";
import { OPERATIONS } from "./forms";
import css from "./images.module.css";
import { begun, formOf } from "./recipe";
import { t } from "./texts";
import { word } from "./words";

/** In the order in which people look for them; the rest follows. */
const GROUPS = {
  size: [
    ..."resize crop crop_aspect crop_to pad trim rotate flip affine".split(" "),
    "perspective",
  ],
  layers: [
    ..."text text_watermark image_watermark composite background border".split(" "),
    ..."rounded_corners drop_shadow gradient obscure".split(" "),
  ],
  tones: [
    ..."adjust auto_levels curves gamma shadows_highlights clahe equalize".split(" "),
    ..."white_balance vibrance hue".split(" "),
  ],
};
type Group = keyof typeof GROUPS | "other";

function grouped(): [Group, string[]][] {
  const named = new Set<string>(Object.values(GROUPS).flat());
  const rest = OPERATIONS.map((each) => String(each.name)).filter(
    (name) => !named.has(name),
  );
  return [...(Object.entries(GROUPS) as [Group, string[]][]), ["other", rest]];
}

interface OperationsProps {
  operations: Part[];
  onChange: (operations: Part[]) => void;
  /** As a heading above them; none within a variant. */
  title?: string;
}

export function Operations({ operations, onChange, title }: OperationsProps) {
  const list = useRef<HTMLOListElement>(null);
  const move = (from: number, by: number) => {
    const to = from + by;
    const moved = operations
      .toSpliced(from, 1)
      .toSpliced(to, 0, operations[from] ?? {});
    onChange(moved);
    focusSoon(list.current, to);
  };
  return (
    <section class={css.part} aria-label={title ?? t("operations")}>
      <h2>{title ?? t("operations")}</h2>
      <ol ref={list} class={css.steps}>
        {operations.map((operation, place) => (
          <Step
            key={place}
            operation={operation}
            place={place}
            count={operations.length}
            onChange={(changed) => onChange(operations.with(place, changed))}
            onMove={(by) => move(place, by)}
            onRemove={() => onChange(operations.toSpliced(place, 1))}
          />
        ))}
      </ol>
      <AddOperation onAdd={(op) => onChange([...operations, begun(op)])} />
    </section>
  );
}

interface StepProps {
  operation: Part;
  place: number;
  count: number;
  onChange: (operation: Part) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function Step({ operation, place, count, onChange, onMove, onRemove }: StepProps) {
  const name = word(String(operation.op));
  const form = formOf(operation);
  return (
    <li class={css.step}>
      <header>
        <h3>
          <span class={css.number}>{place + 1}</span> {name}
        </h3>
        <IconButton
          icon="arrowUp"
          label={t("step.up", { name })}
          reason={place === 0 ? t("step.first") : undefined}
          onClick={() => onMove(-1)}
        />
        <IconButton
          icon="arrowDown"
          label={t("step.down", { name })}
          reason={place === count - 1 ? t("step.last") : undefined}
          onClick={() => onMove(1)}
        />
        <IconButton icon="x" label={t("step.remove", { name })} onClick={onRemove} />
      </header>
      {form && form.fields.length > 0 && (
        <Fields fields={form.fields} part={operation} onChange={onChange} />
      )}
    </li>
  );
}

function AddOperation({ onAdd }: { onAdd: (op: string) => void }) {
  return (
    <Field label={t("operations.add")} isBare>
      {(given) => (
        <select
          {...given}
          class={css.add}
          value=""
          onChange={(event) => {
            const op = event.currentTarget.value;
            event.currentTarget.value = "";
            if (op) onAdd(op);
          }}
        >
          <option value="">{t("operations.add")}</option>
          {grouped().map(([group, names]) => (
            <optgroup key={group} label={t(`group.${group}`)}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {word(name)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A step that was moved keeps the focus, so that it can be moved on by key. */
function focusSoon(list: HTMLOListElement | null, place: number): void {
  requestAnimationFrame(() => {
    list?.children[place]?.querySelector<HTMLElement>("header button")?.focus();
  });
}
