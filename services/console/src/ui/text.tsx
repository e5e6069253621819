/** Small things that are said: names, times, sizes, states. */
import type { ComponentChildren } from "preact";
import { isCommonKey, t } from "../i18n";
import * as formats from "../i18n/formats";
import css from "./text.module.css";

const LONGEST = 300;

/** What a user has called something: text and nothing else, in its own direction, on
 * one line; the whole of it when pointed at. */
export function Name({ children }: { children: string }) {
  const shown = children.length > LONGEST ? `${children.slice(0, LONGEST)}…` : children;
  return (
    <bdi class={css.name} title={children}>
      {shown}
    </bdi>
  );
}

/** `at` as the API tells it; nothing where there is no such time. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <span class={css.faint}>–</span>;
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formats.moment(moment)}>
      {formats.when(moment)}
    </time>
  );
}

export function Bytes({ value }: { value: number }) {
  return <span title={formats.number(value)}>{formats.bytes(value)}</span>;
}

export function Count({ value }: { value: number }) {
  return <span class={css.number}>{formats.number(value)}</span>;
}

/** An id or a hash, in letters of one width. */
export function Id({ children }: { children: string }) {
  return (
    <code class={css.id} title={children}>
      {children}
    </code>
  );
}

const TONES: Record<string, Tone> = {
  completed: "good",
  delivered: "good",
  open: "busy",
  running: "busy",
  queued: "calm",
  failed: "bad",
  cancelled: "calm",
};

export type Tone = "good" | "bad" | "warn" | "busy" | "calm";

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`${css.badge} ${css[tone]}`}>{children}</span>;
}

/** The state of a task, or of what is like one. */
export function State({ state }: { state: string }) {
  const key = `state.${state}`;
  return (
    <Badge tone={TONES[state] ?? "calm"}>
      <span class={css.dot} />
      {isCommonKey(key) ? t(key) : state}
    </Badge>
  );
}

export function Faint({ children }: { children: ComponentChildren }) {
  return <span class={css.faint}>{children}</span>;
}

/** Names and what they are: the properties of one thing. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class={css.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
