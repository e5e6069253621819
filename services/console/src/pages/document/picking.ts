/** Which layer somebody points at: the topmost that has something there. */
import { isGroup, type Node } from "./model";
import type { DocumentView } from "./view";

/** Of 255: less is hardly seen. */
const FAINTEST = 12;

let eye: OffscreenCanvasRenderingContext2D | null = null;

/** `x`, `y` in pixels of the document. Undefined where nothing is. */
export async function layerAt(
  view: DocumentView,
  x: number,
  y: number,
): Promise<Node | undefined> {
  for (const node of [...view.tree.all].reverse()) {
    if (isGroup(node) || !view.isShown(node) || !isAt(node, x, y)) continue;
    if (node.base && (!view.isShown(node.base) || !isAt(node.base, x, y))) continue;
    if (await isThere(view, node, x, y)) return node;
  }
  return undefined;
}

function isAt({ layer }: Node, x: number, y: number): boolean {
  const { left, top, width, height, kind } = layer;
  if (kind === "group" || kind === "artboard") return true;
  const isIn = x >= left && y >= top && x < left + width && y < top + height;
  const mask = layer.details?.mask;
  if (!isIn || !mask || mask.enabled === false || mask.default_color !== 0) return isIn;
  const { box } = mask;
  const isPast = x >= box.left + box.width || y >= box.top + box.height;
  return !isPast && x >= box.left && y >= box.top;
}

async function isThere(
  view: DocumentView,
  node: Node,
  x: number,
  y: number,
): Promise<boolean> {
  const { layer } = node;
  if (!layer.image) return false;
  const { width, height } = layer.image;
  const bitmap = await view.bitmaps.load({ id: layer.id, width, height });
  if (!bitmap) return false;
  eye ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!eye) return false;
  const column = Math.floor(((x - layer.left) / width) * bitmap.width);
  const row = Math.floor(((y - layer.top) / height) * bitmap.height);
  eye.clearRect(0, 0, 1, 1);
  eye.drawImage(bitmap, column, row, 1, 1, 0, 0, 1, 1);
  const alpha = eye.getImageData(0, 0, 1, 1).data[3] ?? 0;
  const opacity = layer.opacity * (layer.details?.fill_opacity ?? 1);
  return alpha * opacity >= FAINTEST;
}
