/** What the workspace may use, what it does use, and what it used each day. */
import type { ComponentChildren } from "preact";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { bytes, compact, number } from "../../i18n/formats";
import {
  Bytes,
  type Column,
  Count,
  Empty,
  ErrorView,
  Facts,
  Faint,
  Page,
  Progress,
  Section,
  Skeleton,
  Table,
} from "../../ui";
import { Chart } from "./chart";
import { t } from "./texts";
import css from "./usage.module.css";

type Usage = Schemas["UsageOut"];
type Day = Schemas["UsageDayOut"];

const DAYS = 30;

export default function UsagePage() {
  const usage = useLoaded((signal) => {
    const from = new Date(Date.now() - DAYS * 86_400_000).toISOString().slice(0, 10);
    return ok(api.GET("/v1/usage", { params: { query: { from } }, signal }));
  });
  const found = usage.data.value;
  return (
    <Page title={t("title")}>
      {found ? (
        <>
          <Quotas usage={found} />
          <Rates limits={found.limits} />
          <Days days={found.days} />
        </>
      ) : usage.error.value ? (
        <ErrorView error={usage.error.value} retry={() => void usage.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

function Quotas({ usage }: { usage: Usage }) {
  const { limits, used } = usage;
  return (
    <Section title={t("limits")} lead={t("limits.lead")}>
      <ul class={css.quotas}>
        <Quota
          name={t("stored")}
          used={used.stored_bytes}
          limit={limits.stored_bytes}
          say={bytes}
        />
        <Quota
          name={t("tasks")}
          used={used.tasks_waiting}
          limit={limits.tasks_waiting}
        />
        <Quota name={t("uploads")} used={used.uploads} limit={limits.uploads} />
        <Quota name={t("rowsDay")} used={used.rows_day} limit={limits.rows_per_day} />
        <Quota
          name={t("rowsMonth")}
          used={used.rows_month}
          limit={limits.rows_per_month}
        />
        <Quota
          name={t("pixelsDay")}
          used={used.pixels_day}
          limit={limits.pixels_per_day}
          say={compact}
        />
        <Quota
          name={t("pixelsMonth")}
          used={used.pixels_month}
          limit={limits.pixels_per_month}
          say={compact}
        />
      </ul>
    </Section>
  );
}

interface QuotaProps {
  name: string;
  used: number;
  limit: number | null;
  say?: (value: number) => string;
}

function Quota({ name, used, limit, say = number }: QuotaProps) {
  return (
    <li class={css.quota}>
      <span>{name}</span>
      <strong>{say(used)}</strong>
      {limit === null ? (
        <Faint>{t("limits.none")}</Faint>
      ) : (
        <>
          <Progress label={name} done={used} total={Math.max(limit, 1)} />
          <Faint>{t("limits.of", { used: say(used), limit: say(limit) })}</Faint>
        </>
      )}
    </li>
  );
}

function Rates({ limits }: { limits: Usage["limits"] }) {
  const say = (value: number | null): ComponentChildren =>
    value === null ? <Faint>{t("limits.none")}</Faint> : <Count value={value} />;
  return (
    <Section title={t("rates")}>
      <Facts
        rows={[
          [t("rates.key"), say(limits.key_requests_per_second)],
          [t("rates.workspace"), say(limits.requests_per_second)],
          [t("rates.images"), say(limits.images_per_second)],
        ]}
      />
    </Section>
  );
}

const columns = (): Column<Day>[] => [
  { key: "day", title: t("column.day"), width: "120px", cell: (row) => row.day },
  {
    key: "requests",
    title: t("column.requests"),
    isNumber: true,
    cell: (row) => <Count value={row.requests} />,
  },
  {
    key: "uploads",
    title: t("column.uploads"),
    isNumber: true,
    isWide: true,
    cell: (row) => <Count value={row.uploads} />,
  },
  {
    key: "uploaded",
    title: t("column.uploaded"),
    isNumber: true,
    cell: (row) => <Bytes value={row.uploaded_bytes} />,
  },
  {
    key: "tasks",
    title: t("column.tasks"),
    isNumber: true,
    cell: (row) => (
      <Count value={Object.values(row.tasks).reduce((sum, each) => sum + each, 0)} />
    ),
  },
  {
    key: "rows",
    title: t("column.rows"),
    isNumber: true,
    isWide: true,
    cell: (row) => <Count value={row.rows_imported} />,
  },
  {
    key: "pixels",
    title: t("column.pixels"),
    isNumber: true,
    isWide: true,
    cell: (row) => <span title={number(row.pixels)}>{compact(row.pixels)}</span>,
  },
];

function Days({ days }: { days: Day[] }) {
  return (
    <Section title={t("days")} lead={t("days.lead")}>
      {days.length === 0 ? (
        <Empty icon="gauge" title={t("days.empty")} />
      ) : (
        <>
          <Chart days={days} length={DAYS} />
          <Table
            label={t("days")}
            columns={columns()}
            rows={[...days].reverse()}
            rowKey={(row) => row.day}
            isInline
          />
        </>
      )}
    </Section>
  );
}
