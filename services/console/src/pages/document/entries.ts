/** What a document is composed of: layers, groups, what is clipped, each able to paint
 * itself on what lies below. The arithmetic is that of the server's renderer, with the
 * operations of a 2D canvas.
 *
 * A stack keeps what it has composed. When one of its entries changes, only that
 * entry's box is composed anew, of what lay below it and above it the last time. */
import type { Bitmaps, Pictured } from "./bitmaps";
import { type Box, holds, isEmpty, shared } from "./model";
import { OVER, type Paint, Sheet } from "./sheet";

export abstract class Entry {
  /** Where it stands. */
  owner: Holder | null = null;

  constructor(
    readonly box: Box,
    readonly paint: Paint,
    /** Layers whose eyes must all be open. */
    readonly gates: number[],
    protected readonly isClosed: (id: number) => boolean,
  ) {}

  get isShown(): boolean {
    return !this.gates.some(this.isClosed);
  }

  /** Painted like any other on what lies below; so that several may be one picture. */
  get isOver(): boolean {
    return this.paint.operation === "source-over";
  }

  /** Whatever has to come from elsewhere before it can be drawn within this box. */
  abstract ready(within: Box): Promise<void>;
  abstract draw(sheet: Sheet, within: Box): Promise<void>;
}

/** What holds entries. */
export interface Holder {
  readonly entries: Entry[];
  /** The entry that it is the content of; null for the whole document. */
  host: Entry | null;
  /** Entries `from` until `to` look otherwise within this box. */
  refresh(within: Box, from: number, to: number): Promise<void>;
  /** Something within has changed, and nobody looks at it. */
  forget(): void;
  /** Have what the next change there needs. */
  prepare(within: Box, from: number, to: number): Promise<void>;
}

export class LayerEntry extends Entry {
  constructor(
    box: Box,
    paint: Paint,
    gates: number[],
    isClosed: (id: number) => boolean,
    private readonly bitmaps: Bitmaps,
    private readonly pictured: Pictured,
    /** Where the whole picture is; `box` is what of it is on the canvas. */
    private readonly at: Box,
  ) {
    super(box, paint, gates, isClosed);
  }

  async ready(): Promise<void> {
    if (!this.bitmaps.get(this.pictured.id)) await this.bitmaps.load(this.pictured);
  }

  async draw(sheet: Sheet, within: Box): Promise<void> {
    const { id } = this.pictured;
    const bitmap = this.bitmaps.get(id) ?? (await this.bitmaps.load(this.pictured));
    if (bitmap) sheet.put(bitmap, this.at, shared(within, this.box), this.paint);
  }
}

/** A colour everywhere. */
export class ColorEntry extends Entry {
  constructor(
    box: Box,
    paint: Paint,
    gates: number[],
    isClosed: (id: number) => boolean,
    private readonly color: string,
  ) {
    super(box, paint, gates, isClosed);
  }

  async ready(): Promise<void> {}

  async draw(sheet: Sheet, within: Box): Promise<void> {
    sheet.fill(this.color, shared(within, this.box), this.paint);
  }
}

interface Split {
  from: number;
  to: number;
  within: Box;
  below: Sheet;
  /** Null where what lies above cannot be one picture. */
  above: Sheet | null;
}

/** Siblings, composed on nothing. */
export class Stack implements Holder {
  host: Entry | null = null;
  sheet: Sheet | null = null;
  /** When it was last needed: those that were not for long may be forgotten. */
  usedAt = 0;
  private split: Split | null = null;

  constructor(
    readonly entries: Entry[],
    readonly box: Box,
    /** Painted below all: of an artboard. */
    private readonly ground: string | null = null,
  ) {
    for (const each of entries) each.owner = this;
  }

  /** The content; composed now, if it is not. */
  async composed(): Promise<Sheet> {
    this.usedAt = performance.now();
    if (this.sheet) return this.sheet;
    const sheet = new Sheet(this.box);
    await this.compose(sheet, this.box, 0, this.entries.length);
    this.sheet = sheet;
    return sheet;
  }

  async ready(within: Box): Promise<void> {
    if (this.sheet) return;
    await Promise.all(seen(this.entries, within).map((each) => each.ready(within)));
  }

  forget(): void {
    // Of the whole somebody may be about to draw the last one.
    if (this.host !== null) this.sheet?.close();
    this.sheet = null;
    this.forgetSplit();
  }

  forgetSplit(): void {
    this.split?.below.close();
    this.split?.above?.close();
    this.split = null;
  }

  async refresh(within: Box, from: number, to: number): Promise<void> {
    const part = shared(within, this.box);
    if (!this.sheet || isEmpty(part)) return;
    const split = await this.splitAt(part, from, to);
    const { sheet } = this;
    // What is fetched is fetched before anything is wiped off.
    const changed = this.entries.slice(from, to);
    await Promise.all(seen(changed, part).map((each) => each.ready(part)));
    if (!split.above) {
      const rest = seen(this.entries.slice(to), part);
      await Promise.all(rest.map((each) => each.ready(part)));
    }
    sheet.clear(part);
    sheet.lay(split.below, part);
    for (const each of seen(changed, part)) await each.draw(sheet, part);
    if (split.above) sheet.lay(split.above, part);
    else {
      for (const each of seen(this.entries.slice(to), part)) {
        await each.draw(sheet, part);
      }
    }
  }

  async prepare(within: Box, from: number, to: number): Promise<void> {
    const part = shared(within, this.box);
    if (this.sheet && !isEmpty(part)) await this.splitAt(part, from, to);
  }

