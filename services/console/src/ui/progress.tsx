/** How far something has come; without a known end it only moves. */
import { percent } from "../i18n/formats";
import css from "./progress.module.css";

interface ProgressProps {
  label: string;
  done: number;
  /** 0 where nobody knows. */
  total: number;
}

export function Progress({ label, done, total }: ProgressProps) {
  const part = total > 0 ? Math.min(done / total, 1) : undefined;
  return (
    <div
      class={css.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(part === undefined
        ? {}
        : { "aria-valuenow": Math.round(part * 100), "aria-valuetext": percent(part) })}
    >
      <div
        class={part === undefined ? css.moving : css.bar}
        style={part === undefined ? {} : { width: `${part * 100}%` }}
      />
    </div>
  );
}
