/** Something large to look at: wheel and fingers move and enlarge it, and so do keys. */
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import en from "../i18n/en/viewer";
import { percent } from "../i18n/formats";
import { translator } from "../i18n/texts";
import zh from "../i18n/zh/viewer";
import { IconButton } from "./button";
import { useGestures } from "./gestures";
import type { Looking } from "./viewport";
import css from "./viewport.module.css";

const t = translator(en, zh);

export interface Pointed {
  /** Pixels of the content. */
  x: number;
  y: number;
  event: MouseEvent;
}

interface ViewerProps {
  label: string;
  looking: Looking;
  /** As large as the content. */
  children: ComponentChildren;
  /** Above the content, in pixels of the screen: it follows `looking` by itself. */
  following?: ComponentChildren;
  /** Drawn over it in pixels of the screen, as SVG. */
  over?: ComponentChildren;
  tools?: ComponentChildren;
  isPicking?: boolean;
  onPick?: (at: Pointed) => void;
  onPoint?: (at: Pointed | null) => void;
  /** Keys besides those that move. True: it was taken. */
  onKey?: (event: TargetedKeyboardEvent<HTMLElement>) => boolean;
}

const STEP = 1.25;
const PAN = 48;

export function Viewer(props: ViewerProps) {
  const { looking, label, isPicking = false } = props;
  const whole = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = whole.current;
    if (!element) return;
    const look = () => looking.resize(element.clientWidth, element.clientHeight);
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    look();
    return () => sizes.disconnect();
  }, [looking]);
  const gestures = useGestures(whole, looking, props.onPick, props.onPoint);
  const { zoom, x, y } = looking.place.value;
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    if (!moved(looking, event) && !props.onKey?.(event)) return;
    event.preventDefault();
  };
  return (
    <section
      ref={whole}
      class={css.viewport}
      aria-label={label}
      aria-keyshortcuts="+ - 0 1"
      data-moving={gestures.isMoving}
      data-picks={isPicking}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move what is shown
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...gestures.handlers}
    >
      <div
        class={css.content}
        data-large={zoom >= 2}
        style={{
          width: `${looking.width}px`,
          height: `${looking.height}px`,
          transform: `translate(${x}px, ${y}px) scale(${zoom})`,
        }}
      >
        {props.children}
      </div>
      {props.following}
      {props.over && (
        <svg class={css.over} aria-hidden="true">
          {props.over}
        </svg>
      )}
      <div class={css.tools}>
        {props.tools}
        <IconButton
          icon="minus"
          label={t("out")}
          onClick={() => looking.zoomBy(1 / STEP)}
        />
        <output class={css.zoom} aria-label={t("zoom")}>
          {percent(zoom)}
        </output>
        <IconButton icon="plus" label={t("in")} onClick={() => looking.zoomBy(STEP)} />
        <IconButton icon="fit" label={t("fit")} onClick={() => looking.fit()} />
        <IconButton
          icon="actual"
          label={t("actual")}
          onClick={() => looking.zoomTo(1)}
        />
      </div>
    </section>
  );
}

function moved(looking: Looking, event: TargetedKeyboardEvent<HTMLElement>): boolean {
  const { key } = event;
  if (key === "+" || key === "=") looking.zoomBy(STEP);
  else if (key === "-" || key === "_") looking.zoomBy(1 / STEP);
  else if (key === "0") looking.fit();
  else if (key === "1") looking.zoomTo(1);
  else if (key === "ArrowLeft") looking.move(PAN, 0);
  else if (key === "ArrowRight") looking.move(-PAN, 0);
  else if (key === "ArrowUp") looking.move(0, PAN);
  else if (key === "ArrowDown") looking.move(0, -PAN);
  else return false;
  return true;
}
