/** Requests by day, as bars; the table below has the figures. */
import type { Schemas } from "../../api/client";
import { number } from "../../i18n/formats";
import { t } from "./texts";
import css from "./usage.module.css";

const HEIGHT = 90;
const WIDTH = 720;

export function Chart(props: { days: Schemas["UsageDayOut"][]; length: number }) {
  const byDay = new Map(props.days.map((each) => [each.day, each.requests]));
  const most = Math.max(...byDay.values(), 1);
  const days = Array.from({ length: props.length }, (_, at) => {
    const moment = new Date(Date.now() - (props.length - 1 - at) * 86_400_000);
    const day = moment.toISOString().slice(0, 10);
    return { day, count: byDay.get(day) ?? 0 };
  });
  const step = WIDTH / props.length;
  return (
    <svg
      class={css.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t("days.chart")}
    >
      {days.map(({ day, count }, at) => {
        const height = count === 0 ? 1 : Math.max(2, (count / most) * (HEIGHT - 4));
        return (
          <rect
            key={day}
            x={at * step + 2}
            y={HEIGHT - height}
            width={step - 4}
            height={height}
            rx="1.5"
            {...(count === 0 ? { class: css.none } : {})}
          >
            <title>{`${day}: ${number(count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
