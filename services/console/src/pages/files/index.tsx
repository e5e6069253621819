/** Files: all there are, and those that are dropped here. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { type Kind, kindOf } from "../../api/files";
import { useList } from "../../api/loading";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Bytes,
  type Column,
  DropPlace,
  FileButton,
  Icon,
  type IconName,
  Listing,
  Name,
  Page,
  Time,
} from "../../ui";
import { FilePanel } from "./file";
import css from "./files.module.css";
import { UploadsPanel } from "./panel";
import { t } from "./texts";
import { add, arrived } from "./uploads";

export type FileRow = Schemas["FileOut"];

const ICONS: Record<Kind, IconName> = {
  picture: "image",
  document: "layers",
  table: "table",
  other: "document",
};

const columns = (): Column<FileRow>[] => [
  {
    key: "name",
    title: t("column.name"),
    cell: (file) => (
      <a class={css.named} href={at("/", { file: file.id })}>
        <Icon name={ICONS[kindOf(file)]} />
        <Name>{file.name}</Name>
      </a>
    ),
  },
  {
    key: "type",
    title: t("column.type"),
    width: "24%",
    isWide: true,
    cell: (file) => <Name>{file.media_type}</Name>,
  },
  {
    key: "size",
    title: t("column.size"),
    width: "96px",
    isNumber: true,
    cell: (file) => <Bytes value={file.size} />,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "140px",
    isWide: true,
    cell: (file) => <Time at={file.created_at} />,
  },
];

export default function Files({ query }: PageProps) {
  const { route } = useLocation();
  const list = useList<FileRow>((cursor, signal) => {
    const asked = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/files", { params: { query: asked }, signal }));
  });
  useEffect(
    () => arrived.subscribe((count) => void (count > 0 && list.reload())),
    [list],
  );
  return (
    <DropPlace label={t("drop")} mayDrop={may("write")} onFiles={add}>
      <Page title={t("title")} actions={<UploadButton />} isFilled>
        <Listing
          label={t("title")}
          list={list}
          columns={columns()}
          rowKey={(file) => file.id}
          chosen={query.file}
          onOpen={(file) => route(at("/", { file: file.id }))}
          empty={{
            icon: "files",
            title: t("empty"),
            hint: t("empty.hint"),
            action: <UploadButton />,
          }}
        />
        <UploadsPanel />
      </Page>
      {query.file && (
        <FilePanel
          key={query.file}
          id={query.file}
          onClose={() => route(at("/"))}
          onDeleted={() => void list.reload()}
        />
      )}
    </DropPlace>
  );
}

function UploadButton() {
  const reason = may("write") ? undefined : t("upload.noScope");
  return (
    <FileButton look="main" isMany reason={reason} onFiles={add}>
      {t("upload")}
    </FileButton>
  );
}