  private async splitAt(within: Box, from: number, to: number): Promise<Split> {
    const { split } = this;
    if (split?.from === from && split.to === to && holds(split.within, within)) {
      return split;
    }
    this.forgetSplit();
    const below = new Sheet(within);
    await this.compose(below, within, 0, from);
    const rest = this.entries.slice(to);
    let above: Sheet | null = null;
    if (seen(rest, within).every((each) => each.isOver)) {
      above = new Sheet(within);
      for (const each of seen(rest, within)) await each.draw(above, within);
    }
    this.split = { from, to, within, below, above };
    return this.split;
  }

  private async compose(
    sheet: Sheet,
    within: Box,
    from: number,
    to: number,
  ): Promise<void> {
    if (from === 0 && this.ground) sheet.fill(this.ground, within);
    for (const each of seen(this.entries.slice(from, to), within)) {
      await each.draw(sheet, within);
    }
  }
}

const seen = (entries: Entry[], within: Box): Entry[] =>
  entries.filter((each) => each.isShown && !isEmpty(shared(each.box, within)));

/** A group that is composed by itself, or a run of siblings that are one picture. */
export class GroupEntry extends Entry {
  constructor(
    box: Box,
    paint: Paint,
    gates: number[],
    isClosed: (id: number) => boolean,
    readonly stack: Stack,
  ) {
    super(box, paint, gates, isClosed);
    stack.host = this;
  }

  ready(within: Box): Promise<void> {
    return this.stack.ready(within);
  }

  async draw(sheet: Sheet, within: Box): Promise<void> {
    sheet.lay(await this.stack.composed(), within, this.paint);
  }
}

/** A group that passes through and has an opacity: by so much of the way to what its
 * layers make of what lies below. */
export class ThroughEntry extends Entry implements Holder {
  host: Entry | null = this;

  constructor(
    box: Box,
    private readonly opacity: number,
    gates: number[],
    isClosed: (id: number) => boolean,
    readonly entries: Entry[],
  ) {
    super(box, OVER, gates, isClosed);
    for (const each of entries) each.owner = this;
  }

  override get isOver(): boolean {
    return false;
  }

  async ready(within: Box): Promise<void> {
    await Promise.all(seen(this.entries, within).map((each) => each.ready(within)));
  }

  async draw(sheet: Sheet, within: Box): Promise<void> {
    const part = shared(shared(within, this.box), sheet.box);
    if (isEmpty(part)) return;
    const changed = new Sheet(part);
    changed.lay(sheet, part);
    for (const each of seen(this.entries, part)) await each.draw(changed, part);
    sheet.fill("#000", part, { operation: "destination-out", alpha: this.opacity });
    sheet.lay(changed, part, { operation: "lighter", alpha: this.opacity });
    changed.close();
  }

  async refresh(): Promise<void> {}
  async prepare(): Promise<void> {}
  forget(): void {}
}

/** A layer with those that are clipped to it: they are painted on its colours as if it
 * were whole, and what comes of that has its alpha. */
export class ClipEntry extends Entry implements Holder {
  host: Entry | null = this;
  readonly entries: Entry[];
  private sheet: Sheet | null = null;
  private solid: Sheet | null = null;
  private own: Sheet | null = null;

  constructor(
    box: Box,
    paint: Paint,
    gates: number[],
    isClosed: (id: number) => boolean,
    private readonly base: Entry,
    clipped: Entry[],
  ) {
    super(box, paint, gates, isClosed);
    this.entries = [base, ...clipped];
    for (const each of this.entries) each.owner = this;
  }

  async ready(within: Box): Promise<void> {
    await Promise.all(seen(this.entries, within).map((each) => each.ready(within)));
  }

  async draw(sheet: Sheet, within: Box): Promise<void> {
    if (!this.sheet) await this.compose(this.box);
    if (this.sheet) sheet.lay(this.sheet, within, this.paint);
  }

  async refresh(within: Box, from: number): Promise<void> {
    if (from === 0) this.forget();
    else if (this.sheet) await this.compose(shared(within, this.box));
  }

  async prepare(): Promise<void> {}

  forget(): void {
    for (const each of [this.sheet, this.solid, this.own]) each?.close();
    this.sheet = null;
    this.solid = null;
    this.own = null;
  }

  private async compose(within: Box): Promise<void> {
    if (!this.own) {
      this.own = new Sheet(this.box);
      await this.base.draw(this.own, this.box);
    }
    const sheet = this.sheet ?? new Sheet(this.box);
    const clipped = seen(this.entries.slice(1), within);
    await Promise.all(clipped.map((each) => each.ready(within)));
    sheet.clear(within);
    const isSolid = clipped.some((each) => !each.isOver);
    if (isSolid) this.solid ??= this.own.opaque(this.box);
    sheet.lay((isSolid && this.solid) || this.own, within);
    for (const each of clipped) {
      if (isSolid) await each.draw(sheet, within);
      else await drawAtop(each, sheet, within);
    }
    if (isSolid) {
      const only = new Sheet(within);
      only.lay(sheet, within);
      only.lay(this.own, within, { operation: "destination-in", alpha: 1 });
      sheet.clear(within);
      sheet.lay(only, within);
      only.close();
    }
    this.sheet = sheet;
  }
}

/** Where there is something already, and nowhere else. */
async function drawAtop(entry: Entry, sheet: Sheet, within: Box): Promise<void> {
  const alone = new Sheet(shared(within, entry.box));
  await entry.draw(alone, alone.box);
  sheet.lay(alone, within, { operation: "source-atop", alpha: 1 });
  alone.close();
}
