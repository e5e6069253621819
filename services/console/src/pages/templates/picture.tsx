/** A picture for a slot: one that is there, one that is uploaded, or an address. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { sendFile } from "../../api/sending";
import {
  Button,
  Bytes,
  Dialog,
  ErrorNote,
  FileButton,
  Icon,
  Name,
  Skeleton,
  TextField,
} from "../../ui";
import css from "./templates.module.css";
import { t } from "./texts";

export type PictureValue = { file_id: string } | { url: string };

interface PictureDialogProps {
  slot: string;
  onChoose: (value: PictureValue, name: string) => void;
  onClose: () => void;
}

/** Browsers draw these, and smaller ones are quick to fetch. */
const DRAWN = /^image\/(png|jpeg|webp|gif|avif)$/;
const LARGEST = 3_000_000;

export function PictureDialog({ slot, onChoose, onClose }: PictureDialogProps) {
  const [url, setUrl] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const given = useRef(new AbortController());
  useEffect(() => () => given.current.abort(), []);
  const send = async (file: File) => {
    setBusy(true);
    setError(undefined);
    try {
      const id = await sendFile(file, given.current.signal);
      onChoose({ file_id: id }, file.name);
    } catch (thrown) {
      if (!given.current.signal.aborted) setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("picture.title", { name: slot })}
      size="large"
      onClose={onClose}
      actions={
        <FileButton
          look="main"
          accept="image/*,.psd,.psb"
          isBusy={isBusy}
          onFiles={([file]) => file && void send(file)}
        >
          {t("picture.upload")}
        </FileButton>
      }
    >
      <Pictures onChoose={onChoose} />
      <form
        class={css.address}
        onSubmit={(event) => {
          event.preventDefault();
          if (url) onChoose({ url }, url);
        }}
      >
        <TextField
          type="url"
          label={t("picture.url")}
          hint={t("picture.url.hint")}
          value={url}
          onInput={setUrl}
        />
        <Button type="submit" disabled={url === ""}>
          {t("picture.use")}
        </Button>
      </form>
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}

function Pictures({ onChoose }: Pick<PictureDialogProps, "onChoose">) {
  const list = useList<Schemas["FileOut"]>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/files", { params: { query }, signal }));
  });
  if (list.error.value) return <ErrorNote error={list.error.value} />;
  const pictures = list.items.value?.filter((each) => /^image\//.test(each.media_type));
  if (!pictures) return <Skeleton rows={3} />;
  return (
    <section class={css.pictures} aria-label={t("picture.files")}>
      {pictures.length === 0 && <p>{t("picture.none")}</p>}
      <ul>
        {pictures.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              onClick={() => onChoose({ file_id: each.id }, each.name)}
            >
              <span class={css.thumb}>
                {DRAWN.test(each.media_type) && each.size <= LARGEST ? (
                  <img src={each.url} alt="" loading="lazy" />
                ) : (
                  <Icon name="image" size={24} />
                )}
              </span>
              <Name>{each.name}</Name>
              <span class={css.faint}>
                <Bytes value={each.size} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {list.hasMore.value && (
        <Button look="quiet" onClick={() => void list.more()}>
          …
        </Button>
      )}
    </section>
  );
}
