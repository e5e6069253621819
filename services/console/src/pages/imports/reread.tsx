/** The same file planned again, with what somebody knows of it. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { Button, Dialog, ErrorNote, TextField } from "../../ui";
import css from "./imports.module.css";
import { type Dialect, planned } from "./planning";
import { t } from "./texts";

interface RereadDialogProps {
  files: string[];
  dialect: Dialect;
  onClose: () => void;
}

export function RereadDialog({ files, dialect, onClose }: RereadDialogProps) {
  const { route } = useLocation();
  const [encoding, setEncoding] = useState(dialect.encoding ?? "");
  const [delimiter, setDelimiter] = useState(dialect.delimiter ?? "");
  const [header, setHeader] = useState(`${dialect.header_row ?? 0}`);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const id = await planned(files, {
        ...(encoding ? { encoding } : {}),
        ...(delimiter ? { delimiter: delimiter === "\\t" ? "\t" : delimiter } : {}),
        ...(header ? { header_row: Number(header) || null } : {}),
      });
      route(at(`/imports/plans/${id}`));
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("reread.title")} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <p>{t("reread.lead")}</p>
        <TextField
          label={t("reread.encoding")}
          value={encoding}
          onInput={setEncoding}
          placeholder="utf-8"
        />
        <TextField
          label={t("reread.delimiter")}
          value={delimiter === "\t" ? "\\t" : delimiter}
          onInput={setDelimiter}
          placeholder=","
        />
        <TextField
          type="number"
          label={t("reread.header")}
          hint={t("reread.header.hint")}
          value={header}
          onInput={setHeader}
        />
        {error !== undefined && <ErrorNote error={error} />}
        <Button look="main" type="submit" isBusy={isBusy}>
          {t("reread.go")}
        </Button>
      </form>
    </Dialog>
  );
}
