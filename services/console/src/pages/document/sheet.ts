/** A part of the canvas that is drawn on. Its context takes pixels of the whole canvas,
 * so that nobody needs to know where the part begins. */
import { type Box, isEmpty, shared } from "./model";

export interface Paint {
  operation: GlobalCompositeOperation;
  alpha: number;
}

export const OVER: Paint = { operation: "source-over", alpha: 1 };

export class Sheet {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;

  constructor(readonly box: Box) {
    const { left, top, width, height } = box;
    this.canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    const context = this.canvas.getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas left.");
    this.context = context;
    context.setTransform(1, 0, 0, 1, -left, -top);
  }

  /** Its pixels go at once: whoever collects garbage does not see how many they are. */
  close(): void {
    this.canvas.width = 0;
    this.canvas.height = 0;
  }

  clear({ left, top, width, height }: Box): void {
    this.context.clearRect(left, top, width, height);
  }

  /** What of `source` (at `at`) lies within `within`, and nothing outside of it. */
  put(source: CanvasImageSource, at: Box, within: Box, paint: Paint = OVER): void {
    const { context } = this;
    const part = shared(shared(at, within), this.box);
    if (isEmpty(part)) return;
    const { left, top, width, height } = part;
    context.globalCompositeOperation = paint.operation;
    context.globalAlpha = paint.alpha;
    const [x, y] = [left - at.left, top - at.top];
    context.drawImage(source, x, y, width, height, left, top, width, height);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
  }

  /** A sheet's whole content. */
  lay(other: Sheet, within: Box, paint: Paint = OVER): void {
    this.put(other.canvas, other.box, within, paint);
  }

  fill(color: string, within: Box, paint: Paint = OVER): void {
    const { context } = this;
    const { left, top, width, height } = shared(within, this.box);
    context.globalCompositeOperation = paint.operation;
    context.globalAlpha = paint.alpha;
    context.fillStyle = color;
    context.fillRect(left, top, width, height);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
  }

  /** Its colours without its alpha: each pixel whole. */
  opaque(within: Box): Sheet {
    const part = shared(within, this.box);
    const found = new Sheet(part);
    if (isEmpty(part)) return found;
    const [x, y] = [part.left - this.box.left, part.top - this.box.top];
    const pixels = this.context.getImageData(x, y, part.width, part.height);
    for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
    found.context.putImageData(pixels, 0, 0);
    return found;
  }
}
