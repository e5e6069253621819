/** Layers that were found. Each leads to its document, with the layer framed there. */
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { number } from "../../i18n/formats";
import {
  type Column,
  Empty,
  ErrorView,
  Faint,
  Name,
  Skeleton,
  Table,
  TableFoot,
} from "../../ui";
import { isColor } from "./searchbar";
import { t } from "./texts";

type Hit = Schemas["FoundLayerOut"];

const addressOf = ({ document_id, layer }: Hit): string =>
  at(`/documents/${document_id}`, { layer: String(layer.id) });

const columns = (): Column<Hit>[] => [
  {
    key: "layer",
    title: t("column.layer"),
    cell: (hit) => (
      <a href={addressOf(hit)}>
        <Name>{hit.layer.name || "–"}</Name>
      </a>
    ),
  },
  {
    key: "text",
    title: t("column.text"),
    width: "28%",
    isWide: true,
    cell: (hit) =>
      hit.layer.text ? <Name>{hit.layer.text.trim()}</Name> : <Faint>–</Faint>,
  },
  {
    key: "kind",
    title: t("search.kind"),
    width: "110px",
    isWide: true,
    cell: (hit) => t(`kind.${hit.layer.kind}` as "kind.pixel"),
  },
  {
    key: "size",
    title: t("column.size"),
    width: "110px",
    isNumber: true,
    isWide: true,
    cell: (hit) => `${number(hit.layer.width)} × ${number(hit.layer.height)}`,
  },
  {
    key: "document",
    title: t("column.document"),
    width: "30%",
    cell: (hit) => <Name>{hit.document_name}</Name>,
  },
];

export function Found({ query }: { query: Record<string, string> }) {
  const { route } = useLocation();
  const { q, font, color, kind } = query;
  const list = useList<Hit>(
    (cursor, signal) => {
      const asked = {
        limit: 100,
        ...(q?.trim() ? { q: q.trim() } : {}),
        ...(font?.trim() ? { font: font.trim() } : {}),
        ...(isColor(color) && color ? { color, tolerance: 8 } : {}),
        ...(kind ? { kind: [kind] } : {}),
        ...(cursor ? { cursor } : {}),
      };
      return ok(api.GET("/v1/psd/search", { params: { query: asked }, signal }));
    },
    [q, font, color, kind],
  );
  const rows = list.items.value;
  if (list.error.value !== undefined) {
    return <ErrorView error={list.error.value} retry={() => void list.reload()} />;
  }
  if (rows === undefined) return <Skeleton rows={10} />;
  if (rows.length === 0) {
    return (
      <Empty icon="search" title={t("found.none")}>
        {t("found.none.hint")}
      </Empty>
    );
  }
  return (
    <>
      <Table
        label={t("found")}
        columns={columns()}
        rows={rows}
        rowKey={(hit) => `${hit.document_id} ${hit.layer.id}`}
        onOpen={(hit) => route(addressOf(hit))}
        onEnd={() => void list.more()}
      />
      <TableFoot count={rows.length} isLoading={list.isLoading.value} />
    </>
  );
}
