/** Two pictures of one thing upon each other, and a line between them that is moved: by
 * hand, or by the arrow keys of the slider that it is. */
import { useState } from "preact/hooks";
import css from "./compare.module.css";

interface CompareProps {
  label: string;
  before: { src: string; name: string };
  after: { src: string; name: string };
}

export function Compare({ label, before, after }: CompareProps) {
  const [at, setAt] = useState(50);
  const text = `${before.name} ${at} %, ${after.name} ${100 - at} %`;
  return (
    <div class={css.place}>
      <img class={css.after} src={after.src} alt={after.name} />
      <img
        class={css.before}
        src={before.src}
        alt={before.name}
        style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}
      />
      <span class={css.line} style={{ left: `${at}%` }} />
      <span class={css.left}>{before.name}</span>
      <span class={css.right}>{after.name}</span>
      <input
        class={css.slider}
        type="range"
        min={0}
        max={100}
        value={at}
        aria-label={label}
        aria-valuetext={text}
        onInput={(event) => setAt(Number(event.currentTarget.value))}
      />
    </div>
  );
}
