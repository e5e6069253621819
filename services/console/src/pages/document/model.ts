/** A document's tree as Photoshop's panel has it, out of the manifest's flat list. */
import type { Schemas } from "../../api/client";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Details = Partial<Schemas["LayerDetails"]>;
export type Effect = Schemas["Effect"];
export type Layer = Omit<Schemas["LayerOut"], "details"> & { details?: Details | null };
export type DocumentRow = Schemas["DocumentOut"];

export interface Manifest {
  document: DocumentRow;
  /** From the bottom up, groups before what they hold. */
  layers: Layer[];
}

export interface Node {
  id: number;
  layer: Layer;
  parent: Node | null;
  /** From the bottom up. */
  children: Node[];
  /** What it is clipped to; null too where there is nothing that it could be. */
  base: Node | null;
  /** What is clipped to it, from the bottom up. */
  clipped: Node[];
}

export interface Tree {
  document: DocumentRow;
  /** From the bottom up. */
  roots: Node[];
  all: Node[];
  byId: Map<number, Node>;
}

export function treeOf({ document, layers }: Manifest): Tree {
  const byId = new Map<number, Node>();
  const roots: Node[] = [];
  const all = layers.map((layer): Node => {
    const parent = layer.parent_id === null ? null : byId.get(layer.parent_id);
    const node = {
      id: layer.id,
      layer,
      parent: parent ?? null,
      children: [],
      base: null,
      clipped: [],
    };
    byId.set(layer.id, node);
    (parent?.children ?? roots).push(node);
    return node;
  });
  for (const siblings of [roots, ...all.map((each) => each.children)]) clip(siblings);
  return { document, roots, all, byId };
}

/** Each clipped one belongs to the next below it that is not clipped itself. */
function clip(siblings: Node[]): void {
  let base: Node | null = null;
  for (const node of siblings) {
    if (!node.layer.clipping) base = node;
    else if (base) {
      node.base = base;
      base.clipped.push(node);
    }
  }
}

export const isGroup = ({ layer }: Node): boolean =>
  layer.kind === "group" || layer.kind === "artboard";

/** From the parent outwards. */
export function ancestors(node: Node): Node[] {
  const found: Node[] = [];
  for (let at = node.parent; at; at = at.parent) found.push(at);
  return found;
}

export function descendants(node: Node): Node[] {
  return node.children.flatMap((child) => [child, ...descendants(child)]);
}

/** Where a layer is on the canvas; of a group, all that it holds. */
export function boxOf(node: Node): Box {
  const { layer } = node;
  const artboard = layer.details?.artboard;
  if (artboard) return artboard.box;
  if (!isGroup(node) || (layer.width > 0 && layer.height > 0)) return layer;
  return node.children.map(boxOf).reduce(united, NOWHERE);
}

export const NOWHERE: Box = { left: 0, top: 0, width: 0, height: 0 };
export const isEmpty = (box: Box): boolean => box.width <= 0 || box.height <= 0;

export function united(one: Box, other: Box): Box {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  const left = Math.min(one.left, other.left);
  const top = Math.min(one.top, other.top);
  const right = Math.max(one.left + one.width, other.left + other.width);
  const bottom = Math.max(one.top + one.height, other.top + other.height);
  return { left, top, width: right - left, height: bottom - top };
}

export function shared(one: Box, other: Box): Box {
  const left = Math.max(one.left, other.left);
  const top = Math.max(one.top, other.top);
  const right = Math.min(one.left + one.width, other.left + other.width);
  const bottom = Math.min(one.top + one.height, other.top + other.height);
  return { left, top, width: right - left, height: bottom - top };
}

export function holds(outer: Box, inner: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.left + inner.width <= outer.left + outer.width &&
    inner.top + inner.height <= outer.top + outer.height
  );
}
