/** Options of an import that few need to change. */
import { t as common } from "../../i18n";
import { Button, Check, Dialog, Select, TextField } from "../../ui";
import type { Options } from "./changes";
import { t } from "./texts";

interface OptionsDialogProps {
  options: Options;
  onChange: (options: Options) => void;
  onClose: () => void;
}

export function OptionsDialog({ options, onChange, onClose }: OptionsDialogProps) {
  const change = (what: Partial<Options>) => onChange({ ...options, ...what });
  return (
    <Dialog
      title={t("options.title")}
      onClose={onClose}
      actions={
        <Button look="main" onClick={onClose}>
          {common("do.close")}
        </Button>
      }
    >
      <Select
        label={t("options.schema")}
        value={options.schema_policy}
        options={(["evolve", "freeze", "reject"] as const).map((value) => ({
          value,
          label: t(`schema.${value}`),
        }))}
        onChange={(schema_policy) => change({ schema_policy })}
      />
      <Select
        label={t("options.onBad")}
        value={options.on_bad_value}
        options={(["reject", "null", "text"] as const).map((value) => ({
          value,
          label: t(`onBad.${value}`),
        }))}
        onChange={(on_bad_value) => change({ on_bad_value })}
      />
      <TextField
        type="number"
        label={t("options.maxRejects")}
        hint={t("options.maxRejects.hint")}
        value={options.max_rejects?.toString() ?? ""}
        onInput={(text) => change({ max_rejects: text === "" ? null : Number(text) })}
      />
      <Check
        label={t("options.dedupe")}
        checked={options.dedupe === "last" || options.mode === "upsert"}
        disabled={options.mode === "upsert"}
        onChange={(isLast) => change({ dedupe: isLast ? "last" : "none" })}
      />
    </Dialog>
  );
}
