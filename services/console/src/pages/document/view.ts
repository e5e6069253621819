/** What somebody does with an open document: which eyes are closed, what is chosen, how
 * it is shown. */
import { computed, type Signal, signal } from "@preact/signals";
import { Bitmaps } from "./bitmaps";
import {
  ancestors,
  type Box,
  boxOf,
  descendants,
  type Manifest,
  type Node,
  type Tree,
  treeOf,
} from "./model";
import { Scene, scaleOf } from "./scene";
import { allLacks, type Lacks } from "./truth";

export type Way = "fast" | "exact";

export class DocumentView {
  readonly tree: Tree;
  readonly bitmaps: Bitmaps;
  readonly scene: Scene;
  /** Layers whose own eye is closed. */
  readonly closed: Signal<ReadonlySet<number>>;
  readonly chosen = signal<number | null>(null);
  /** A second one: distances between the two are shown. */
  readonly second = signal<number | null>(null);
  readonly hovered = signal<number | null>(null);
  readonly isMeasuring = signal(false);
  readonly way: Signal<Way>;
  /** The browser has drawn it once: all pictures of layers that are seen are there. */
  readonly isDrawn = signal(false);
  private before: { id: number; closed: ReadonlySet<number> } | null = null;
  private readonly saved: ReadonlySet<number>;

  constructor(manifest: Manifest, query: Record<string, string>) {
    const { document } = manifest;
    this.tree = treeOf(manifest);
    const scale = scaleOf(document.width, document.height);
    this.bitmaps = new Bitmaps(`/v1/psd/documents/${document.id}/layers`, scale);
    this.scene = new Scene(this.tree, scale, this.bitmaps);
    const hidden = this.tree.all.filter((each) => !each.layer.visible);
    this.saved = new Set(hidden.map((each) => each.id));
    this.closed = signal(flipped(this.saved, ids(query.eyes), this.tree));
    this.chosen.value = this.tree.byId.has(Number(query.layer))
      ? Number(query.layer)
      : null;
    const wanted = query.way === "fast" || query.way === "exact" ? query.way : null;
    this.way = signal(wanted ?? (this.lacks.value.isMissing ? "exact" : "fast"));
  }

  /** How many of those pictures have come, from 0 to 1. */
  readonly come = computed(() => {
    const wanted = this.shown.value.filter((each) => each.layer.image).length;
    return wanted === 0 ? 1 : Math.min(1, this.bitmaps.arrived.value / wanted);
  });
  /** Whose own eye and those of all groups around are open. */
  readonly shown = computed(() => this.tree.all.filter((each) => this.isShown(each)));
  /** What of that a browser cannot draw. */
  readonly lacks = computed<Lacks>(() =>
    allLacks(this.tree.document, this.shown.value),
  );
  /** Layers whose eye is not as the file has it. */
  readonly changed = computed(() => {
    const { closed, saved } = this;
    return this.tree.all
      .filter(({ id }) => closed.value.has(id) !== saved.has(id))
      .map(({ id }) => id);
  });

  /** Shown smaller than it is, but where it comes in tiles. */
  get isLarge(): boolean {
    return this.scene.scale < 1;
  }

  node(id: number | null): Node | undefined {
    return id === null ? undefined : this.tree.byId.get(id);
  }

  isShown(node: Node): boolean {
    const isOpen = (each: Node) => !this.closed.value.has(each.id);
    return isOpen(node) && ancestors(node).every(isOpen);
  }

  toggle(id: number): void {
    const closed = new Set(this.closed.value);
    if (!closed.delete(id)) closed.add(id);
    this.before = null;
    this.closed.value = closed;
  }

  /** This one with its groups and what it holds, and nothing else; again: as before. */
  toggleOthers(id: number): void {
    const node = this.node(id);
    if (!node) return;
    if (this.before?.id === id) {
      this.closed.value = this.before.closed;
      this.before = null;
      return;
    }
    const around = [node, ...ancestors(node), ...(node.base ? [node.base] : [])];
    const open = new Set(around.map((each) => each.id));
    const inside = new Set(descendants(node).map((each) => each.id));
    const closed = this.tree.all.filter((each) =>
      inside.has(each.id) ? this.closed.value.has(each.id) : !open.has(each.id),
    );
    this.before = { id, closed: this.closed.value };
    this.closed.value = new Set(closed.map((each) => each.id));
  }

  /** As the file has them. */
  resetEyes(): void {
    this.before = null;
    this.closed.value = this.saved;
  }

  /** Somebody points at a layer, or has picked it. */
  pick(id: number | null): void {
    if (this.isMeasuring.value && this.chosen.value !== null && id !== null) {
      this.second.value = id === this.chosen.value ? null : id;
      return;
    }
    this.second.value = null;
    this.chosen.value = id;
  }

  boxOf(id: number | null): Box | null {
    const node = this.node(id);
    return node ? boxOf(node) : null;
  }

  /** For the address: what is chosen, and which eyes are otherwise than in the file. */
  query(): Record<string, string> {
    const chosen = this.chosen.value;
    return {
      ...(chosen === null ? {} : { layer: String(chosen) }),
      ...(this.changed.value.length > 0 ? { eyes: this.changed.value.join(".") } : {}),
    };
  }

  close(): void {
    this.bitmaps.close();
  }
}

const ids = (text: string | undefined): number[] =>
  (text ?? "").split(".").map(Number).filter(Number.isInteger);

function flipped(
  saved: ReadonlySet<number>,
  changed: number[],
  tree: Tree,
): ReadonlySet<number> {
  const found = new Set(saved);
  for (const id of changed.filter((each) => tree.byId.has(each))) {
    if (!found.delete(id)) found.add(id);
  }
  return found;
}
