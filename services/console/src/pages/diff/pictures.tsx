/** The older picture and the newer one in one place, in three ways. */
import { useState } from "preact/hooks";
import { percent } from "../../i18n/formats";
import { type Looking, Viewer } from "../../ui";
import type { Compared, Difference } from ".";
import css from "./diff.module.css";
import { t } from "./texts";

export type View = "slider" | "onion" | "heat";

interface PicturesProps {
  compared: Compared;
  view: View;
  looking: Looking;
  chosen: Difference | null;
}

export function Pictures({ compared, view, looking, chosen }: PicturesProps) {
  const { diff, before, after } = compared;
  const [share, setShare] = useState(0.5);
  const at = percent(share);
  const older: Record<string, string> =
    view === "slider"
      ? { clipPath: `inset(0 ${100 - share * 100}% 0 0)` }
      : { opacity: String(1 - share) };
  return (
    <>
      <Viewer
        label={t("stage", { before: before.name, after: after.name })}
        looking={looking}
        onPick={({ x }) => {
          if (view === "slider") setShare(Math.min(1, Math.max(0, x / looking.width)));
        }}
        over={
          <Lines
            looking={looking}
            chosen={chosen}
            compared={compared}
            view={view}
            share={share}
          />
        }
      >
        {view === "heat" ? (
          diff.heat_map && <Picture src={diff.heat_map.url} alt={t("view.heat")} />
        ) : (
          <>
            <Picture src={composite(after.id)} alt={after.name} row={after} />
            <Picture
              src={composite(before.id)}
              alt={before.name}
              row={before}
              style={older}
            />
          </>
        )}
      </Viewer>
      {view === "heat" && !diff.heat_map && (
        <p class={css.none}>{diff.warnings[0] ?? t("noHeat")}</p>
      )}
      {view !== "heat" && (
        <label class={css.slider}>
          <span>{t("before")}</span>
          <input
            type="range"
            min="0"
            max="1"
            step="0.01"
            value={share}
            aria-label={t(`view.${view}`)}
            aria-valuetext={at}
            onInput={(event) => setShare(Number(event.currentTarget.value))}
          />
          <span>{t("after")}</span>
        </label>
      )}
    </>
  );
}

const composite = (id: string): string => `/v1/psd/documents/${id}/composite`;

function Picture(props: {
  src: string;
  alt: string;
  row?: { width: number; height: number };
  style?: Record<string, string>;
}) {
  const { src, alt, row, style = {} } = props;
  const size = row ? { width: `${row.width}px`, height: `${row.height}px` } : {};
  return (
    <img
      class={css.picture}
      src={src}
      alt={alt}
      draggable={false}
      style={{ ...size, ...style }}
    />
  );
}

/** Where the slider stands, and where the chosen layer was and is. */
function Lines(props: PicturesProps & { share: number }) {
  const { looking, chosen, view, share, compared } = props;
  const { zoom, x, y } = looking.place.value;
  const place = (box: {
    left: number;
    top: number;
    width: number;
    height: number;
  }) => ({
    x: box.left * zoom + x,
    y: box.top * zoom + y,
    width: Math.max(1, box.width * zoom),
    height: Math.max(1, box.height * zoom),
  });
  const edge = compared.before.width * share * zoom + x;
  const bottom = looking.height * zoom + y;
  return (
    <>
      {view === "slider" && (
        <line x1={edge} x2={edge} y1={y} y2={bottom} class={css.edge} />
      )}
      {chosen?.box_before && (
        <rect {...place(chosen.box_before)} class={`${css.box} ${css.was}`} />
      )}
      {chosen?.box_after && <rect {...place(chosen.box_after)} class={css.box} />}
    </>
  );
}
