/** Drops a data set, once its name was typed. */
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { ended } from "../../api/tasks";
import { t as common } from "../../i18n";
import { Button, Dialog, ErrorNote, TextField, tell } from "../../ui";
import type { DataSet } from "./dataset";
import css from "./datasets.module.css";
import { t } from "./texts";

interface DropDialogProps {
  found: DataSet;
  onClose: () => void;
  onDone: () => void;
}

export function DropDialog({ found, onClose, onDone }: DropDialogProps) {
  const [typed, setTyped] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isSame = typed === found.name;
  const drop = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const params = {
        path: { dataset_id: found.id },
        query: { confirm: typed },
        header: { prefer: ["wait=20"] },
      };
      await ended(await ok(api.DELETE("/v1/datasets/{dataset_id}", { params })));
      tell(t("drop.done", { name: found.name }));
      onDone();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("drop.title", { name: found.name })} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isSame) void drop();
        }}
      >
        <p>{t("drop.lead", { count: found.row_count })}</p>
        <TextField
          label={t("drop.type", { name: found.name })}
          value={typed}
          onInput={setTyped}
          autoFocus
        />
        {error !== undefined && <ErrorNote error={error} />}
        <div class={css.buttons}>
          <Button onClick={onClose}>{common("do.cancel")}</Button>
          <Button
            look="danger"
            type="submit"
            isBusy={isBusy}
            reason={isSame ? undefined : t("drop.other")}
          >
            {t("drop")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
