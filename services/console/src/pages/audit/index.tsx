/** Who did what, the newest first, by filters that stand in the address. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import type { PageProps } from "../../routes";
import {
  Badge,
  Bar,
  Button,
  type Column,
  Copy,
  Dialog,
  Facts,
  Faint,
  Id,
  Listing,
  Name,
  Page,
  TextField,
  Time,
} from "../../ui";
import css from "./audit.module.css";
import { t } from "./texts";

type Entry = Schemas["AuditEntryOut"];

const FILTERS = ["actor", "action", "object", "from", "to"] as const;
type Filter = (typeof FILTERS)[number];
type Filters = Partial<Record<Filter, string>>;

const TYPED_FOR = 400;
const DAY = 86_400_000;

function status(entry: Entry) {
  const code = entry.status;
  if (code == null) return <Badge tone="warn">?</Badge>;
  return <Badge tone={code < 400 ? "good" : "bad"}>{code}</Badge>;
}

const columns = (): Column<Entry>[] => [
  {
    key: "at",
    title: t("column.at"),
    width: "116px",
    cell: (row) => <Time at={row.created_at} />,
  },
  {
    key: "who",
    title: t("column.who"),
    width: "20%",
    cell: (row) =>
      row.actor_name ? <Name>{row.actor_name}</Name> : <Faint>{t("nobody")}</Faint>,
  },
  {
    key: "action",
    title: t("column.action"),
    cell: (row) => <code title={row.action}>{row.action}</code>,
  },
  {
    key: "objects",
    title: t("column.objects"),
    isWide: true,
    cell: (row) => <Id>{row.objects.join(", ") || "–"}</Id>,
  },
  {
    key: "address",
    title: t("column.address"),
    width: "130px",
    isWide: true,
    cell: (row) => row.address ?? <Faint>–</Faint>,
  },
  { key: "status", title: t("column.status"), width: "74px", cell: status },
];

export default function Audit({ query }: PageProps) {
  const filters: Filters = Object.fromEntries(
    FILTERS.flatMap((each) => (query[each] ? [[each, query[each]]] : [])),
  );
  const list = useList<Entry>(
    (cursor, signal) => {
      const { from, to, ...same } = filters;
      const asked = {
        ...same,
        ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
        // All of the last day, where the viewer is.
        ...(to ? { to: dayAfter(to).toISOString() } : {}),
        limit: 100,
        ...(cursor ? { cursor } : {}),
      };
      return ok(api.GET("/v1/audit", { params: { query: asked }, signal }));
    },
    [JSON.stringify(filters)],
  );
  const [opened, setOpened] = useState<Entry>();
  return (
    <Page title={t("title")} bar={<FilterBar filters={filters} />} isFilled>
      <Listing
        label={t("title")}
        list={list}
        columns={columns()}
        rowKey={(row) => row.id}
        onOpen={setOpened}
        empty={{ icon: "shield", title: t("empty"), hint: t("empty.hint") }}
      />
      {opened && <EntryPanel entry={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  );
}

const isDay = (filter: keyof Filters) => filter === "from" || filter === "to";

const dayAfter = (day: string) => new Date(new Date(`${day}T00:00:00`).getTime() + DAY);

/** What is typed is looked for a moment later. */
function FilterBar({ filters }: { filters: Filters }) {
  const { route } = useLocation();
  const [typed, setTyped] = useState<Filters>(filters);
  useEffect(() => {
    if (JSON.stringify(typed) === JSON.stringify(filters)) return;
    const timer = setTimeout(() => route(at("/audit", typed), true), TYPED_FOR);
    return () => clearTimeout(timer);
  }, [JSON.stringify(typed)]);
  const isFiltered = Object.values(typed).some(Boolean);
  return (
    <Bar>
      <search class={css.filters} aria-label={t("filter")}>
        {FILTERS.map((each) => (
          <TextField
            key={each}
            label={t(`filter.${each}`)}
            placeholder={t(`filter.${each}`)}
            isBare={!isDay(each)}
            type={isDay(each) ? "date" : "search"}
            value={typed[each] ?? ""}
            onInput={(value) => setTyped({ ...typed, [each]: value })}
          />
        ))}
      </search>
      {isFiltered && (
        <Button
          look="quiet"
          onClick={() => {
            setTyped({});
            route(at("/audit"), true);
          }}
        >
          {t("filter.clear")}
        </Button>
      )}
    </Bar>
  );
}

function EntryPanel({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const copied = (text: string | null) =>
    text ? (
      <>
        <Id>{text}</Id> <Copy text={text} />
      </>
    ) : (
      "–"
    );
  return (
    <Dialog title={t("entry.title")} size="side" onClose={onClose}>
      <Facts
        rows={[
          [t("column.at"), <Time key="at" at={entry.created_at} />],
          [t("column.who"), <bdi key="who">{entry.actor_name ?? t("nobody")}</bdi>],
          [t("entry.actor"), copied(entry.actor_id)],
          [t("column.action"), <code key="action">{entry.action}</code>],
          [
            t("column.objects"),
            entry.objects.map((each) => (
              <div key={each}>
                <Id>{each}</Id> <Copy text={each} />
              </div>
            )),
          ],
          [
            t("column.status"),
            <span key="status">
              {status(entry)} {entry.status == null && t("entry.status.unknown")}
            </span>,
          ],
          [t("column.address"), entry.address ?? "–"],
          [t("entry.agent"), <bdi key="agent">{entry.user_agent ?? "–"}</bdi>],
          [t("entry.session"), copied(entry.session_id)],
          [t("entry.trace"), copied(entry.trace_id)],
        ]}
      />
    </Dialog>
  );
}
