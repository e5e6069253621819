/** Which tasks are shown: by state, kind, words and time. All of it stands in the
 * address, so that it can be sent to somebody. */
import { useEffect, useState } from "preact/hooks";
import type { Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { Bar, Button, Segments, Select, TextField } from "../../ui";
import css from "./tasks.module.css";
import { t } from "./texts";

const STATES = ["all", "active", "completed", "failed", "cancelled"] as const;
const SPANS = ["all", "1h", "24h", "7d"] as const;
const HOURS: Record<string, number> = { "1h": 1, "24h": 24, "7d": 168 };
const HOUR = 3_600_000;
const TYPING = 250;

export type State = (typeof STATES)[number];
export type Span = (typeof SPANS)[number];

export interface Filter {
  state: State;
  /** As `psd.parse_export`; empty for all. */
  kind: string;
  /** In the kind, the id, the error or what it makes; small letters. */
  text: string;
  since: Span;
}

export function filterOf(query: Record<string, string>): Filter {
  return {
    state: STATES.find((each) => each === query.state) ?? "all",
    kind: query.kind ?? "",
    text: (query.text ?? "").toLowerCase(),
    since: SPANS.find((each) => each === query.since) ?? "all",
  };
}

export function queryOf(filter: Filter): Record<string, string | undefined> {
  const { state, kind, text, since } = filter;
  return {
    state: state === "all" ? undefined : state,
    kind: kind || undefined,
    text: text || undefined,
    since: since === "all" ? undefined : since,
  };
}

export const isOpen = (filter: Filter): boolean =>
  filter.state === "all" && !filter.kind && !filter.text && filter.since === "all";

/** Before it nothing is shown, and nothing has to be looked for; 0 for no such time. */
export function beginOf(filter: Filter, now: number): number {
  const hours = HOURS[filter.since];
  return hours === undefined ? 0 : now - hours * HOUR;
}

const isIn = (task: Task, state: State): boolean =>
  state === "all" ||
  task.state === state ||
  (state === "active" && (task.state === "queued" || task.state === "running"));

const has = (task: Task, text: string): boolean =>
  task.name.includes(text) ||
  task.id.includes(text) ||
  (task.resource ?? "").toLowerCase().includes(text) ||
  (task.error?.message ?? "").toLowerCase().includes(text) ||
  (task.error?.code ?? "").toLowerCase().includes(text);

export function shown(tasks: Task[], filter: Filter, now: number): Task[] {
  if (isOpen(filter)) return tasks;
  const { state, kind, text } = filter;
  const begin = beginOf(filter, now);
  return tasks.filter(
    (task) =>
      isIn(task, state) &&
      (kind === "" || task.name === kind) &&
      (text === "" || has(task, text)) &&
      (begin === 0 || Date.parse(task.created_at) >= begin),
  );
}

interface FiltersProps {
  filter: Filter;
  /** Of the tasks that are known here. */
  kinds: string[];
  onChange: (filter: Filter) => void;
}

export function Filters({ filter, kinds, onChange }: FiltersProps) {
  const known = new Set(kinds);
  if (filter.kind) known.add(filter.kind);
  return (
    <Bar>
      <Segments
        label={t("filter")}
        value={filter.state}
        options={STATES.map((value) => ({ value, label: t(`filter.${value}`) }))}
        onChange={(state) => onChange({ ...filter, state })}
      />
      <Select
        label={t("filter.kind")}
        isBare
        value={filter.kind}
        options={[
          { value: "", label: t("filter.kind.all") },
          ...[...known].sort().map((value) => ({ value, label: value })),
        ]}
        onChange={(kind) => onChange({ ...filter, kind })}
      />
      <Select
        label={t("filter.since")}
        isBare
        value={filter.since}
        options={SPANS.map((value) => ({ value, label: t(`since.${value}`) }))}
        onChange={(since) => onChange({ ...filter, since })}
      />
      <Words text={filter.text} onChange={(text) => onChange({ ...filter, text })} />
      {!isOpen(filter) && (
        <Button
          look="quiet"
          icon="x"
          onClick={() => onChange({ state: "all", kind: "", text: "", since: "all" })}
        >
          {t("filter.clear")}
        </Button>
      )}
    </Bar>
  );
}

/** What is typed counts once the hand rests: the address changes with it. */
function Words({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed.toLowerCase() === text) return;
    const timer = setTimeout(() => onChange(typed.trim().toLowerCase()), TYPING);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div class={css.words}>
      <TextField
        label={common("do.search")}
        isBare
        type="search"
        placeholder={t("filter.text")}
        value={typed}
        onInput={setTyped}
      />
    </div>
  );
}
