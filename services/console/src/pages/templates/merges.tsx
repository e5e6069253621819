/** What was merged with a template, the newest first. */
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useFeed } from "../../api/feed";
import { useList } from "../../api/loading";
import { useEndsSeen } from "../../api/tasks";
import { type Column, Count, Listing, State, Time } from "../../ui";
import { t } from "./texts";

type Merge = Schemas["MergeOut"];

const columns = (): Column<Merge>[] => [
  {
    key: "at",
    title: t("merges.at"),
    cell: (each) => (
      <a href={at(`/merges/${each.id}`)}>
        <Time at={each.created_at} />
      </a>
    ),
  },
  {
    key: "state",
    title: t("merges.state"),
    width: "120px",
    cell: (each) => <State state={each.state} />,
  },
  {
    key: "rows",
    title: t("merges.rows"),
    width: "80px",
    isNumber: true,
    cell: (each) => <Count value={each.rows} />,
  },
  {
    key: "pictures",
    title: t("merges.pictures"),
    width: "80px",
    isNumber: true,
    isWide: true,
    cell: (each) => <Count value={each.pictures} />,
  },
  {
    key: "rejected",
    title: t("merges.rejected"),
    width: "80px",
    isNumber: true,
    cell: (each) => <Count value={each.rejected} />,
  },
];

export function MergesView({ id }: { id: string }) {
  const { route } = useLocation();
  const list = useList<Merge>(
    (cursor, signal) => {
      const path = { template_id: id };
      const query = { limit: 100, ...(cursor ? { cursor } : {}) };
      return ok(
        api.GET("/v1/templates/{template_id}/merges", {
          params: { path, query },
          signal,
        }),
      );
    },
    [id],
  );
  useFeed(
    (events) => {
      const isOver = events.some(
        (each) => each.type.startsWith("psd.merge.") && each.status !== "progress",
      );
      if (isOver) void list.reload();
    },
    [list],
  );
  useEndsSeen(list.items.value, list.reload);
  return (
    <Listing
      label={t("tab.merges")}
      list={list}
      columns={columns()}
      rowKey={(each) => each.id}
      onOpen={(each) => route(at(`/merges/${each.id}`))}
      empty={{
        icon: "layers",
        title: t("merges.empty"),
        hint: t("merges.empty.hint"),
      }}
    />
  );
}
