/** One document: its layers, its picture, and what is known of each layer. */
import { effect, untracked } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { at } from "../../addresses";
import { useLoaded } from "../../api/loading";
import type { PageProps } from "../../routes";
import {
  Empty,
  ErrorView,
  IconButton,
  Looking,
  Page,
  Segments,
  Skeleton,
} from "../../ui";
import { Actions } from "./actions";
import css from "./document.module.css";
import { Inspector } from "./inspector";
import { Layers } from "./layers";
import { manifestOf } from "./loading";
import { Said } from "./said";
import { frameChosen, Stage } from "./stage";
import { t } from "./texts";
import { useExact } from "./useexact";
import { DocumentView } from "./view";

export default function DocumentPage({ params, query }: PageProps) {
  const id = params.id ?? "";
  return <Open key={id} id={id} query={query} />;
}

function Open({ id, query }: { id: string; query: Record<string, string> }) {
  const manifest = useLoaded((signal) => manifestOf(id, signal), [id]);
  const found = manifest.data.value;
  const view = useMemo(() => found && new DocumentView(found, query), [found]);
  useEffect(() => () => view?.close(), [view]);
  const above = { href: at("/documents"), label: t("documents") };
  if (view) return <Opened key={id} view={view} />;
  return (
    <Page title={found?.document.name ?? t("title")} above={above} isFilled>
      {manifest.error.value ? (
        <ErrorView error={manifest.error.value} retry={() => void manifest.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

type Panel = "layers" | "inspect";

function Opened({ view }: { view: DocumentView }) {
  const { document } = view.tree;
  const looking = useMemo(() => new Looking(document.width, document.height), [view]);
  const exact = useExact(view);
  const [panel, setPanel] = useState<Panel>("layers");
  useEffect(() => keepInAddress(view), [view]);
  useEffect(() => preload(view), [view]);
  useEffect(() => {
    if (view.chosen.value !== null) frameChosen(view, looking);
    return reveal(view, looking);
  }, [view, looking]);
  const actions = <Actions view={view} />;
  const above = { href: at("/documents"), label: t("documents") };
  const isBlank =
    view.tree.all.every((each) => !each.layer.image) && !document.composite;
  return (
    <Page title={document.name} above={above} actions={actions} isFilled>
      <div class={css.whole} data-panel={panel}>
        <div class={css.switch}>
          <Segments
            label={t("panel")}
            value={panel}
            options={[
              { value: "layers", label: t("layers") },
              { value: "inspect", label: t("inspect") },
            ]}
            onChange={setPanel}
          />
        </div>
        <aside class={css.layers} aria-label={t("layers")}>
          <LayersHead view={view} />
          {view.tree.all.length > 0 ? (
            <Layers view={view} />
          ) : (
            <p class={css.none}>{t("noLayers")}</p>
          )}
        </aside>
        <div class={css.middle}>
          <Said view={view} exact={exact} />
          <div class={css.stage}>
            {isBlank ? (
              <Empty icon="image" title={t("blank")}>
                {document.warnings[0] ?? t("blank.hint")}
              </Empty>
            ) : (
              <Stage view={view} looking={looking} exact={exact} />
            )}
          </div>
        </div>
        <aside class={css.inspect} aria-label={t("inspect")}>
          <Inspector view={view} />
        </aside>
      </div>
    </Page>
  );
}

function LayersHead({ view }: { view: DocumentView }) {
  return (
    <header class={css.head}>
      <h2>{t("layers.count", { count: view.tree.all.length })}</h2>
      {view.changed.value.length > 0 && (
        <IconButton
          icon="refresh"
          label={t("eyes.reset")}
          onClick={() => view.resetEyes()}
        />
      )}
    </header>
  );
}

/** So that the page can be sent to somebody as it is. */
function keepInAddress(view: DocumentView): () => void {
  return effect(() => {
    const address = at(`/documents/${view.tree.document.id}`, view.query());
    history.replaceState(history.state, "", address);
  });
}

/** Whoever walks through the tree sees where each layer is. */
function reveal(view: DocumentView, looking: Looking): () => void {
  return effect(() => {
    const box = view.boxOf(view.chosen.value);
    // Where one looks is not what this waits for: else nobody could move away.
    if (box && box.width > 0) untracked(() => looking.reveal(box));
  });
}

const FEW = 400;

/** All pictures, once the page stands: an eye is to be closed at once. Of very many
 * only those that are seen or needed. */
function preload(view: DocumentView): () => void {
  const { bitmaps, tree } = view;
  const pictured = tree.all.filter((each) => each.layer.image);
  if (pictured.length > FEW) return () => {};
  const timer = setTimeout(() => {
    for (const { layer } of pictured) {
      if (!layer.image) continue;
      const { width, height } = layer.image;
      void bitmaps.load({ id: layer.id, width, height }, false);
    }
  }, 300);
  return () => clearTimeout(timer);
}
