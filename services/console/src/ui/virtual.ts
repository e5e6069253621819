/** Of a long list only what is seen is there: rows of one height, and room for the rest. */
import type { RefObject } from "preact";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "preact/hooks";

const SPARE = 8;
/** Rows before the place is measured, which is before anything is painted. */
const FIRST = 24;

interface Seen {
  first: number;
  /** Behind the last. */
  end: number;
}

export interface Virtual<E extends HTMLElement> extends Seen {
  scroller: RefObject<E | null>;
  /** Pixels of what is above, and below. */
  above: number;
  below: number;
  /** Scroll as little as shows this row whole. */
  show: (at: number) => void;
}

/** `head` is the height of what stays on top while the rest scrolls below it. */
export function useVirtual<E extends HTMLElement = HTMLDivElement>(
  count: number,
  rowHeight: number,
  head = 0,
): Virtual<E> {
  const scroller = useRef<E>(null);
  const [seen, setSeen] = useState<Seen>({ first: 0, end: FIRST });
  const look = useCallback(() => {
    const place = scroller.current;
    if (!place) return;
    const top = Math.floor(place.scrollTop / rowHeight);
    const first = Math.max(0, top - SPARE);
    const end = top + Math.ceil(place.clientHeight / rowHeight) + SPARE;
    setSeen((before) =>
      before.first === first && before.end === end ? before : { first, end },
    );
  }, [rowHeight]);
  useLayoutEffect(look, [look, count]);
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
  }, [look]);
  const show = (at: number) => {
    const place = scroller.current;
    if (!place) return;
    const top = at * rowHeight;
    const room = place.clientHeight - head;
    if (top < place.scrollTop) place.scrollTop = top;
    else if (top + rowHeight > place.scrollTop + room) {
      place.scrollTop = top + rowHeight - room;
    }
    look();
  };
  const first = Math.min(seen.first, Math.max(0, count - 1));
  const end = Math.min(seen.end, count);
  return {
    scroller,
    first,
    end,
    above: first * rowHeight,
    below: Math.max(0, count - end) * rowHeight,
    show,
  };
}
