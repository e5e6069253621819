/** What a file shows, by its kind. Nothing of it is ever run: pictures are drawn by the
 * server, also SVG; what is text stands here as text; of all else there is a download. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ask, ok } from "../../api/client";
import { type FileRow, kindOf } from "../../api/files";
import { useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, ErrorNote, Faint, Skeleton, TextField, tellError } from "../../ui";
import { PictureView, usePicture } from "../../ui/picture";
import css from "./file.module.css";
import { t } from "./texts";

export function Content({ file }: { file: FileRow }) {
  if (file.size === 0) return <Faint>{t("content.empty")}</Faint>;
  const kind = kindOf(file);
  if (kind === "picture") return <Picture file={file} />;
  if (kind === "document") return <Document file={file} />;
  return <Text file={file} />;
}

const HAS_PAGES = new Set(["application/pdf", "image/tiff"]);

function Picture({ file }: { file: FileRow }) {
  const [page, setPage] = useState(1);
  const step = page > 1 ? `page_${page},w_1600` : "w_1600";
  const picture = usePicture(`/v1/images/${file.id}/${step}/f_auto,q_82`, 100);
  return (
    <>
      {HAS_PAGES.has(file.media_type) && (
        <div class={css.page}>
          <TextField
            label={t("content.page")}
            type="number"
            value={String(page)}
            input={{ min: 1, max: 100_000, step: 1 }}
            onInput={(text) => setPage(Math.max(1, Math.floor(Number(text)) || 1))}
          />
        </div>
      )}
      <PictureView picture={picture} alt={t("content.alt", { name: file.name })} />
      <p class={css.hint}>{t("content.drawn")}</p>
    </>
  );
}

/** A PSD is shown by the page of the document that it becomes. */
function Document({ file }: { file: FileRow }) {
  const [isBusy, setBusy] = useState(false);
  const [taskId, setTaskId] = useState<string | undefined>();
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const parse = async () => {
    setBusy(true);
    try {
      const params = { header: { prefer: ["respond-async"] } };
      const body = { file_id: file.id } as never;
      const task = await ok(api.POST("/v1/psd/documents", { body, params }));
      setTaskId((task as { id: string }).id);
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class={css.document}>
      <p>{t("document.hint")}</p>
      {taskId ? (
        <a href={at(`/tasks/${taskId}`)}>{t("document.task")}</a>
      ) : (
        <Button
          icon="layers"
          isBusy={isBusy}
          reason={reason}
          onClick={() => void parse()}
        >
          {t("document.parse")}
        </Button>
      )}
    </div>
  );
}

const HEAD = 65_536;

/** How it begins, where that is text. */
function Text({ file }: { file: FileRow }) {
  const head = useLoaded((signal) => beginning(file, signal), [file.id]);
  const found = head.data.value;
  if (found === undefined) {
    return head.error.value ? (
      <ErrorNote error={head.error.value} />
    ) : (
      <Skeleton rows={6} />
    );
  }
  if (found === null) return <Faint>{t("content.binary")}</Faint>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by key too */}
      <pre class={css.text} tabIndex={0} dir="auto">
        {found}
      </pre>
      {file.size > HEAD && <p class={css.hint}>{t("content.cut")}</p>}
    </>
  );
}

/** Null where it is no text. */
async function beginning(file: FileRow, signal: AbortSignal): Promise<string | null> {
  const headers = { Range: `bytes=0-${HEAD - 1}` };
  const response = await ask(file.url, { headers, signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.some((each) => each === 0)) return null;
  try {
    // The cut may have gone through a letter, which `stream` waits for.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
