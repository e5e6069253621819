/** The value of one slot, by its kind. */
import { useState } from "preact/hooks";
import { Badge, Button, Check, IconButton, Name, Select, TextField } from "../../ui";
import type { Slot } from "./changing";
import css from "./fill.module.css";
import { PictureDialog, type PictureValue } from "./picture";
import { type TemplatesKey, t } from "./texts";

interface SlotFieldProps {
  slot: Slot;
  number: number;
  /** Undefined: as in the design; null: hidden. */
  value: unknown;
  error: string | undefined;
  warnings: string[];
  onChange: (value: unknown) => void;
  onActive: (isActive: boolean) => void;
}

export function SlotField(props: SlotFieldProps) {
  const { slot, number, value, error, warnings, onChange, onActive } = props;
  const isHidden = value === null;
  const { name, missing_fonts } = slot;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the box of what has the focus
    <div
      class={css.slot}
      data-slot={number}
      onFocusCapture={() => onActive(true)}
      onBlurCapture={() => onActive(false)}
      onMouseEnter={() => onActive(true)}
      onMouseLeave={() => onActive(false)}
    >
      <header>
        <span class={css.number} aria-hidden="true">
          {number}
        </span>
        <Name>{name}</Name>
        <span class={css.kind}>{t(`kind.${slot.kind}` as TemplatesKey)}</span>
        {value !== undefined && (
          <IconButton
            icon="refresh"
            label={t("fill.reset", { name })}
            onClick={() => onChange(undefined)}
          />
        )}
        {slot.kind !== "visibility" && (
          <IconButton
            icon={isHidden ? "eyeOff" : "eye"}
            label={t(isHidden ? "fill.show" : "fill.hide", { name })}
            isPressed={isHidden}
            onClick={() => onChange(isHidden ? undefined : null)}
          />
        )}
      </header>
      {isHidden ? <p class={css.hidden}>{t("fill.hidden")}</p> : <Control {...props} />}
      {error && (slot.kind === "picture" || slot.kind === "visibility" || isHidden) && (
        <p class={css.error}>{error}</p>
      )}
      {missing_fonts.length > 0 && (
        <p>
          <Badge tone="warn">
            {t("fill.missing", {
              name: missing_fonts.join(", "),
              count: missing_fonts.length,
            })}
          </Badge>
        </p>
      )}
      {warnings.map((each) => (
        <p key={each} class={css.warning}>
          {each}
        </p>
      ))}
    </div>
  );
}

function Control(props: SlotFieldProps) {
  const { slot, value, error, onChange } = props;
  if (slot.kind === "text") {
    return (
      <TextField
        label={slot.name}
        isBare
        rows={2}
        error={error}
        value={typeof value === "string" ? value : textOf(slot)}
        onInput={(text) => onChange(text === textOf(slot) ? undefined : text)}
      />
    );
  }
  if (slot.kind === "color") return <ColorControl {...props} />;
  if (slot.kind === "picture") return <PictureControl {...props} />;
  if (slot.kind === "visibility") {
    return (
      <Check
        label={t("fill.shown")}
        checked={typeof value === "boolean" ? value : slot.default === true}
        onChange={(isShown) => onChange(isShown === slot.default ? undefined : isShown)}
      />
    );
  }
  return (
    <Select
      label={slot.name}
      isBare
      error={error}
      value={typeof value === "string" ? value : textOf(slot)}
      options={slot.choices.map((each) => ({ value: each, label: each }))}
      onChange={(choice) => onChange(choice === slot.default ? undefined : choice)}
    />
  );
}

const textOf = (slot: Slot): string =>
  typeof slot.default === "string" ? slot.default : "";

const IS_COLOR = /^#[0-9a-f]{6}$/i;

function ColorControl({ slot, value, error, onChange }: SlotFieldProps) {
  const text = typeof value === "string" ? value : textOf(slot);
  return (
    <div class={css.color}>
      <input
        type="color"
        aria-label={t("fill.color", { name: slot.name })}
        value={IS_COLOR.test(text) ? text : "#000000"}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <TextField
        label={slot.name}
        isBare
        value={text}
        error={error}
        placeholder="#rrggbb"
        onInput={(typed) => onChange(typed === textOf(slot) ? undefined : typed)}
      />
    </div>
  );
}

function PictureControl({ slot, value, onChange }: SlotFieldProps) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  return (
    <div class={css.picture}>
      {value === undefined ? (
        <span class={css.hidden}>{t("fill.asDesigned")}</span>
      ) : (
        <Name>{name}</Name>
      )}
      <Button icon="image" onClick={() => setOpen(true)}>
        {t(value === undefined ? "fill.choose" : "fill.other")}
      </Button>
      {isOpen && (
        <PictureDialog
          slot={slot.name}
          onClose={() => setOpen(false)}
          onChoose={(chosen: PictureValue, called) => {
            setName(called);
            setOpen(false);
            onChange(chosen);
          }}
        />
      )}
    </div>
  );
}
