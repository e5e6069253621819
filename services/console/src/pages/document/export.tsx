/** Images of the document, its layers or its slices, as somebody wants them. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { made } from "../../api/tasks";
import { t as common } from "../../i18n";
import { Button, Dialog, ErrorNote, Progress } from "../../ui";
import css from "./export.module.css";
import { Made } from "./made";
import { OptionFields } from "./optionfields";
import { bodyOf, FIRST, type Options, scalesOf } from "./options";
import { t } from "./texts";
import type { DocumentView } from "./view";

type Rendition = Schemas["RenditionWithImages"];
type Progressed = Schemas["Progress"] | null;

export function Export(props: { view: DocumentView; onClose: () => void }) {
  const { view, onClose } = props;
  const isChosen = view.chosen.value !== null;
  const [options, setOptions] = useState<Options>({
    ...FIRST,
    of: isChosen ? "chosen" : "document",
  });
  const [progress, setProgress] = useState<Progressed>();
  const [error, setError] = useState<unknown>();
  const [rendition, setRendition] = useState<Rendition>();
  const running = useMemo(() => new AbortController(), []);
  useEffect(() => () => running.abort(), [running]);
  const isBusy = progress !== undefined;
  const make = async () => {
    setProgress(null);
    setError(undefined);
    try {
      setRendition(await ordered(view, options, running.signal, setProgress));
    } catch (found) {
      if (!running.signal.aborted) setError(found);
    } finally {
      setProgress(undefined);
    }
  };
  const reason = wrong(options, view);
  return (
    <Dialog
      title={t("export.title", { name: view.tree.document.name })}
      size="large"
      onClose={onClose}
      actions={
        rendition ? (
          <>
            <Button onClick={() => setRendition(undefined)}>{t("export.other")}</Button>
            <Button look="main" onClick={onClose}>
              {common("do.close")}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{common("do.cancel")}</Button>
            <Button
              look="main"
              icon="download"
              isBusy={isBusy}
              reason={reason}
              onClick={() => void make()}
            >
              {t("export.do")}
            </Button>
          </>
        )
      }
    >
      {error !== undefined && <ErrorNote error={error} />}
      {rendition ? (
        <Made rendition={rendition} />
      ) : (
        <OptionFields view={view} options={options} onChange={setOptions} />
      )}
      {isBusy && (
        <div class={css.progress}>
          <Progress
            label={t("export.making")}
            done={progress?.done ?? 0}
            total={progress?.total ?? 0}
          />
        </div>
      )}
    </Dialog>
  );
}

async function ordered(
  view: DocumentView,
  options: Options,
  signal: AbortSignal,
  told: (progress: Progressed) => void,
): Promise<Rendition> {
  const path = { document_id: view.tree.document.id };
  const params = { path, header: { prefer: ["wait=5"] } };
  const body = bodyOf(options, view);
  const task = await ok(
    api.POST("/v1/psd/documents/{document_id}/renditions", { body, params, signal }),
  );
  const id = await made(task, signal, (now) => told(now.progress));
  const of = { path: { rendition_id: id } };
  return ok(api.GET("/v1/psd/renditions/{rendition_id}", { params: of, signal }));
}

/** Why it cannot be ordered as it stands. */
function wrong(options: Options, view: DocumentView): string | undefined {
  if (options.of === "chosen" && view.chosen.value === null) return t("export.choose");
  if (options.size === "scales" && !scalesOf(options.scales)) {
    return t("export.scales.wrong");
  }
  return undefined;
}
