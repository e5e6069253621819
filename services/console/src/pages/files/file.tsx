/** One file, beside the list. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { kindOf } from "../../api/files";
import { useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import {
  Button,
  ButtonLink,
  Bytes,
  Check,
  Confirm,
  Copy,
  Dialog,
  ErrorView,
  Facts,
  Id,
  Skeleton,
  Time,
  tell,
} from "../../ui";
import { PictureView, usePicture } from "../../ui/picture";
import type { FileRow } from ".";
import css from "./files.module.css";
import { t } from "./texts";

interface FilePanelProps {
  id: string;
  onClose: () => void;
  onDeleted: () => void;
}

export function FilePanel({ id, onClose, onDeleted }: FilePanelProps) {
  const file = useLoaded(
    (signal) =>
      ok(api.GET("/v1/files/{file_id}", { params: { path: { file_id: id } }, signal })),
    [id],
  );
  const [isAsking, setAsking] = useState(false);
  const found = file.data.value;
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const actions = found && (
    <>
      <Button icon="trash" reason={reason} onClick={() => setAsking(true)}>
        {common("do.delete")}
      </Button>
      <ButtonLink icon="external" href={at(`/files/${found.id}`)}>
        {t("file.page")}
      </ButtonLink>
      <ButtonLink icon="download" look="main" href={found.url} download>
        {common("do.download")}
      </ButtonLink>
    </>
  );
  return (
    <Dialog title={found?.name ?? id} size="side" onClose={onClose} actions={actions}>
      {found ? (
        <About file={found} />
      ) : file.error.value ? (
        <ErrorView error={file.error.value} retry={() => void file.reload()} />
      ) : (
        <Skeleton rows={5} />
      )}
      {found && isAsking && (
        <DeleteFile
          file={found}
          onClose={() => setAsking(false)}
          onDone={() => {
            onDeleted();
            onClose();
          }}
        />
      )}
    </Dialog>
  );
}

function About({ file }: { file: FileRow }) {
  return (
    <>
      {kindOf(file) === "picture" && <Picture file={file} />}
      <Facts
        rows={[
          [t("file.size"), <Bytes key="size" value={file.size} />],
          [t("file.media"), file.media_type],
          [t("file.created"), <Time key="at" at={file.created_at} />],
          [
            t("file.id"),
            <>
              <Id>{file.id}</Id> <Copy text={file.id} label={t("file.copyId")} />
            </>,
          ],
          [t("file.sha256"), <Id key="sha">{file.sha256}</Id>],
        ]}
      />
    </>
  );
}

function Picture({ file }: { file: FileRow }) {
  const picture = usePicture(`/v1/images/${file.id}/w_800/f_auto,q_80`);
  return (
    <div class={css.picture}>
      <PictureView picture={picture} alt={file.name} />
    </div>
  );
}

function DeleteFile(props: { file: FileRow; onClose: () => void; onDone: () => void }) {
  const { file, onClose, onDone } = props;
  const [isCascade, setCascade] = useState(false);
  const remove = async () => {
    const params = { path: { file_id: file.id }, query: { cascade: isCascade } };
    const { response } = await asked(api.DELETE("/v1/files/{file_id}", { params }));
    tell(t(response.status === 202 ? "deleting" : "deleted", { name: file.name }));
    onDone();
  };
  return (
    <Confirm
      title={common("say.deleteQuestion", { name: file.name })}
      action={common("do.delete")}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t("delete.text")}</p>
      <Check label={t("delete.cascade")} checked={isCascade} onChange={setCascade} />
    </Confirm>
  );
}

/** The answer with its status; raises as `ok`. */
async function asked<A extends { response: Response }>(answer: Promise<A>): Promise<A> {
  await ok(answer);
  return answer;
}
