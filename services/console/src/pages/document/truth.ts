/** What of a document a browser cannot draw, or only nearly: said, never passed over. */
import type { Details, DocumentRow, Effect, Layer, Node } from "./model";
import { isGroup } from "./model";
import { modeOf, STRENGTHS } from "./modes";

export type Reason =
  | "adjustment"
  | "effects"
  | "fill"
  | "fillOpacity"
  | "knockout"
  | "mask"
  | "mode"
  | "pixels"
  | "smooth"
  | "sum"
  | "vectorMask"
  | "colors"
  | "linear"
  | "profile";

export interface Lack {
  reason: Reason;
  /** Not drawn at all, or otherwise; else only some pixels differ a little. */
  isMissing: boolean;
}

const missing = (reason: Reason): Lack => ({ reason, isMissing: true });
const near = (reason: Reason): Lack => ({ reason, isMissing: false });

export function effectsOf(details: Details | null | undefined): Effect[] {
  if (!details || details.effects_enabled === false) return [];
  return (details.effects ?? []).filter((each) => each.enabled !== false);
}

/** A colour over the whole canvas, which needs no pixels. */
export function flatColor(layer: Layer): string | null {
  const { kind, image, details } = layer;
  if (kind !== "fill" || image || hasMask(details) || hasVectorMask(details)) {
    return null;
  }
  return details?.fill?.kind === "color" ? (details.fill.color ?? null) : null;
}

const hasMask = (details?: Details | null): boolean =>
  !!details?.mask && details.mask.enabled !== false && !details.mask.from_render;

const hasVectorMask = (details?: Details | null): boolean =>
  !!details?.vector_mask && details.vector_mask.enabled !== false;

/** Of one layer, by itself. */
export function lacksOf(node: Node): Lack[] {
  const { layer } = node;
  const { kind, details } = layer;
  if (kind === "adjustment") return [missing("adjustment")];
  const pixels = pixelLacks(node);
  // Of what is not there nothing else is to be said.
  if (pixels.some((each) => each.isMissing)) return pixels;
  const found = [...pixels, ...modeLacks(layer)];
  if (hasMask(details)) found.push(missing("mask"));
  const isCut = layer.image && (kind === "shape" || kind === "fill");
  if (hasVectorMask(details) && !isCut) found.push(missing("vectorMask"));
  if (effectsOf(details).length > 0) found.push(missing("effects"));
  if (details?.knockout) found.push(missing("knockout"));
  return found;
}

function pixelLacks(node: Node): Lack[] {
  const { layer } = node;
  if (isGroup(node) || layer.image) {
    return layer.kind === "type" ? [near("smooth")] : [];
  }
  if (layer.kind === "fill") return flatColor(layer) ? [] : [missing("fill")];
  return layer.width > 0 && layer.height > 0 ? [missing("pixels")] : [];
}

function modeLacks(layer: Layer): Lack[] {
  const { is } = modeOf(layer.blend_mode);
  const found: Lack[] = [];
  if (is === "other") found.push(missing("mode"));
  if (is === "near") found.push(near("sum"));
  const fill = layer.details?.fill_opacity ?? 1;
  if (fill < 1 && STRENGTHS.has(layer.blend_mode)) found.push(near("fillOpacity"));
  return found;
}

/** Of the whole: layers come as sRGB, and are mixed as sRGB. */
export function documentLacks(document: DocumentRow): Lack[] {
  const found: Lack[] = [];
  const isPlain = document.color_mode === "rgb" || document.color_mode === "grayscale";
  if (!isPlain) found.push(near("colors"));
  if (document.depth === 32) found.push(near("linear"));
  if (document.icc_profile && !/srgb/i.test(document.icc_profile)) {
    found.push(near("profile"));
  }
  return found;
}

export interface Lacks {
  /** How many layers lack it, by what it is; the document's own count as one. */
  counts: Map<Reason, number>;
  isMissing: boolean;
}

export function allLacks(document: DocumentRow, shown: Node[]): Lacks {
  const counts = new Map<Reason, number>();
  let isMissing = false;
  for (const lack of [...documentLacks(document), ...shown.flatMap(lacksOf)]) {
    counts.set(lack.reason, (counts.get(lack.reason) ?? 0) + 1);
    isMissing ||= lack.isMissing;
  }
  return { counts, isMissing };
}
