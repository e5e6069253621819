/** Which picture is worked on: one of the files, or one that is given now. */
import { useRef, useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { type FileRow, kindOf, loadFile, thumbnailOf } from "../../api/files";
import { useList, useLoaded } from "../../api/loading";
import { sendFile } from "../../api/sending";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import {
  Button,
  Bytes,
  Dialog,
  Empty,
  ErrorNote,
  ErrorView,
  Faint,
  Id,
  Name,
  Skeleton,
} from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./images.module.css";
import { t } from "./texts";

interface SourceProps {
  /** As addresses have it: `fil_…`, `doc_…`, `tsf_…:large`. */
  source: string | undefined;
  onChoose: (source: string) => void;
}

export function Source({ source, onChoose }: SourceProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div class={css.source}>
      {source ? <Chosen source={source} /> : <Faint>{t("source.none")}</Faint>}
      <Button icon="image" onClick={() => setOpen(true)}>
        {t("source.choose")}
      </Button>
      {isOpen && (
        <Picker
          onClose={() => setOpen(false)}
          onChoose={(file) => {
            setOpen(false);
            onChoose(file.id);
          }}
        />
      )}
    </div>
  );
}

function Chosen({ source }: { source: string }) {
  const isFile = source.startsWith("fil_");
  const file = useLoaded(
    (signal) => (isFile ? loadFile(source, signal) : Promise.resolve(null)),
    [source],
  );
  const name = file.data.value?.name;
  return (
    <span class={css.chosen}>
      <Thumbnail key={source} address={thumbnailOf(source)} />
      {name ? (
        <a href={at(`/files/${source}`)}>
          <Name>{name}</Name>
        </a>
      ) : (
        <Id>{source}</Id>
      )}
    </span>
  );
}

function Picker(props: { onClose: () => void; onChoose: (file: FileRow) => void }) {
  const pictures = usePictures();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const send = async (file: File) => {
    setBusy(true);
    setError(undefined);
    try {
      const { signal } = new AbortController();
      props.onChoose(await loadFile(await sendFile(file, signal), signal));
    } catch (found) {
      setError(found);
    } finally {
      setBusy(false);
    }
  };
  const rows = pictures.rows;
  return (
    <Dialog
      title={t("source.title")}
      size="large"
      onClose={props.onClose}
      actions={
        <>
          <input
            ref={input}
            type="file"
            accept="image/*,.pdf,.svg"
            hidden
            aria-label={t("source.upload")}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void send(file);
            }}
          />
          <Button
            icon="upload"
            isBusy={isBusy}
            reason={reason}
            onClick={() => input.current?.click()}
          >
            {t("source.upload")}
          </Button>
        </>
      }
    >
      {error !== undefined && <ErrorNote error={error} />}
      {rows === undefined ? (
        pictures.error ? (
          <ErrorView error={pictures.error} />
        ) : (
          <Skeleton rows={6} />
        )
      ) : rows.length === 0 ? (
        <Empty icon="image" title={t("source.empty")}>
          {t("source.empty.hint")}
        </Empty>
      ) : (
        <ul class={css.grid}>
          {rows.map((file) => (
            <li key={file.id}>
              <button
                type="button"
                class={css.tile}
                onClick={() => props.onChoose(file)}
              >
                <Thumbnail address={thumbnailOf(file.id)} size={96} />
                <Name>{file.name}</Name>
                <Faint>
                  <Bytes value={file.size} />
                </Faint>
              </button>
            </li>
          ))}
        </ul>
      )}
      {pictures.hasMore && (
        <Button look="quiet" onClick={pictures.more}>
          {common("do.loadMore")}
        </Button>
      )}
    </Dialog>
  );
}

/** The files that are pictures, the newest first. */
export function usePictures() {
  const list = useList<FileRow>((cursor, signal) => {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/files", { params: { query }, signal }));
  });
  return {
    rows: list.items.value?.filter((each) => kindOf(each) === "picture"),
    error: list.error.value,
    hasMore: list.hasMore.value,
    more: () => void list.more(),
  };
}
