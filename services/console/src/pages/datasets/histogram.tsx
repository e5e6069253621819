/** How values are spread, as bars. */

import css from "./datasets.module.css";
import { t } from "./texts";

export interface Bin {
  low: string;
  high: string;
  count: number;
}

interface HistogramProps {
  name: string;
  bins: Bin[];
  width: number;
  height: number;
}

const GAP = 1;

/** The numbers themselves stand in a table beside it. */
export function Histogram({ name, bins, width, height }: HistogramProps) {
  const most = Math.max(1, ...bins.map((each) => each.count));
  const step = width / Math.max(1, bins.length);
  const label = t("profile.histogramOf", {
    name,
    count: bins.length,
    low: bins[0]?.low ?? "",
    high: bins.at(-1)?.high ?? "",
  });
  return (
    <svg
      class={css.histogram}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      {bins.map((each, at) => {
        // What is there is seen, however little it is.
        const tall = each.count === 0 ? 0 : Math.max(1.5, (each.count / most) * height);
        return (
          <rect
            key={at}
            x={at * step}
            y={height - tall}
            width={Math.max(1, step - GAP)}
            height={tall}
          >
            <title>{`${each.low} – ${each.high}: ${each.count}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
