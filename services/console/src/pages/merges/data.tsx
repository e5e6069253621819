/** Which table: a data set, or a file that is uploaded. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { sendFile } from "../../api/sending";
import { ErrorNote, Faint, FileButton, Select } from "../../ui";
import css from "./merges.module.css";
import type { Source } from "./source";
import { t } from "./texts";

interface DataChoiceProps {
  source: Source | undefined;
  onChoose: (source: Source | undefined) => void;
}

export function DataChoice({ source, onChoose }: DataChoiceProps) {
  const [sending, setSending] = useState("");
  const [error, setError] = useState<unknown>();
  const given = useRef(new AbortController());
  useEffect(() => () => given.current.abort(), []);
  const list = useLoaded((signal) =>
    ok(api.GET("/v1/datasets", { params: { query: { limit: 200 } }, signal })),
  );
  const items = list.data.value?.items ?? [];
  const send = async (file: File) => {
    setSending(file.name);
    setError(undefined);
    try {
      const id = await sendFile(file, given.current.signal);
      onChoose({ kind: "file", id, name: file.name });
    } catch (thrown) {
      if (!given.current.signal.aborted) setError(thrown);
    } finally {
      setSending("");
    }
  };
  return (
    <div class={css.data}>
      <Select
        label={t("order.dataset")}
        value={source?.kind === "dataset" ? source.id : ""}
        options={[
          { value: "", label: t("order.chooseDataset") },
          ...items.map((each) => ({ value: each.id, label: each.name })),
        ]}
        onChange={(id) => {
          const chosen = items.find((each) => each.id === id);
          onChoose(chosen && { kind: "dataset", id, name: chosen.name });
        }}
      />
      <FileButton isBusy={sending !== ""} onFiles={([file]) => file && void send(file)}>
        {sending ? t("order.sending", { name: sending }) : t("order.file")}
      </FileButton>
      {source?.kind === "file" && (
        <Faint>{t("order.fileChosen", { name: source.name })}</Faint>
      )}
      {(error ?? list.error.value) !== undefined && (
        <ErrorNote error={error ?? list.error.value} />
      )}
    </div>
  );
}
