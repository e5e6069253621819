/** A picture of any size, by tiles: a wheel or two fingers zoom, dragging and arrows
 * move. OpenSeadragon is loaded where the first one is shown. */
import type OpenSeadragon from "openseadragon";
import { useEffect, useRef, useState } from "preact/hooks";
import { percent } from "../i18n/formats";
import { IconButton } from "./button";
import css from "./deep-zoom.module.css";
import { t } from "./deep-zoom-texts";
import { type Box, type Tiles, tilesOf, Zoomed } from "./deep-zoom-viewer";
import { Progress } from "./progress";
import { ErrorView } from "./state";

interface DeepZoomProps {
  /** The address of info.json, as `/v1/tiles/doc_…/info.json`. */
  info: string;
  /** What the picture shows, for whoever does not see it. */
  alt: string;
  /** Sent with each request; the session's cookie goes by itself. */
  headers?: Record<string, string>;
  /** Somebody has pointed at this pixel of the picture: by a click, or by Enter at the
   * middle of what is seen. */
  onPoint?: (x: number, y: number) => void;
  /** Framed, in pixels of the picture. */
  marked?: Box | undefined;
}

export function DeepZoom(props: DeepZoomProps) {
  const { info, alt, headers } = props;
  const [tiles, setTiles] = useState<Tiles | undefined>();
  const [done, setDone] = useState(0);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const running = new AbortController();
    setTiles(undefined);
    setDone(0);
    setError(undefined);
    tilesOf(info, headers, running.signal, setDone).then(
      (found) => running.signal.aborted || setTiles(found),
      (why: unknown) => running.signal.aborted || setError(why),
    );
    return () => running.abort();
  }, [info, attempt]);
  const again = () => setAttempt(attempt + 1);
  if (error !== undefined) return <ErrorView error={error} retry={again} />;
  if (tiles === undefined) {
    return (
      <div class={css.waiting} role="status">
        <p>{done ? t("cutting", { count: done }) : t("loading", { name: alt })}</p>
        <Progress label={t("cutting.label")} done={0} total={0} />
      </div>
    );
  }
  return <Viewer {...props} tiles={tiles} reload={again} />;
}

type ViewerProps = DeepZoomProps & { tiles: Tiles; reload: () => void };

function Viewer({ alt, headers, onPoint, marked, tiles, reload }: ViewerProps) {
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<Zoomed | undefined>(undefined);
  const pointed = useRef(onPoint);
  pointed.current = onPoint;
  const [zoom, setZoom] = useState<number | undefined>();
  const [isBroken, setBroken] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    let isGone = false;
    setBroken(false);
    import("openseadragon").then(
      (module: { default: typeof OpenSeadragon }) => {
        if (isGone || !place.current) return;
        shown.current = new Zoomed(module.default, place.current, tiles, {
          alt,
          hint: t("keys"),
          headers,
          onPoint: (x, y) => pointed.current?.(x, y),
          onZoom: setZoom,
          onBroken: () => setBroken(true),
        });
        shown.current.mark(marked);
      },
      (why: unknown) => isGone || setFailure(why),
    );
    return () => {
      isGone = true;
      shown.current?.close();
      shown.current = undefined;
    };
  }, [tiles]);
  useEffect(() => shown.current?.mark(marked), [marked]);
  if (failure !== undefined) return <ErrorView error={failure} retry={reload} />;
  return (
    <div class={css.viewer}>
      <div class={css.canvas} ref={place} />
      <fieldset class={css.tools} aria-label={t("tools")}>
        <IconButton
          icon="minus"
          label={t("out")}
          onClick={() => shown.current?.out()}
        />
        <output class={css.zoom} aria-label={t("zoom")}>
          {zoom === undefined ? "" : percent(zoom)}
        </output>
        <IconButton icon="plus" label={t("in")} onClick={() => shown.current?.in()} />
        <button type="button" class={css.word} onClick={() => shown.current?.whole()}>
          {t("whole")}
        </button>
        <button type="button" class={css.word} onClick={() => shown.current?.pixels()}>
          {percent(1)}
        </button>
      </fieldset>
      {isBroken && (
        <div class={css.broken} role="alert">
          {t("broken")}
          <button type="button" class={css.word} onClick={reload}>
            {t("again")}
          </button>
        </div>
      )}
    </div>
  );
}
