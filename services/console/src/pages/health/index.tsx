/** How the installation stands: servers, workers, what waits, streams, handlers. */
import { useEffect } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { Problem } from "../../api/problem";
import { duration, number } from "../../i18n/formats";
import {
  Badge,
  Bytes,
  type Column,
  Count,
  Empty,
  ErrorView,
  Faint,
  Icon,
  Page,
  Section,
  Skeleton,
  Table,
} from "../../ui";
import css from "./health.module.css";
import { t } from "./texts";

type System = Schemas["SystemOut"];
type Service = Schemas["ServiceOut"];
type Stream = Schemas["StreamOut"];
type Handler = Schemas["HandlerOut"];

const EVERY = 5000;

export default function Health() {
  const system = useLoaded((signal) => ok(api.GET("/v1/system", { signal })));
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void system.reload();
    }, EVERY);
    return () => clearInterval(timer);
  }, [system]);
  const found = system.data.value;
  const error = system.error.value;
  if (error instanceof Problem && error.status === 403) {
    return (
      <Page title={t("title")}>
        <Empty icon="shield" title={t("notOperator")}>
          {t("notOperator.hint")}
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={t("title")} actions={<Faint>{t("every")}</Faint>}>
      {found ? (
        <All system={found} />
      ) : error ? (
        <ErrorView error={error} retry={() => void system.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

function All({ system }: { system: System }) {
  const handlers = [...system.handlers].sort((a, b) => b.behind - a.behind);
  return (
    <>
      <Section title={t("servers")}>
        <ul class={css.servers}>
          {system.servers.map((each) => (
            <li key={each.name}>
              <strong>{each.name}</strong>
              <Badge tone={each.down ? "bad" : "good"}>
                {t(each.down ? "server.down" : "server.up")}
              </Badge>
              {each.down && <span class={css.why}>{each.down}</span>}
            </li>
          ))}
        </ul>
        {system.trouble && (
          <p class={css.trouble} role="alert">
            <Icon name="alert" /> {t("trouble")}: {system.trouble}
          </p>
        )}
      </Section>
      <Section title={t("services")} lead={t("services.lead")}>
        <Table
          label={t("services")}
          columns={serviceColumns()}
          rows={system.services}
          rowKey={(row) => row.name}
          isInline
        />
      </Section>
      <Section title={t("streams")}>
        <Table
          label={t("streams")}
          columns={streamColumns()}
          rows={system.streams}
          rowKey={(row) => row.name}
          isInline
        />
      </Section>
      <Section title={t("handlers")} lead={t("handlers.lead")}>
        <Table
          label={t("handlers")}
          columns={handlerColumns()}
          rows={handlers}
          rowKey={(row) => row.name}
          isInline
        />
      </Section>
    </>
  );
}

const pair = (high: number, low: number) => `${number(high)} / ${number(low)}`;

const serviceColumns = (): Column<Service>[] => [
  {
    key: "name",
    title: t("column.service"),
    cell: (row) => <code title={row.name}>{row.name}</code>,
  },
  {
    key: "workers",
    title: t("column.workers"),
    width: "76px",
    isNumber: true,
    cell: (row) =>
      row.workers > 0 ? (
        <Count value={row.workers} />
      ) : (
        <Badge tone="bad">{t("workers.none")}</Badge>
      ),
  },
  {
    key: "slots",
    title: t("column.slots"),
    isNumber: true,
    isWide: true,
    cell: (row) => pair(row.slots_high, row.slots_low),
  },
  {
    key: "work",
    title: t("column.atWork"),
    isNumber: true,
    isWide: true,
    cell: (row) => <Count value={row.at_work} />,
  },
  {
    key: "lanes",
    title: t("column.lanes"),
    isNumber: true,
    isWide: true,
    cell: (row) => pair(row.lane_high, row.lane_low),
  },
  {
    key: "waiting",
    title: t("column.waiting"),
    width: "76px",
    isNumber: true,
    cell: (row) => <Count value={row.waiting} />,
  },
  {
    key: "oldest",
    title: t("column.oldest"),
    width: "100px",
    isNumber: true,
    cell: (row) =>
      row.oldest_seconds == null ? <Faint>–</Faint> : duration(row.oldest_seconds),
  },
];

const streamColumns = (): Column<Stream>[] => [
  { key: "name", title: t("column.stream"), cell: (row) => <code>{row.name}</code> },
  {
    key: "messages",
    title: t("column.messages"),
    isNumber: true,
    cell: (row) => <Count value={row.messages} />,
  },
  {
    key: "size",
    title: t("column.size"),
    isNumber: true,
    cell: (row) => <Bytes value={row.size} />,
  },
];

const handlerColumns = (): Column<Handler>[] => [
  {
    key: "name",
    title: t("column.handler"),
    cell: (row) => <code title={row.name}>{row.name}</code>,
  },
  {
    key: "behind",
    title: t("column.behind"),
    width: "90px",
    isNumber: true,
    cell: (row) =>
      row.behind > 0 ? (
        <Badge tone="warn">{number(row.behind)}</Badge>
      ) : (
        <Count value={row.behind} />
      ),
  },
  {
    key: "work",
    title: t("column.atWork"),
    width: "90px",
    isNumber: true,
    cell: (row) => <Count value={row.at_work} />,
  },
];
