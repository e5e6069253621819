/** The pictures of a merge, as many as there are; only those in sight are loaded. */
import { useEffect, useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { type LoadedList, useList } from "../../api/loading";
import { Badge, Empty, ErrorView, Name, Skeleton, TableFoot } from "../../ui";
import { useVirtual } from "../../ui/virtual";
import { Lightbox } from "./lightbox";
import type { Merge } from "./merge";
import css from "./merges.module.css";
import { t } from "./texts";

export type MergedRow = Schemas["MergedRowOut"];

interface GalleryProps {
  merge: Merge;
  isRunning: boolean;
  /** Rows, as the task tells them. */
  done: number;
}

const PAGE = 100;
const TILE = 190;
const TALL = 236;
const PAUSE = 2000;

export function Gallery({ merge, isRunning, done }: GalleryProps) {
  const list = useList<MergedRow>(
    (cursor, signal) =>
      ok(
        api.GET("/v1/merges/{merge_id}/rows", {
          params: {
            path: { merge_id: merge.id },
            query: {
              state: "completed",
              limit: PAGE,
              ...(cursor ? { cursor } : {}),
            },
          },
          signal,
        }),
      ),
    [merge.id],
  );
  useFresh(list, isRunning, done);
  const rows = list.items.value;
  if (rows === undefined) {
    if (list.error.value === undefined) return <Skeleton rows={6} height={60} />;
    return <ErrorView error={list.error.value} retry={() => void list.reload()} />;
  }
  if (rows.length === 0) {
    return (
      <Empty icon="image" title={t("merge.none")}>
        {isRunning && t("merge.none.hint")}
      </Empty>
    );
  }
  return (
    <>
      <Tiles rows={rows} onEnd={() => void list.more()} />
      <TableFoot count={rows.length} isLoading={list.isLoading.value} />
    </>
  );
}

/** While pictures are made the first ones are asked for again; who has scrolled on is
 * left where they are. */
function useFresh(list: LoadedList<MergedRow>, isRunning: boolean, done: number): void {
  const [shown, setShown] = useState(done);
  useEffect(() => {
    if (!isRunning || done === shown) return;
    const timer = setTimeout(() => {
      setShown(done);
      if ((list.items.value?.length ?? 0) <= PAGE) void list.reload();
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [isRunning, done === shown, shown]);
  useEffect(() => {
    if (!isRunning) void list.reload();
  }, [isRunning]);
}

interface TilesProps {
  rows: MergedRow[];
  onEnd: () => void;
}

function Tiles({ rows, onEnd }: TilesProps) {
  const [across, setAcross] = useState(6);
  const [open, setOpen] = useState<number | undefined>();
  const lines = Math.ceil(rows.length / across);
  const seen = useVirtual(lines, TALL);
  useEffect(() => {
    const place = seen.scroller.current;
    if (!place) return;
    const fit = () => setAcross(Math.max(2, Math.floor(place.clientWidth / TILE)));
    const sizes = new ResizeObserver(fit);
    sizes.observe(place);
    fit();
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    if (seen.end >= lines) onEnd();
  }, [seen.end, lines]);
  const shown = rows.slice(seen.first * across, seen.end * across);
  return (
    <div class={css.gallery} ref={seen.scroller}>
      <div style={{ height: `${seen.above}px` }} />
      <ul style={{ gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))` }}>
        {shown.map((row, at) => (
          <li key={row.number} style={{ height: `${TALL}px` }}>
            <Tile row={row} onOpen={() => setOpen(seen.first * across + at)} />
          </li>
        ))}
      </ul>
      <div style={{ height: `${seen.below}px` }} />
      {open !== undefined && (
        <Lightbox
          rows={rows}
          at={open}
          onGo={setOpen}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

function Tile({ row, onOpen }: { row: MergedRow; onOpen: () => void }) {
  const image = smallest(row);
  return (
    <button
      type="button"
      class={css.tile}
      aria-label={t("gallery.open", { name: row.name })}
      onClick={onOpen}
    >
      <span class={css.thumb}>
        {image && <img src={image.url} alt="" loading="lazy" decoding="async" />}
      </span>
      <span class={css.caption}>
        <Name>{row.name}</Name>
        {row.warnings.length > 0 && (
          <span title={row.warnings.join("\n")}>
            <Badge tone="warn">
              {t("gallery.warned", { count: row.warnings.length })}
            </Badge>
          </span>
        )}
      </span>
    </button>
  );
}

/** Of a row's pictures the one that is quickest to show. */
function smallest(row: MergedRow): MergedRow["images"][number] | undefined {
  return row.images
    .filter((each) => each.media_type !== "image/tiff")
    .sort((one, other) => one.size - other.size)[0];
}
