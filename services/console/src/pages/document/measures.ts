/** Distances between two boxes, as a designer measures them. */
import { type Box, holds } from "./model";

export interface Measure {
  /** Pixels of the document. */
  length: number;
  from: { x: number; y: number };
  to: { x: number; y: number };
  side: "left" | "right" | "top" | "bottom" | "across" | "down";
}

const right = (box: Box): number => box.left + box.width;
const bottom = (box: Box): number => box.top + box.height;

/** One within the other: its four distances to the edges. Else the gaps across and
 * down between the two, where there are any. */
export function measures(one: Box, other: Box): Measure[] {
  if (holds(other, one)) return insets(one, other);
  if (holds(one, other)) return insets(other, one);
  return [...across(one, other), ...down(one, other)];
}

function insets(inner: Box, outer: Box): Measure[] {
  const x = inner.left + inner.width / 2;
  const y = inner.top + inner.height / 2;
  const found: Measure[] = [
    line("left", outer.left, y, inner.left, y),
    line("right", right(inner), y, right(outer), y),
    line("top", x, outer.top, x, inner.top),
    line("bottom", x, bottom(inner), x, bottom(outer)),
  ];
  return found;
}

function line(
  side: Measure["side"],
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): Measure {
  const length = Math.abs(x2 - x1) + Math.abs(y2 - y1);
  return { side, length, from: { x: x1, y: y1 }, to: { x: x2, y: y2 } };
}

function across(one: Box, other: Box): Measure[] {
  const [first, second] = one.left <= other.left ? [one, other] : [other, one];
  if (second.left < right(first)) return [];
  const y = middle(one.top, bottom(one), other.top, bottom(other));
  return [line("across", right(first), y, second.left, y)];
}

function down(one: Box, other: Box): Measure[] {
  const [first, second] = one.top <= other.top ? [one, other] : [other, one];
  if (second.top < bottom(first)) return [];
  const x = middle(one.left, right(one), other.left, right(other));
  return [line("down", x, bottom(first), x, second.top)];
}

/** In the middle of what both share, or of the gap between them. */
function middle(a: number, b: number, c: number, d: number): number {
  return (Math.max(a, c) + Math.min(b, d)) / 2;
}
