/** What a mouse, a trackpad and fingers do with what is looked at. */
import type { RefObject, TargetedPointerEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Pointed } from "./viewer";
import type { Looking } from "./viewport";

/** A hand that moves less has only pressed. */
const STILL = 4;

interface Finger {
  x: number;
  y: number;
}

export function useGestures(
  whole: RefObject<HTMLElement | null>,
  looking: Looking,
  onPick?: (at: Pointed) => void,
  onPoint?: (at: Pointed | null) => void,
) {
  const fingers = useRef(new Map<number, Finger>());
  const start = useRef<Finger | null>(null);
  const [isMoving, setMoving] = useState(false);
  useWheel(whole, looking);

  const within = (event: MouseEvent): Finger => {
    const box = whole.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const pointed = (event: MouseEvent): Pointed => {
    const { x, y } = within(event);
    return { ...looking.at(x, y), event };
  };
  const isTool = (event: Event) =>
    event.target instanceof Element && event.target.closest("button, output") !== null;

  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>) => {
    if (isTool(event)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, within(event));
    start.current = fingers.current.size === 1 ? within(event) : null;
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) {
      onPoint?.(pointed(event));
      return;
    }
    const now = within(event);
    const from = start.current;
    if (from && Math.hypot(now.x - from.x, now.y - from.y) < STILL) return;
    start.current = null;
    if (!isMoving) setMoving(true);
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const gap = (one: Finger) => Math.hypot(one.x - other.x, one.y - other.y);
      looking.zoomBy(gap(now) / Math.max(1, gap(before)), other.x, other.y);
    } else looking.move(now.x - before.x, now.y - before.y);
    fingers.current.set(event.pointerId, now);
  };
  const onPointerUp = (event: TargetedPointerEvent<HTMLElement>) => {
    const wasDown = fingers.current.delete(event.pointerId);
    setMoving(false);
    if (wasDown && start.current && event.button === 0) onPick?.(pointed(event));
    start.current = null;
  };
  const onPointerCancel = (event: TargetedPointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    start.current = null;
    setMoving(false);
  };
  const onPointerLeave = () => onPoint?.(null);
  return {
    isMoving,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel,
      onPointerLeave,
    },
  };
}

/** The wheel moves; with Ctrl, Alt or Command, and by two fingers of a trackpad, which
 * tells it as Ctrl, it enlarges. */
function useWheel(whole: RefObject<HTMLElement | null>, looking: Looking): void {
  useEffect(() => {
    const element = whole.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const line = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const [dx, dy] = [event.deltaX * line, event.deltaY * line];
      if (event.ctrlKey || event.metaKey || event.altKey) {
        const box = element.getBoundingClientRect();
        const factor = Math.exp(-Math.max(-120, Math.min(120, dy)) / 240);
        looking.zoomBy(factor, event.clientX - box.left, event.clientY - box.top);
      } else looking.move(event.shiftKey ? -dy : -dx, event.shiftKey ? 0 : -dy);
    };
    // Not passive: the page itself must not scroll.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [looking]);
}
