/** Pictures of layers: fetched when they are wanted, a few at a time, and kept only as
 * far as memory allows. What is given up is fetched anew from the browser's own cache. */
import { signal } from "@preact/signals";
import { ask } from "../../api/client";

/** As many questions of one workspace as the service answers at a time; more of them
 * only wait there, and are turned away where that takes too long. */
const AT_ONCE = 3;
/** Bytes of decoded pictures. */
const BUDGET = 96 * 1024 * 1024;
const THUMB = 48;

interface Wanted {
  id: number;
  promise: Promise<ImageBitmap | null>;
  start: () => void;
}

export interface Pictured {
  id: number;
  width: number;
  height: number;
}

export class Bitmaps {
  /** Layers whose picture could not be had. */
  readonly failed = signal<ReadonlySet<number>>(new Set());
  /** How many different ones have come. */
  readonly arrived = signal(0);
  private readonly kept = new Map<number, ImageBitmap>();
  private readonly thumbs = new Map<number, ImageBitmap>();
  private readonly listeners = new Map<number, () => void>();
  private readonly wanted = new Map<number, Wanted>();
  private waiting: Wanted[] = [];
  private running = 0;
  private bytes = 0;
  private readonly stopped = new AbortController();

  /** `scale` is of the canvas that they are drawn on, 1 where it is as large as the
   * document. */
  constructor(
    private readonly address: string,
    private readonly scale: number,
  ) {}

  get(id: number): ImageBitmap | undefined {
    const found = this.kept.get(id);
    if (found) {
      // The last in the map is the last that is given up.
      this.kept.delete(id);
      this.kept.set(id, found);
    }
    return found;
  }

  /** Null where it cannot be had. `isUrgent`: before all that wait. */
  load(of: Pictured, isUrgent = true): Promise<ImageBitmap | null> {
    const kept = this.get(of.id);
    if (kept) return Promise.resolve(kept);
    const known = this.wanted.get(of.id);
    if (known) {
      if (isUrgent && this.waiting.includes(known)) {
        this.waiting = [known, ...this.waiting.filter((each) => each !== known)];
      }
      return known.promise;
    }
    let start = () => {};
    const promise = new Promise<ImageBitmap | null>((resolve) => {
      start = () => void this.fetched(of).then(resolve);
    });
    const wanted = { id: of.id, promise, start };
    this.wanted.set(of.id, wanted);
    if (isUrgent) this.waiting.unshift(wanted);
    else this.waiting.push(wanted);
    this.next();
    return promise;
  }

  /** Small; undefined until it is there, of which `listener` hears. */
  thumb(of: Pictured, listener: () => void): ImageBitmap | undefined {
    const found = this.thumbs.get(of.id);
    if (!found && !this.failed.value.has(of.id)) {
      this.listeners.set(of.id, listener);
      void this.load(of);
    }
    return found;
  }

  unlisten(id: number): void {
    this.listeners.delete(id);
  }

  close(): void {
    this.stopped.abort();
    this.waiting = [];
    for (const each of this.kept.values()) each.close();
    for (const each of this.thumbs.values()) each.close();
    this.kept.clear();
    this.thumbs.clear();
  }

  private next(): void {
    while (this.running < AT_ONCE) {
      const wanted = this.waiting.shift();
      if (!wanted) return;
      this.running += 1;
      wanted.start();
    }
  }

  private async fetched(of: Pictured): Promise<ImageBitmap | null> {
    try {
      const { signal } = this.stopped;
      const response = await ask(`${this.address}/${of.id}/image`, { signal });
      const blob = await response.blob();
      const bitmap = await createImageBitmap(blob, {
        colorSpaceConversion: "none",
        ...this.size(of),
      });
      if (this.stopped.signal.aborted) bitmap.close();
      else await this.keep(of, bitmap);
      return this.stopped.signal.aborted ? null : bitmap;
    } catch (error) {
      if (!this.stopped.signal.aborted) {
        console.info(`The picture of layer ${of.id} is not there`, error);
        this.failed.value = new Set([...this.failed.value, of.id]);
      }
      return null;
    } finally {
      this.wanted.delete(of.id);
      this.running -= 1;
      this.next();
    }
  }

  private size({ width, height }: Pictured): ImageBitmapOptions {
    if (this.scale === 1) return {};
    return {
      resizeWidth: Math.max(1, Math.round(width * this.scale)),
      resizeHeight: Math.max(1, Math.round(height * this.scale)),
      resizeQuality: "high",
    };
  }

  private async keep(of: Pictured, bitmap: ImageBitmap): Promise<void> {
    if (!this.thumbs.has(of.id)) {
      const part = Math.min(1, THUMB / Math.max(bitmap.width, bitmap.height));
      const thumb = await createImageBitmap(bitmap, {
        resizeWidth: Math.max(1, Math.round(bitmap.width * part)),
        resizeHeight: Math.max(1, Math.round(bitmap.height * part)),
        resizeQuality: "medium",
      });
      this.thumbs.set(of.id, thumb);
      this.arrived.value += 1;
    }
    this.kept.set(of.id, bitmap);
    this.bytes += bitmap.width * bitmap.height * 4;
    for (const [id, old] of this.kept) {
      if (this.bytes <= BUDGET || id === of.id) break;
      this.kept.delete(id);
      this.bytes -= old.width * old.height * 4;
      // Not closed: somebody may be drawing it. It goes when nobody holds it.
    }
    this.listeners.get(of.id)?.();
    this.listeners.delete(of.id);
  }
}
