/** A picture by tiles within a `Viewer`: it has no keys and no tools of its own. */
import type OpenSeadragon from "openseadragon";
import { useEffect, useRef } from "preact/hooks";
import css from "./deep-zoom.module.css";
import { Followed, type Tiles } from "./deep-zoom-viewer";
import type { Looking } from "./viewport";

interface TilesViewProps {
  tiles: Tiles;
  looking: Looking;
  /** What the picture shows, for whoever does not see it. */
  alt: string;
  /** Some of it could not be loaded; why, where that is known. */
  onBroken: (why?: unknown) => void;
}

export function TilesView({ tiles, looking, alt, onBroken }: TilesViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const told = useRef(onBroken);
  told.current = onBroken;
  useEffect(() => {
    let isGone = false;
    let shown: Followed | undefined;
    import("openseadragon").then(
      (module: { default: typeof OpenSeadragon }) => {
        if (isGone || !place.current) return;
        const onBroken = () => told.current();
        const wishes = { alt, onBroken };
        shown = new Followed(module.default, place.current, tiles, looking, wishes);
      },
      (why: unknown) => isGone || told.current(why),
    );
    return () => {
      isGone = true;
      shown?.close();
    };
  }, [tiles, looking]);
  return <div class={css.following} ref={place} />;
}
