/** Where of something large one is looking, and how near. Free of any element. */
import { type Signal, signal } from "@preact/signals";

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Place {
  /** Screen pixels for one of the content. */
  zoom: number;
  /** Of the content's corner, from the viewport's. */
  x: number;
  y: number;
}

const NEAREST = 32;
const FARTHEST = 0.02;
const ROOM = 24;

export class Looking {
  readonly place: Signal<Place> = signal({ zoom: 1, x: 0, y: 0 });
  private size = { width: 0, height: 0 };
  /** Until somebody has moved it, it fits whatever size there is. */
  private isFitted = true;
  private wanted: Rect | null = null;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  resize(width: number, height: number): void {
    this.size = { width, height };
    if (width === 0 || height === 0) return;
    if (this.wanted) this.frame(this.wanted);
    else if (this.isFitted) this.fit();
  }

  /** All of it, never larger than it is. */
  fit(): void {
    const whole = { left: 0, top: 0, width: this.width, height: this.height };
    this.centre(whole, 1);
    this.isFitted = true;
  }

  /** This part in the middle, with what is around it. */
  frame(part: Rect): void {
    if (this.size.width === 0) {
      this.wanted = part;
      return;
    }
    this.wanted = null;
    this.isFitted = false;
    this.centre(part, 2, 0.6);
  }

  /** Only as far as is needed to see some of it. */
  reveal(part: Rect): void {
    const { zoom, x, y } = this.place.value;
    const [left, top] = [part.left * zoom + x, part.top * zoom + y];
    const isSeen =
      left < this.size.width - ROOM &&
      top < this.size.height - ROOM &&
      left + part.width * zoom > ROOM &&
      top + part.height * zoom > ROOM;
    if (!isSeen && this.size.width > 0) {
      this.isFitted = false;
      this.centre(part, zoom);
    }
  }

  move(dx: number, dy: number): void {
    const { zoom, x, y } = this.place.value;
    this.isFitted = false;
    this.place.value = this.held({ zoom, x: x + dx, y: y + dy });
  }

  /** What is at (`x`, `y`) of the viewport stays there; its middle where not said. */
  zoomBy(factor: number, x = this.size.width / 2, y = this.size.height / 2): void {
    const before = this.place.value;
    const zoom = Math.min(NEAREST, Math.max(FARTHEST, before.zoom * factor));
    const by = zoom / before.zoom;
    this.isFitted = false;
    this.place.value = this.held({
      zoom,
      x: x - (x - before.x) * by,
      y: y - (y - before.y) * by,
    });
  }

  zoomTo(zoom: number): void {
    this.zoomBy(zoom / this.place.value.zoom);
  }

  /** Content pixels of a place on the viewport. */
  at(x: number, y: number): { x: number; y: number } {
    const { zoom, x: left, y: top } = this.place.value;
    return { x: (x - left) / zoom, y: (y - top) / zoom };
  }

  private centre(part: Rect, nearest: number, share = 1): void {
    const { width, height } = this.size;
    const across = (width - 2 * ROOM) / Math.max(1, part.width);
    const down = (height - 2 * ROOM) / Math.max(1, part.height);
    const zoom = Math.max(FARTHEST, Math.min(nearest, across * share, down * share));
    this.place.value = {
      zoom,
      x: width / 2 - (part.left + part.width / 2) * zoom,
      y: height / 2 - (part.top + part.height / 2) * zoom,
    };
  }

  /** Something of the content always stays in sight. */
  private held({ zoom, x, y }: Place): Place {
    const between = (value: number, content: number, room: number) =>
      Math.min(room - ROOM, Math.max(ROOM - content * zoom, value));
    return {
      zoom,
      x: between(x, this.width, this.size.width),
      y: between(y, this.height, this.size.height),
    };
  }
}
