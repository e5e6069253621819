/** All data sets. */
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useFeed } from "../../api/feed";
import { useList } from "../../api/loading";
import type { PageProps } from "../../routes";
import { ButtonLink, type Column, Count, Listing, Name, Page, Time } from "../../ui";
import { t } from "./texts";

type DataSet = Schemas["DatasetOut"];

const columns = (): Column<DataSet>[] => [
  {
    key: "name",
    title: t("column.name"),
    cell: (each) => (
      <a href={at(`/datasets/${each.id}`)}>
        <Name>{each.name}</Name>
      </a>
    ),
  },
  {
    key: "rows",
    title: t("column.rows"),
    width: "120px",
    isNumber: true,
    cell: (each) => <Count value={each.row_count} />,
  },
  {
    key: "columns",
    title: t("column.columns"),
    width: "100px",
    isNumber: true,
    isWide: true,
    cell: (each) => <Count value={each.column_count} />,
  },
  {
    key: "updated",
    title: t("column.updated"),
    width: "140px",
    isWide: true,
    cell: (each) => <Time at={each.updated_at} />,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "140px",
    isWide: true,
    cell: (each) => <Time at={each.created_at} />,
  },
];

export default function DataSets(_: PageProps) {
  const { route } = useLocation();
  const list = useList<DataSet>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/datasets", { params: { query }, signal }));
  });
  useFeed(
    (events) => {
      const isNew = events.some(
        (each) =>
          each.type === "reset" ||
          (/^data(_import|set)/.test(each.type) && each.status === "completed"),
      );
      if (isNew) void list.reload();
    },
    [list],
  );
  const action = (
    <ButtonLink look="main" icon="upload" href={at("/imports")}>
      {t("empty.import")}
    </ButtonLink>
  );
  return (
    <Page title={t("title")} actions={action} isFilled>
      <Listing
        label={t("title")}
        list={list}
        columns={columns()}
        rowKey={(each) => each.id}
        onOpen={(each) => route(at(`/datasets/${each.id}`))}
        empty={{ icon: "database", title: t("empty"), hint: t("empty.hint"), action }}
      />
    </Page>
  );
}
