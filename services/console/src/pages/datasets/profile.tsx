/** What is in the columns of a data set. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useFeed } from "../../api/feed";
import { useLoaded } from "../../api/loading";
import { Problem } from "../../api/problem";
import { percent } from "../../i18n/formats";
import {
  Bar,
  type Column,
  Count,
  Empty,
  ErrorView,
  Faint,
  Name,
  Skeleton,
  Table,
  Time,
} from "../../ui";
import { ColumnPanel } from "./column";
import type { DataSet } from "./dataset";
import { Histogram } from "./histogram";
import { t } from "./texts";

export type Profile = Schemas["ColumnProfile"];

export function ProfileView({ found }: { found: DataSet }) {
  const loaded = useLoaded(
    (signal) =>
      ok(
        api.GET("/v1/datasets/{dataset_id}/profile", {
          params: { path: { dataset_id: found.id } },
          signal,
        }),
      ),
    [found.id],
  );
  useFeed(
    (events) => {
      const isNew = events.some(
        (each) => each.type.includes("snapshot") && each.status === "completed",
      );
      if (isNew) void loaded.reload();
    },
    [loaded],
  );
  const [open, setOpen] = useState<string | undefined>();
  const profile = loaded.data.value;
  const error = loaded.error.value;
  if (!profile) {
    if (error instanceof Problem && error.status === 404) {
      return (
        <Empty icon="gauge" title={t("profile.none")}>
          {t("profile.none.hint")}
        </Empty>
      );
    }
    if (error) return <ErrorView error={error} retry={() => void loaded.reload()} />;
    return <Skeleton rows={10} />;
  }
  const chosen = profile.columns.find((each) => each.name === open);
  return (
    <>
      <Bar>
        <Faint>
          {t("profile.taken")} <Time at={profile.taken_at} />
        </Faint>
      </Bar>
      <Table
        label={t("tab.profile")}
        columns={columns(profile.row_count)}
        rows={profile.columns}
        rowKey={(each) => each.name}
        rowHeight={48}
        chosen={open}
        onOpen={(each) => setOpen(each.name)}
      />
      {chosen && (
        <ColumnPanel
          profile={chosen}
          rows={profile.row_count}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

/** Beside others, a value keeps its direction to itself. */
const isolated = (value: string) => `\u2068${value}\u2069`;

/** Of what has no histogram, its most frequent values. */
export const topOf = (profile: Profile): string =>
  profile.distinct === profile.count && profile.count > 1
    ? t("profile.unique")
    : profile.top
        .slice(0, 4)
        .map((each) => isolated(each.value))
        .join(", ");

const columns = (rows: number): Column<Profile>[] => [
  {
    key: "name",
    title: t("profile.column"),
    cell: (each) => <Name>{each.name}</Name>,
  },
  {
    key: "type",
    title: t("profile.type"),
    width: "110px",
    isWide: true,
    cell: (each) => <code>{each.type}</code>,
  },
  {
    key: "nulls",
    title: t("profile.nulls"),
    width: "84px",
    isNumber: true,
    cell: (each) =>
      each.nulls === 0 ? (
        <Faint>–</Faint>
      ) : (
        <span title={`${each.nulls}`}>{percent(each.nulls / Math.max(1, rows))}</span>
      ),
  },
  {
    key: "distinct",
    title: t("profile.distinct"),
    width: "90px",
    isNumber: true,
    isWide: true,
    cell: (each) => <Count value={each.distinct} />,
  },
  {
    key: "range",
    title: t("profile.range"),
    width: "24%",
    isWide: true,
    cell: (each) =>
      each.min === null ? (
        <Faint>–</Faint>
      ) : (
        <Name>{`${isolated(each.min)} – ${isolated(each.max ?? "")}`}</Name>
      ),
  },
  {
    key: "shape",
    title: t("profile.shape"),
    width: "180px",
    cell: (each) =>
      each.histogram.length > 0 ? (
        <Histogram name={each.name} bins={each.histogram} width={150} height={32} />
      ) : (
        <Faint>
          <Name>{topOf(each)}</Name>
        </Faint>
      ),
  },
];
