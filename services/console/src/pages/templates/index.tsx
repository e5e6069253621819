/** All templates. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { thumbnailOf } from "../../api/files";
import { useList } from "../../api/loading";
import { number } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import { Button, type Column, Faint, Listing, Name, Page, Time } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import { CreateDialog } from "./create";
import { RoomTabs } from "./tabs";
import css from "./templates.module.css";
import { t } from "./texts";

/** Pixels: a small picture, and air around it. */
const ROW = 52;

export type Template = Schemas["TemplateOut"];

const columns = (): Column<Template>[] => [
  {
    key: "name",
    title: t("column.name"),
    cell: (each) => (
      <a class={css.named} href={at(`/templates/${each.id}`)}>
        <Thumbnail address={thumbnailOf(each.document_id)} />
        <Name>{each.name}</Name>
      </a>
    ),
  },
  {
    key: "slots",
    title: t("column.slots"),
    width: "36%",
    cell: (each) => (
      <Faint>
        <Name>{each.slots.map((slot) => slot.name).join(", ")}</Name>
      </Faint>
    ),
  },
  {
    key: "size",
    title: t("column.size"),
    width: "140px",
    isWide: true,
    isNumber: true,
    cell: (each) => `${number(each.width)} × ${number(each.height)}`,
  },
  {
    key: "revision",
    title: t("column.revision"),
    width: "90px",
    isWide: true,
    isNumber: true,
    cell: (each) => each.revision,
  },
  {
    key: "changed",
    title: t("column.changed"),
    width: "140px",
    isWide: true,
    cell: (each) => <Time at={each.changed_at} />,
  },
];

export default function Templates(_: PageProps) {
  const { route } = useLocation();
  const [isMaking, setMaking] = useState(false);
  const list = useList<Template>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/templates", { params: { query }, signal }));
  });
  const reason = may("write") ? undefined : t("create.noScope");
  const button = (
    <Button look="main" icon="plus" reason={reason} onClick={() => setMaking(true)}>
      {t("create")}
    </Button>
  );
  return (
    <Page
      title={t("title")}
      actions={button}
      bar={<RoomTabs of="templates" />}
      isFilled
    >
      <Listing
        label={t("title")}
        list={list}
        columns={columns()}
        rowHeight={ROW}
        rowKey={(each) => each.id}
        onOpen={(each) => route(at(`/templates/${each.id}`))}
        empty={{
          icon: "template",
          title: t("empty"),
          hint: t("empty.hint"),
          action: button,
        }}
      />
      {isMaking && <CreateDialog onClose={() => setMaking(false)} />}
    </Page>
  );
}
