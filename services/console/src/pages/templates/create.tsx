/** A template of a document that is there, or of a PSD that is uploaded here. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useList } from "../../api/loading";
import { sendFile } from "../../api/sending";
import { ended, made, madeBy } from "../../api/tasks";
import {
  Button,
  Dialog,
  ErrorNote,
  FileButton,
  Name,
  Progress,
  Skeleton,
  TextField,
  Time,
} from "../../ui";
import css from "./templates.module.css";
import { type TemplatesKey, t } from "./texts";

const WAIT = { prefer: ["wait=20"] };
type Step = "sending" | "parsing" | "making";

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const [chosen, setChosen] = useState("");
  const [name, setName] = useState("");
  const [step, setStep] = useState<Step | undefined>();
  const [error, setError] = useState<unknown>();
  const given = useRef(new AbortController());
  useEffect(() => () => given.current.abort(), []);
  const make = async (document: () => Promise<string>) => {
    setError(undefined);
    try {
      const document_id = await document();
      setStep("making");
      const body = { document_id, changes: [], ...(name ? { name } : {}) };
      const params = { header: WAIT };
      const signal = given.current.signal;
      const asked = api.POST("/v1/templates", { params, body, signal });
      const task = await ended(await ok(asked), signal);
      route(at(`/templates/${madeBy(task)}`));
    } catch (thrown) {
      if (given.current.signal.aborted) return;
      setError(thrown);
      setStep(undefined);
    }
  };
  const parsed = async (file: File): Promise<string> => {
    const signal = given.current.signal;
    setStep("sending");
    const file_id = await sendFile(file, signal);
    setStep("parsing");
    const params = { header: WAIT };
    const body = { file_id };
    const asked = api.POST("/v1/psd/documents", { params, body, signal });
    return made(await ok(asked), signal);
  };
  return (
    <Dialog
      title={t("create.title")}
      onClose={onClose}
      size="large"
      actions={
        <>
          <FileButton
            accept=".psd,.psb"
            isBusy={step !== undefined}
            onFiles={([file]) => file && void make(() => parsed(file))}
          >
            {t("create.upload")}
          </FileButton>
          <Button
            look="main"
            isBusy={step !== undefined}
            disabled={chosen === ""}
            onClick={() => void make(() => Promise.resolve(chosen))}
          >
            {t("create.go")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("create.name")}
        hint={t("create.name.hint")}
        value={name}
        onInput={setName}
      />
      <Documents chosen={chosen} onChoose={setChosen} />
      {step && (
        <div class={css.step} aria-live="polite">
          <span>{t(`create.busy.${step}` as TemplatesKey)}</span>
          <Progress label={t("create")} done={0} total={0} />
        </div>
      )}
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}

interface DocumentsProps {
  chosen: string;
  onChoose: (id: string) => void;
}

function Documents({ chosen, onChoose }: DocumentsProps) {
  const list = useList((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/psd/documents", { params: { query }, signal }));
  });
  const found = list.items.value;
  if (list.error.value) return <ErrorNote error={list.error.value} />;
  if (!found) return <Skeleton rows={3} />;
  if (found.length === 0) return <p>{t("create.noDocuments")}</p>;
  return (
    <fieldset class={css.choices}>
      <legend>{t("create.documents")}</legend>
      <div class={css.choiceList}>
        {found.map((each) => (
          <label key={each.id} class={css.choiceRow}>
            <input
              type="radio"
              name="document"
              checked={each.id === chosen}
              onChange={() => onChoose(each.id)}
            />
            <Name>{each.name}</Name>
            <span class={css.faint}>
              {each.width} × {each.height}
            </span>
            <Time at={each.created_at} />
          </label>
        ))}
        {list.hasMore.value && (
          <Button look="quiet" onClick={() => void list.more()}>
            …
          </Button>
        )}
      </div>
    </fieldset>
  );
}
