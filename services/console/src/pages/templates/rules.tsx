/** How a slot takes what does not fit. */
import { useState } from "preact/hooks";
import type { Schemas } from "../../api/client";
import { t as common } from "../../i18n";
import { Button, Check, Dialog, ErrorNote, Select } from "../../ui";
import type { Slot } from "./changing";
import css from "./templates.module.css";
import { t } from "./texts";

type Rules = Schemas["SlotRulesBody"];

interface RulesDialogProps {
  slot: Slot;
  onChange: (rules: Rules) => Promise<void>;
  onClose: () => void;
}

const OVERFLOWS = ["auto", "shrink", "clip", "grow", "ellipsis", "reject"] as const;
const FITS = ["auto", "fit", "fill", "as_is", "conform"] as const;
const ACROSS = ["left", "center", "right"] as const;
const DOWN = ["top", "middle", "bottom"] as const;

export function RulesDialog({ slot, onChange, onClose }: RulesDialogProps) {
  const [rules, setRules] = useState<Rules>(slot.rules as Rules);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const change = (what: Partial<Rules>) => setRules({ ...rules, ...what });
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onChange(rules);
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("rules.title", { name: slot.name })}
      onClose={onClose}
      actions={
        <Button look="main" isBusy={isBusy} onClick={() => void save()}>
          {common("do.save")}
        </Button>
      }
    >
      <div class={css.form}>
        {slot.kind === "text" && (
          <Select
            label={t("rules.overflow")}
            value={rules.overflow ?? "auto"}
            options={OVERFLOWS.map((value) => ({
              value,
              label: t(`overflow.${value}`),
            }))}
            onChange={(value) => change({ overflow: value === "auto" ? null : value })}
          />
        )}
        {slot.kind === "picture" && (
          <>
            <Select
              label={t("rules.fit")}
              value={rules.fit ?? "auto"}
              options={FITS.map((value) => ({ value, label: t(`fit.${value}`) }))}
              onChange={(value) => change({ fit: value === "auto" ? null : value })}
            />
            <Select
              label={t("rules.align")}
              value={rules.align ?? "center middle"}
              options={ACROSS.flatMap((across) =>
                DOWN.map((down) => ({
                  value: `${across} ${down}`,
                  label: `${t(`align.${down}`)} · ${t(`align.${across}`)}`,
                })),
              )}
              onChange={(align) => change({ align })}
            />
            <Check
              label={t("rules.clip")}
              checked={rules.clip}
              onChange={(clip) => change({ clip })}
            />
          </>
        )}
        {error !== undefined && <ErrorNote error={error} />}
      </div>
    </Dialog>
  );
}
