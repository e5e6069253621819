/** The picture: drawn here at once, or the server's own, with what is said about it. */
import { effect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Looking, type Pointed, Viewer } from "../../ui";
import { TilesView } from "../../ui/tiles";
import { isEmpty } from "./model";
import { Over } from "./over";
import { layerAt } from "./picking";
import css from "./stage.module.css";
import { t } from "./texts";
import type { ExactPicture } from "./useexact";
import type { DocumentView } from "./view";

interface StageProps {
  view: DocumentView;
  looking: Looking;
  exact: ExactPicture;
}

export function Stage({ view, looking, exact }: StageProps) {
  const { name } = view.tree.document;
  const isDrawn = view.isDrawn.value;
  const isExact = view.way.value === "exact";
  // Until the first drawing is there, the picture as the file has it stands in for it.
  const address = (isExact && exact.address) || (isDrawn ? null : exact.composite);
  const isAsSaved = view.changed.value.length === 0;
  const tiles = !address && ((isExact && isAsSaved) || !isDrawn) ? exact.tiles : null;
  const onPoint = (at: Pointed | null) => void hover(view, at);
  return (
    <Viewer
      label={t("stage", { name })}
      looking={looking}
      isPicking={view.isMeasuring.value}
      onPick={(at) => void pick(view, at)}
      onPoint={onPoint}
      onKey={(event) => {
        if (event.key === "Escape") view.pick(null);
        else if (event.key === "m") view.isMeasuring.value = !view.isMeasuring.value;
        else if (event.key === "f") frameChosen(view, looking);
        else return false;
        return true;
      }}
      following={
        tiles && (
          <TilesView
            tiles={tiles}
            looking={looking}
            alt={t("picture", { name })}
            onBroken={exact.onBroken}
          />
        )
      }
      over={<Over view={view} looking={looking} />}
    >
      <Drawing view={view} isUnder={address !== null || tiles !== null} />
      {address !== null && (
        <img
          class={css.picture}
          src={address}
          alt={t("picture", { name })}
          draggable={false}
        />
      )}
    </Viewer>
  );
}

export function frameChosen(view: DocumentView, looking: Looking): void {
  const box = view.boxOf(view.chosen.value);
  if (box && !isEmpty(box)) looking.frame(box);
}

async function pick(view: DocumentView, at: Pointed): Promise<void> {
  const found = await layerAt(view, at.x, at.y);
  view.pick(found?.id ?? null);
}

/** With Alt held down distances to what is pointed at are shown, as in drawing programs. */
async function hover(view: DocumentView, at: Pointed | null): Promise<void> {
  if (view.isMeasuring.value) return;
  if (!at?.event.altKey || view.chosen.value === null) {
    view.second.value = null;
    return;
  }
  const found = await layerAt(view, at.x, at.y);
  view.second.value = found && found.id !== view.chosen.value ? found.id : null;
}

/** What is composed of the layers' own pictures. `data-drawn` counts, for who waits. */
function Drawing(props: { view: DocumentView; isUnder: boolean }) {
  const { view } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = view.scene.canvas;
  const draws = useMemo(() => drawer(view), [view]);
  useEffect(
    () =>
      effect(() => {
        const closed = view.closed.value;
        const isWanted = view.way.value === "fast" || view.changed.value.length > 0;
        const element = canvas.current;
        if (!isWanted || !element) return;
        void draws(element, closed).then((isLast) => {
          if (isLast) view.isDrawn.value = true;
        });
      }),
    [view],
  );
  return (
    <canvas
      ref={canvas}
      class={css.drawing}
      width={width}
      height={height}
      data-under={props.isUnder}
      role="img"
      aria-label={t("drawing", { name: view.tree.document.name })}
    />
  );
}

/** Draws the eyes as they are; of those that come meanwhile only the last. */
function drawer(view: DocumentView) {
  let wanted: ReadonlySet<number> | null = null;
  let count = 0;
  return async (
    element: HTMLCanvasElement,
    closed: ReadonlySet<number>,
  ): Promise<boolean> => {
    wanted = closed;
    const { canvas, within } = await view.scene.show(closed);
    const context = element.getContext("2d");
    if (!context) return false;
    const { left, top, width, height } = within;
    context.clearRect(left, top, width, height);
    if (!isEmpty(within)) {
      context.drawImage(canvas, left, top, width, height, left, top, width, height);
    }
    count += 1;
    element.dataset.drawn = String(count);
    return wanted === closed;
  };
}
