/** The design with its slots drawn on it, and beside it a form of their values. */
import { useMemo, useRef, useState } from "preact/hooks";
import { words } from "../../api/problem";
import { may } from "../../session/session";
import { Button, Check, ErrorNote, Faint, Progress, tellError } from "../../ui";
import type { Template } from "./changing";
import css from "./fill.module.css";
import {
  bySlot,
  faults,
  type Rendered,
  rendered,
  useRendered,
  type Values,
} from "./rendering";
import { SlotField } from "./slot-field";
import { t } from "./texts";

export function FillView({ template }: { template: Template }) {
  const [values, setValues] = useState<Values>({});
  const [active, setActive] = useState<string | undefined>();
  const form = useRef<HTMLElement>(null);
  const found = useRendered(template, values);
  const names = useMemo(() => template.slots.map((each) => each.name), [template]);
  const wrong = faults(found.error);
  const warned = bySlot(found.warnings, names);
  const set = (name: string, value: unknown) =>
    setValues((before) => {
      const after = { ...before };
      if (value === undefined) delete after[name];
      else after[name] = value;
      return after;
    });
  const focus = (number: number) => {
    form.current
      ?.querySelector<HTMLElement>(
        `[data-slot="${number}"] :is(input, textarea, select, button)`,
      )
      ?.focus();
  };
  return (
    <div class={css.whole}>
      <Canvas
        template={template}
        found={found}
        active={active}
        onChoose={focus}
        onPoint={setActive}
      />
      <section class={css.form} aria-label={t("fill.form")} ref={form}>
        {template.slots.map((slot, at) => (
          <SlotField
            key={slot.name}
            slot={slot}
            number={at + 1}
            value={values[slot.name]}
            error={wrong.get(slot.name)}
            warnings={warned.get(slot.name) ?? []}
            onChange={(value) => set(slot.name, value)}
            onActive={(isActive) => setActive(isActive ? slot.name : undefined)}
          />
        ))}
        <Told found={found} wrong={wrong} others={warned.get("") ?? []} names={names} />
        <Actions
          template={template}
          values={values}
          onReset={() => setValues({})}
          isFaulty={found.error !== undefined}
        />
      </section>
    </div>
  );
}

interface CanvasProps {
  template: Template;
  found: Rendered;
  active: string | undefined;
  onChoose: (number: number) => void;
  onPoint: (name: string | undefined) => void;
}

function Canvas({ template, found, active, onChoose, onPoint }: CanvasProps) {
  const [hasBoxes, setBoxes] = useState(true);
  const { width, height, slots } = template;
  return (
    <section class={css.canvas} aria-label={t("fill.picture")} aria-busy={found.isBusy}>
      <div
        class={css.paper}
        style={{
          aspectRatio: `${width} / ${height}`,
          maxWidth: `min(100%, ${width}px, calc((100dvh - 190px) * ${width / height}))`,
        }}
      >
        {found.url && <img src={found.url} alt={t("fill.picture")} />}
        {hasBoxes &&
          slots.map((slot, at) => (
            <button
              key={slot.name}
              type="button"
              tabIndex={-1}
              class={`${css.box} ${slot.name === active ? css.active : ""}`}
              style={placed(slot.box, width, height)}
              aria-label={t("fill.slot", { number: at + 1, name: slot.name })}
              title={slot.name}
              onClick={() => onChoose(at + 1)}
              onMouseEnter={() => onPoint(slot.name)}
              onMouseLeave={() => onPoint(undefined)}
            >
              <span>{at + 1}</span>
            </button>
          ))}
      </div>
      <div class={css.under}>
        <Check label={t("fill.boxes")} checked={hasBoxes} onChange={setBoxes} />
        <span class={css.busy}>
          {found.isBusy && <Progress label={t("fill.busy")} done={0} total={0} />}
        </span>
      </div>
    </section>
  );
}

/** Left, top, right and bottom in pixels of the document, in parts of the picture. */
function placed(box: number[], width: number, height: number) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const part = (value: number, of: number) => `${(value / of) * 100}%`;
  return {
    left: part(left, width),
    top: part(top, height),
    width: part(right - left, width),
    height: part(bottom - top, height),
  };
}

interface ToldProps {
  found: Rendered;
  wrong: Map<string, string>;
  others: string[];
  names: string[];
}

/** What is said of no slot alone. */
function Told({ found, wrong, others, names }: ToldProps) {
  const isAtFields =
    wrong.size > 0 && [...wrong.keys()].every((each) => names.includes(each));
  return (
    <div class={css.told} aria-live="polite">
      {found.error !== undefined &&
        (isAtFields ? (
          <Faint>{words(found.error).title}</Faint>
        ) : (
          <ErrorNote error={found.error} />
        ))}
      {found.error !== undefined && found.url && <Faint>{t("fill.failed")}</Faint>}
      {others.map((each) => (
        <p key={each} class={css.warning}>
          {each}
        </p>
      ))}
    </div>
  );
}

interface ActionsProps {
  template: Template;
  values: Values;
  isFaulty: boolean;
  onReset: () => void;
}

function Actions({ template, values, isFaulty, onReset }: ActionsProps) {
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { blob } = await rendered(template.id, values, { format: "png" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${template.name}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class={css.actions}>
      <Button
        icon="download"
        isBusy={isBusy}
        disabled={isFaulty}
        reason={may("write") ? undefined : t("fill.noScope")}
        onClick={() => void save()}
      >
        {t("fill.download")}
      </Button>
      {Object.keys(values).length > 0 && (
        <Button look="quiet" icon="refresh" onClick={onReset}>
          {t("fill.resetAll")}
        </Button>
      )}
    </div>
  );
}
