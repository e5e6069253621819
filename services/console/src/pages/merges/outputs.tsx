/** In which formats and sizes each row is made. */
import { Button, IconButton, Select, TextField } from "../../ui";
import css from "./merges.module.css";
import { t } from "./texts";

const FORMATS = ["png", "webp", "avif", "jpeg"] as const;
const MOST = 8;

export interface Output {
  format: (typeof FORMATS)[number];
  /** Pixels, as typed; "" as the document. */
  width: string;
}

interface OutputsProps {
  outputs: Output[];
  onChange: (outputs: Output[]) => void;
}

export function Outputs({ outputs, onChange }: OutputsProps) {
  const set = (at: number, what: Partial<Output>) =>
    onChange(
      outputs.map((each, other) => (other === at ? { ...each, ...what } : each)),
    );
  return (
    <div class={css.outputs}>
      {outputs.map((each, at) => (
        <div key={at} class={css.output}>
          <Select
            label={t("order.format")}
            value={each.format}
            options={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
            onChange={(format) => set(at, { format })}
          />
          <TextField
            type="number"
            label={t("order.width")}
            value={each.width}
            placeholder={t("order.width.hint")}
            input={{ min: 1 }}
            onInput={(width) => set(at, { width })}
          />
          {outputs.length > 1 && (
            <IconButton
              icon="x"
              label={t("order.removeOutput")}
              onClick={() => onChange(outputs.filter((_, other) => other !== at))}
            />
          )}
        </div>
      ))}
      {outputs.length < MOST && (
        <Button
          icon="plus"
          onClick={() => onChange([...outputs, { format: "webp", width: "600" }])}
        >
          {t("order.addOutput")}
        </Button>
      )}
    </div>
  );
}
