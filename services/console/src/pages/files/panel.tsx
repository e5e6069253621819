/** The uploads of this tab, below the list: each with its progress. */
import { words } from "../../api/problem";
import { Button, Bytes, Faint, Icon, IconButton, Name, Progress } from "../../ui";
import css from "./files.module.css";
import { t } from "./texts";
import { atWork, clear, goOn, stop, type Upload, uploads } from "./uploads";

export function UploadsPanel() {
  if (uploads.value.length === 0) return null;
  const left = atWork.value.length;
  return (
    <section class={css.panel} aria-label={t("uploads.title")}>
      <header>
        <h2 aria-live="polite">
          {left > 0 ? t("uploads.left", { count: left }) : t("uploads.over")}
        </h2>
        <Button look="quiet" onClick={clear}>
          {t("uploads.clear")}
        </Button>
      </header>
      <ul>
        {uploads.value.map((each) => (
          <li key={each.id}>
            <Row upload={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ upload }: { upload: Upload }) {
  const { id, file, state, sent } = upload;
  const isOver = state === "done" || state === "failed" || state === "stopped";
  return (
    <div class={css.upload}>
      <span class={css.uploadName}>
        <Name>{file.name}</Name>
        <Faint>
          <Bytes value={file.size} />
        </Faint>
      </span>
      <span class={css.uploadState}>
        {isOver ? (
          <Ended upload={upload} />
        ) : state === "sending" ? (
          <Progress
            label={t("uploads.progress", { name: file.name })}
            done={sent}
            total={file.size}
          />
        ) : (
          <Faint>
            {t(state === "joining" ? "uploads.joining" : "uploads.waiting")}
          </Faint>
        )}
      </span>
      {state !== "done" && (
        <IconButton
          icon={isOver ? "refresh" : "x"}
          label={t(isOver ? "uploads.again" : "uploads.stop", { name: file.name })}
          onClick={() => (isOver ? goOn(id) : stop(id))}
        />
      )}
    </div>
  );
}

function Ended({ upload }: { upload: Upload }) {
  if (upload.state === "done") {
    return (
      <span class={css.good}>
        <Icon name="check" /> {t("uploads.done")}
      </span>
    );
  }
  if (upload.state === "stopped") return <Faint>{t("uploads.stopped")}</Faint>;
  const { title, detail } = words(upload.error);
  return <span class={css.bad}>{`${title} ${detail}`}</span>;
}
