/** Outlines and distances over the picture, in pixels of the screen. */
import { number } from "../../i18n/formats";
import type { Looking } from "../../ui";
import { type Measure, measures } from "./measures";
import { type Box, isEmpty } from "./model";
import css from "./stage.module.css";
import type { DocumentView } from "./view";

export function Over({ view, looking }: { view: DocumentView; looking: Looking }) {
  const { chosen, second, hovered } = view;
  const [one, other] = [view.boxOf(chosen.value), view.boxOf(second.value)];
  const pointed = hovered.value === chosen.value ? null : view.boxOf(hovered.value);
  return (
    <>
      {pointed && <Outline box={pointed} looking={looking} look={css.hovered} />}
      {one && <Outline box={one} looking={looking} look={css.chosen} />}
      {other && <Outline box={other} looking={looking} look={css.second} />}
      {one &&
        other &&
        measures(one, other).map((each) => (
          <Distance key={each.side} measure={each} looking={looking} />
        ))}
    </>
  );
}

function Outline(props: { box: Box; looking: Looking; look: string | undefined }) {
  const { box, looking, look } = props;
  if (isEmpty(box)) return null;
  const { zoom, x, y } = looking.place.value;
  const at = {
    x: Math.round(box.left * zoom + x),
    y: Math.round(box.top * zoom + y),
    width: Math.max(1, Math.round(box.width * zoom)),
    height: Math.max(1, Math.round(box.height * zoom)),
  };
  return (
    <>
      <rect {...at} class={css.halo} />
      <rect {...at} class={look ?? ""} />
    </>
  );
}

function Distance({ measure, looking }: { measure: Measure; looking: Looking }) {
  const { zoom, x, y } = looking.place.value;
  const { from, to, length } = measure;
  if (length === 0) return null;
  const [x1, y1] = [from.x * zoom + x, from.y * zoom + y];
  const [x2, y2] = [to.x * zoom + x, to.y * zoom + y];
  const said = number(Math.round(length));
  const width = said.length * 7 + 12;
  const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return (
    <>
      <line x1={x1} y1={y1} x2={x2} y2={y2} class={css.line} />
      <g class={css.label}>
        <rect x={cx - width / 2} y={cy - 9} width={width} height={18} rx={4} />
        <text x={cx} y={cy}>
          {said}
        </text>
      </g>
    </>
  );
}
