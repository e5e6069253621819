/** Documents: all there are, and a search for layers in all of them. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useFeed } from "../../api/feed";
import { thumbnailOf } from "../../api/files";
import { type LoadedList, useList } from "../../api/loading";
import { number } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import { type Column, Count, Listing, Name, Page, Time } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./documents.module.css";
import { Found } from "./found";
import { Opening } from "./opening";
import { isAsked, SearchBar } from "./searchbar";
import { t } from "./texts";

type Row = Schemas["DocumentOut"];

/** Pixels: a small picture, and air around it. */
const ROW = 52;

const columns = (): Column<Row>[] => [
  {
    key: "name",
    title: t("column.name"),
    cell: (row) => (
      <a class={css.named} href={at(`/documents/${row.id}`)}>
        {row.composite ? (
          <Thumbnail address={thumbnailOf(row.id)} />
        ) : (
          <span class={css.none} />
        )}
        <Name>{row.name}</Name>
      </a>
    ),
  },
  {
    key: "size",
    title: t("column.size"),
    width: "130px",
    isNumber: true,
    cell: (row) => `${number(row.width)} × ${number(row.height)}`,
  },
  {
    key: "mode",
    title: t("column.mode"),
    width: "130px",
    isWide: true,
    cell: (row) => `${t(`mode.${row.color_mode}` as "mode.rgb")} · ${row.depth} bit`,
  },
  {
    key: "layers",
    title: t("column.layers"),
    width: "84px",
    isNumber: true,
    cell: (row) => <Count value={row.layer_count} />,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "140px",
    isWide: true,
    cell: (row) => <Time at={row.created_at} />,
  },
];

export default function Documents({ query }: PageProps) {
  const list = useList<Row>((cursor, signal) => {
    const asked = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/psd/documents", { params: { query: asked }, signal }));
  });
  useFeed(
    (events) => {
      const isNew = ({ type }: { type: string }) =>
        type === "psd.parse_export.completed" || type === "reset";
      if (events.some(isNew)) void list.reload();
    },
    [list],
  );
  const [isOpening, setOpening] = useState(false);
  return (
    <Page
      title={t("title")}
      actions={<Opening isBusy={isOpening} onBusy={setOpening} />}
      bar={<SearchBar query={query} />}
      isFilled
    >
      {isAsked(query) ? <Found query={query} /> : <All list={list} />}
    </Page>
  );
}

function All({ list }: { list: LoadedList<Row> }) {
  const { route } = useLocation();
  return (
    <Listing
      label={t("title")}
      list={list}
      columns={columns()}
      rowKey={(row) => row.id}
      rowHeight={ROW}
      onOpen={(row) => route(at(`/documents/${row.id}`))}
      empty={{ icon: "layers", title: t("empty"), hint: t("empty.hint") }}
    />
  );
}
