/** Entries of a whole document, and how a change of eyes finds those that it changes. */
import type { Bitmaps } from "./bitmaps";
import {
  ClipEntry,
  ColorEntry,
  type Entry,
  GroupEntry,
  type Holder,
  LayerEntry,
  Stack,
  ThroughEntry,
} from "./entries";
import {
  type Box,
  isEmpty,
  isGroup,
  NOWHERE,
  type Node,
  shared,
  type Tree,
  united,
} from "./model";
import { modeOf } from "./modes";
import { OVER, type Paint } from "./sheet";
import { effectsOf, flatColor } from "./truth";

/** Pixels of a canvas at most; a larger document is composed smaller. */
const LARGEST = 8_000_000;
/** Siblings that are kept as one picture. */
const RUN = 16;
/** Pixels of all such pictures together. */
const RUNS = 16_000_000;
/** Pixels of all that is composed and may be composed again. */
const KEPT = 32_000_000;
/** From so many changed layers on all is composed anew. */
const MANY = 40;

export const scaleOf = (width: number, height: number): number =>
  Math.min(1, Math.sqrt(LARGEST / Math.max(1, width * height)));

export class Scene {
  readonly root: Stack;
  readonly canvas: Box;
  private readonly byGate = new Map<number, Entry[]>();
  private readonly stacks: Stack[] = [];
  private closed: ReadonlySet<number> = new Set();
  private awaited: number | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    tree: Tree,
    readonly scale: number,
    private readonly bitmaps: Bitmaps,
  ) {
    const { width, height } = tree.document;
    this.canvas = this.scaled({ left: 0, top: 0, width, height });
    this.root = this.stack(this.entriesOf(tree.roots, []), this.canvas);
  }

  /** The whole picture with these eyes closed. One change after the other. */
  show(closed: ReadonlySet<number>): Promise<{ within: Box; canvas: OffscreenCanvas }> {
    return this.inTurn(() => this.shown(closed));
  }

  /** Compose what a change of this layer's eye will need; of several that wait for
   * their turn, for the last one alone. */
  prepare(id: number): Promise<void> {
    this.awaited = id;
    return this.inTurn(async () => {
      if (!this.root.sheet || this.awaited !== id) return;
      await this.along([id], (holder, ...what) => holder.prepare(...what));
    });
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.last.then(act);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async shown(
    closed: ReadonlySet<number>,
  ): Promise<{ within: Box; canvas: OffscreenCanvas }> {
    const changed = difference(this.closed, closed);
    this.closed = closed;
    let within = this.canvas;
    if (this.root.sheet && changed.length < MANY) {
      within = await this.along(changed, (holder, ...what) => holder.refresh(...what));
    } else for (const each of this.stacks) each.forget();
    const { canvas } = await this.root.composed();
    this.forgetOldest();
    return { within, canvas };
  }

  private forgetOldest(): void {
    const kept = this.stacks.filter((each) => each.sheet && each !== this.root);
    kept.sort((a, b) => b.usedAt - a.usedAt);
    let pixels = 0;
    for (const each of kept) {
      pixels += each.box.width * each.box.height;
      if (pixels > KEPT) each.forget();
    }
  }

  /** From what these layers' eyes change up to the whole, one holder after another. */
  private async along(
    ids: number[],
    act: (holder: Holder, within: Box, from: number, to: number) => Promise<void>,
  ): Promise<Box> {
    interface Touched {
      within: Box;
      from: number;
      to: number;
    }
    const touched = new Map<Holder, Touched>();
    const touch = (entry: Entry, within: Box) => {
      const holder = entry.owner;
      if (!holder) return;
      const at = holder.entries.indexOf(entry);
      const before = touched.get(holder) ?? { within: NOWHERE, from: at, to: at + 1 };
      touched.set(holder, {
        within: united(before.within, within),
        from: Math.min(before.from, at),
        to: Math.max(before.to, at + 1),
      });
    };
    for (const entry of ids.flatMap((id) => this.byGate.get(id) ?? [])) {
      touch(entry, entry.box);
    }
    const used = new Set<Holder>();
    while (touched.size > 0) {
      // The deepest first: what holds it changes with it.
      const [holder, { within, from, to }] = [...touched].reduce((a, b) =>
        depth(a[0]) >= depth(b[0]) ? a : b,
      );
      touched.delete(holder);
      used.add(holder);
      await act(holder, within, from, to);
      if (holder.host) touch(holder.host, within);
      else this.forgetOthers(used);
      if (!holder.host) return within;
    }
    return NOWHERE;
  }

  /** Only the last change has pictures of what lies around it. */
  private forgetOthers(used: Set<Holder>): void {
    for (const each of this.stacks) if (!used.has(each)) each.forgetSplit();
  }

  private readonly isClosed = (id: number): boolean => this.closed.has(id);

  private scaled({ left, top, width, height }: Box): Box {
    if (this.scale === 1) return { left, top, width, height };
    return {
      left: Math.round(left * this.scale),
      top: Math.round(top * this.scale),
      width: Math.max(1, Math.round(width * this.scale)),
      height: Math.max(1, Math.round(height * this.scale)),
    };
  }

  private stack(entries: Entry[], box: Box, ground: string | null = null): Stack {
    const made = new Stack(this.inRuns(entries), box, ground);
    this.stacks.push(made);
    return made;
  }

  private entriesOf(siblings: Node[], gates: number[]): Entry[] {
    return siblings
      .filter((node) => !node.layer.clipping)
      .flatMap((node) => this.withClipped(node, gates))
      .filter((entry) => !isEmpty(entry.box));
  }

  private withClipped(node: Node, gates: number[]): Entry[] {
    const own = [...gates, node.id];
    if (passesThrough(node)) return this.through(node, own);
    const { layer } = node;
    const paint = {
      operation: modeOf(layer.blend_mode).operation,
      alpha: layer.opacity * (layer.details?.fill_opacity ?? 1),
    };
    if (node.clipped.length === 0) return this.alone(node, own, paint);
    const [base] = this.alone(node, [], OVER);
    if (!base) return [];
    const clipped = node.clipped.flatMap((each) => {
      const { blend_mode, opacity, details } = each.layer;
      const alpha = opacity * (details?.fill_opacity ?? 1);
      const { operation } = modeOf(blend_mode);
      return this.alone(each, [each.id], { operation, alpha });
    });
    const made = new ClipEntry(base.box, paint, own, this.isClosed, base, clipped);
    return [this.known(made)];
  }

  private through(node: Node, gates: number[]): Entry[] {
    const { opacity } = node.layer;
    if (opacity >= 1) return this.entriesOf(node.children, gates);
    const inside = this.entriesOf(node.children, []);
    const box = inside.map((each) => each.box).reduce(united, NOWHERE);
    const made = new ThroughEntry(box, opacity, gates, this.isClosed, inside);
    return [this.known(made)];
  }

  /** A layer without those that are clipped to it; nothing where it has no pixels. */
  private alone(node: Node, gates: number[], paint: Paint): Entry[] {
    const { layer } = node;
    const { isClosed } = this;
    if (isGroup(node)) return [this.known(this.group(node, gates, paint))];
    const color = flatColor(layer);
    if (color) {
      const made = new ColorEntry(this.canvas, paint, gates, isClosed, color);
      return [this.known(made)];
    }
    if (!layer.image) return [];
    const at = this.scaled({ ...layer, ...sizeOf(layer.image) });
    const box = shared(shared(at, this.canvas), this.maskBox(node));
    const pictured = { id: layer.id, ...sizeOf(layer.image) };
    return [
      this.known(
        new LayerEntry(box, paint, gates, isClosed, this.bitmaps, pictured, at),
      ),
    ];
  }

  private group(node: Node, gates: number[], paint: Paint): Entry {
    const artboard = node.layer.details?.artboard;
    const inside = this.entriesOf(node.children, []);
    const box = artboard
      ? shared(this.scaled(artboard.box), this.canvas)
      : inside.map((each) => each.box).reduce(united, NOWHERE);
    const ground = artboard ? groundOf(artboard) : null;
    const seen = shared(box, this.maskBox(node));
    const stack = this.stack(inside, isEmpty(seen) ? NOWHERE : seen, ground);
    return new GroupEntry(stack.box, paint, gates, this.isClosed, stack);
  }

  /** Outside of it a mask hides everything. What is within, it alone knows. */
  private maskBox(node: Node): Box {
    const mask = node.layer.details?.mask;
    const hides = mask && mask.enabled !== false && mask.default_color === 0;
    const isPlain = !mask?.feather && (mask?.density ?? 1) === 1 && !mask?.inverted;
    return hides && isPlain ? this.scaled(mask.box) : this.canvas;
  }

  private known(entry: Entry): Entry {
    for (const id of entry.gates) {
      const list = this.byGate.get(id) ?? [];
      list.push(entry);
      this.byGate.set(id, list);
    }
    return entry;
  }

  /** Neighbours that are painted over each other plainly become one picture each
   * `RUN`, or more where the pictures would take too much memory. */
  private inRuns(entries: Entry[]): Entry[] {
    if (entries.length <= 2 * RUN) return entries;
    for (let size = RUN; size < entries.length; size *= 2) {
      const runs = cut(entries, size);
      const pixels = runs
        .filter((run) => run.length > 1)
        .map((run) => run.map((each) => each.box).reduce(united, NOWHERE))
        .reduce((sum, { width, height }) => sum + width * height, 0);
      if (pixels > RUNS) continue;
      return runs.map((run) => (run.length > 1 ? this.asOne(run) : (run[0] as Entry)));
    }
    return entries;
  }

  private asOne(run: Entry[]): Entry {
    const box = run.map((each) => each.box).reduce(united, NOWHERE);
    const stack = new Stack(run, box);
    this.stacks.push(stack);
    return new GroupEntry(box, OVER, [], this.isClosed, stack);
  }
}

function cut(entries: Entry[], size: number): Entry[][] {
  const runs: Entry[][] = [];
  let run: Entry[] = [];
  for (const each of entries) {
    if (!each.isOver || run.length >= size) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (each.isOver) run.push(each);
    else runs.push([each]);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({
  width,
  height,
});

/** Whether what is in the group blends with what lies below the group. */
function passesThrough(node: Node): boolean {
  const { kind, blend_mode, details } = node.layer;
  return (
    kind === "group" &&
    blend_mode === "pass_through" &&
    node.clipped.length === 0 &&
    (details?.fill_opacity ?? 1) >= 1 &&
    !details?.knockout &&
    effectsOf(details).length === 0
  );
}

function groundOf(artboard: {
  background?: string;
  color?: string | null;
}): string | null {
  if (artboard.background === "transparent") return null;
  return artboard.color ?? (artboard.background === "black" ? "#000" : "#fff");
}

function depth(holder: Holder): number {
  let found = 0;
  for (let at: Holder | null = holder; at; at = at.host?.owner ?? null) found += 1;
  return found;
}

function difference(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  const found = [...one].filter((id) => !other.has(id));
  return [...found, ...[...other].filter((id) => !one.has(id))];
}
