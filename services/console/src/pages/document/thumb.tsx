/** A layer's picture, small. It is asked for once its row is seen. */
import { useEffect, useRef, useState } from "preact/hooks";
import css from "./layers.module.css";
import type { Layer } from "./model";
import type { DocumentView } from "./view";

const SIDE = 28;

export function Thumb({ view, layer }: { view: DocumentView; layer: Layer }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [, look] = useState(0);
  const { image, id } = layer;
  const bitmap =
    image &&
    view.bitmaps.thumb({ id, width: image.width, height: image.height }, () =>
      look((before) => before + 1),
    );
  useEffect(() => () => view.bitmaps.unlisten(id), [view, id]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !bitmap) return;
    const side = SIDE * 2;
    const part = Math.min(side / bitmap.width, side / bitmap.height, 2);
    const [width, height] = [bitmap.width * part, bitmap.height * part];
    context.clearRect(0, 0, side, side);
    context.drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
  }, [bitmap]);
  return (
    <span class={css.thumb} aria-hidden="true">
      <canvas ref={canvas} width={SIDE * 2} height={SIDE * 2} />
    </span>
  );
}
