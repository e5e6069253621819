/** Messages that nobody could carry out: why, and what becomes of them. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import type { PageProps } from "../../routes";
import {
  Badge,
  Bar,
  Button,
  type Column,
  Faint,
  Id,
  Listing,
  Name,
  Page,
  Select,
  TextField,
  Time,
} from "../../ui";
import { AllActions } from "./all";
import css from "./dead-letters.module.css";
import { LetterPanel } from "./letter";
import { REASONS, reasonText, t } from "./texts";

export type Letter = Schemas["LetterOut"];

/** As the API takes it; empty texts for all. */
export interface Filter {
  reason: string;
  subject: string;
  task: string;
}

const TYPING = 350;

/** What the API would refuse is left out, and said at its field. */
const SUBJECT = /^[A-Za-z0-9_.*>-]+$/;
const TASK = /^tsk_[0-9a-f]{32}$/;

export const queryOf = ({ reason, subject, task }: Filter) => ({
  ...(reason ? { reason } : {}),
  ...(SUBJECT.test(subject) ? { subject } : {}),
  ...(TASK.test(task) ? { task_id: task } : {}),
});

export default function DeadLetters({ query }: PageProps) {
  const { route } = useLocation();
  const { reason = "", subject = "", task = "", letter } = query;
  const filter = { reason, subject, task };
  const list = useList<Letter>(
    (cursor, signal) => {
      const asked = { limit: 100, ...queryOf(filter), ...(cursor ? { cursor } : {}) };
      return ok(api.GET("/v1/dead-letters", { params: { query: asked }, signal }));
    },
    [reason, subject, task],
  );
  const rows = list.items.value;
  const go = (changed: Partial<Filter> & { letter?: string }, isSame = true) => {
    route(at("/dead-letters", { ...filter, ...changed }), isSame);
  };
  const isOpen = !reason && !subject && !task;
  return (
    <Page
      title={t("title")}
      actions={
        <AllActions
          filter={filter}
          count={rows?.length ?? 0}
          hasMore={list.hasMore.value}
          onDone={() => void list.reload()}
        />
      }
      bar={<Filters filter={filter} onChange={go} />}
      isFilled
    >
      <Listing
        label={t("title")}
        list={list}
        columns={columns((id) => at("/dead-letters", { ...filter, letter: id }))}
        rowKey={(each) => String(each.id)}
        chosen={letter}
        onOpen={(each) => go({ letter: String(each.id) }, false)}
        empty={{
          icon: "inbox",
          title: t(isOpen ? "empty" : "empty.filter"),
          hint: t("empty.hint"),
        }}
      />
      {letter && (
        <LetterPanel
          key={letter}
          id={Number(letter)}
          onClose={() => go({})}
          onGone={() => {
            go({});
            void list.reload();
          }}
        />
      )}
    </Page>
  );
}

interface FiltersProps {
  filter: Filter;
  onChange: (changed: Partial<Filter>) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  return (
    <Bar>
      <Select
        label={t("filter.reason")}
        isBare
        value={filter.reason}
        options={[
          { value: "", label: t("filter.reason.all") },
          ...REASONS.map((value) => ({
            value: value as string,
            label: reasonText(value),
          })),
        ]}
        onChange={(reason) => onChange({ reason })}
      />
      <Typed
        label={t("filter.subject")}
        placeholder="tasks.psd.>"
        value={filter.subject}
        isGood={(text) => SUBJECT.test(text)}
        onChange={(subject) => onChange({ subject })}
      />
      <Typed
        label={t("filter.task")}
        placeholder="tsk_…"
        value={filter.task}
        isGood={(text) => TASK.test(text)}
        onChange={(task) => onChange({ task })}
      />
      {(filter.reason || filter.subject || filter.task) && (
        <Button
          look="quiet"
          icon="x"
          onClick={() => onChange({ reason: "", subject: "", task: "" })}
        >
          {t("filter.clear")}
        </Button>
      )}
    </Bar>
  );
}

/** Counts once the hand rests, and only as far as the API can take it. */
function Typed(props: {
  label: string;
  placeholder: string;
  value: string;
  isGood: (text: string) => boolean;
  onChange: (text: string) => void;
}) {
  const { label, placeholder, value, isGood, onChange } = props;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const isBad = typed !== "" && !isGood(typed);
  useEffect(() => {
    if (typed === value || isBad) return;
    const timer = setTimeout(() => onChange(typed), TYPING);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div class={css.typed}>
      <TextField
        label={label}
        isBare
        type="search"
        placeholder={`${label} (${placeholder})`}
        value={typed}
        input={{ "aria-invalid": isBad, title: isBad ? t("filter.bad") : "" }}
        onInput={(text) => setTyped(text.trim())}
      />
    </div>
  );
}

const columns = (pageOf: (id: string) => string): Column<Letter>[] => [
  {
    key: "id",
    title: t("letter"),
    width: "84px",
    cell: (letter) => <a href={pageOf(String(letter.id))}>{`#${letter.id}`}</a>,
  },
  {
    key: "time",
    title: t("time"),
    width: "130px",
    isWide: true,
    cell: (letter) => <Time at={letter.time} />,
  },
  {
    key: "reason",
    title: t("filter.reason"),
    width: "170px",
    cell: (letter) => <Badge tone="bad">{reasonText(letter.reason)}</Badge>,
  },
  { key: "error", title: t("error"), cell: (letter) => <Name>{letter.error}</Name> },
  {
    key: "subject",
    title: t("filter.subject"),
    width: "20%",
    isWide: true,
    cell: (letter) => <Id>{letter.subject}</Id>,
  },
  {
    key: "task",
    title: t("task"),
    width: "150px",
    isWide: true,
    cell: (letter) =>
      letter.task_id ? (
        <a href={at(`/tasks/${letter.task_id}`)}>
          <Id>{letter.task_id}</Id>
        </a>
      ) : (
        <Faint>{common("say.none")}</Faint>
      ),
  },
];
