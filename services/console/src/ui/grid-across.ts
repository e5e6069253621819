/** Of many columns only those in sight are there; frozen ones always. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { GridColumn } from "./grid";

export interface Across {
  /** Indices of the columns that are there, frozen ones first. */
  shown: number[];
  /** Where each begins, in pixels. */
  lefts: number[];
  total: number;
  first: number;
  end: number;
  /** Pixels of what is left out before this column. */
  gapBefore: (column: number) => number;
  show: (column: number) => void;
}

const SPARE = 300;
/** On a phone frozen columns would leave no room for others. */
const NARROW = 560;

export function useAcross(
  columns: GridColumn[],
  scroller: RefObject<HTMLElement | null>,
): Across {
  const [view, setView] = useState({ left: 0, width: 1600 });
  const look = () => {
    const place = scroller.current;
    if (!place) return;
    const left = Math.floor(place.scrollLeft / 100) * 100;
    setView((before) =>
      before.left === left && before.width === place.clientWidth
        ? before
        : { left, width: place.clientWidth },
    );
  };
  useLayoutEffect(look, []);
  useEffect(() => {
    const place = scroller.current;
    if (!place) return;
    place.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(place);
    return () => {
      place.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);
  const { lefts, total, frozen } = useMemo(() => laidOut(columns), [columns]);
  const end0 = view.left + view.width + SPARE;
  let first = frozen;
  while (first < columns.length - 1 && rightOf(first) < view.left - SPARE) first += 1;
  let end = first;
  while (end < columns.length && (lefts[end] ?? 0) < end0) end += 1;
  const shown = [
    ...Array.from({ length: frozen }, (_, at) => at),
    ...Array.from({ length: end - first }, (_, at) => first + at),
  ];
  function rightOf(column: number): number {
    return (lefts[column] ?? 0) + (columns[column]?.width ?? 0);
  }
  return {
    shown,
    lefts,
    total,
    first,
    end,
    gapBefore: (column) =>
      column === first && column > frozen
        ? (lefts[column] ?? 0) - (lefts[frozen] ?? 0)
        : 0,
    show: (column) => {
      const place = scroller.current;
      if (!place || column < frozen) return;
      const kept = place.clientWidth > NARROW ? (lefts[frozen] ?? 0) : 0;
      const left = lefts[column] ?? 0;
      if (left < place.scrollLeft + kept) place.scrollLeft = left - kept;
      else if (rightOf(column) > place.scrollLeft + place.clientWidth) {
        place.scrollLeft = rightOf(column) - place.clientWidth;
      }
      look();
    },
  };
}

function laidOut(columns: GridColumn[]) {
  const lefts: number[] = [];
  let total = 0;
  for (const column of columns) {
    lefts.push(total);
    total += column.width;
  }
  const loose = columns.findIndex((each) => !each.isFrozen);
  return { lefts, total, frozen: loose < 0 ? columns.length : loose };
}
