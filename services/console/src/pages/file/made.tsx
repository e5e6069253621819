/** Everything made of a file: documents, pictures, backgrounds, imported tables. */
import type { ComponentChildren } from "preact";
import { at } from "../../addresses";
import { type FileRow, type Kind, kindOf } from "../../api/files";
import { type Loaded, useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { number } from "../../i18n/formats";
import { Bytes, ErrorNote, Faint, Name, Section, Skeleton, Time } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./file.module.css";
import { backgroundsOf, documentsOf, importsOf, transformationsOf } from "./making";
import { t } from "./texts";

export function Made({ file }: { file: FileRow }) {
  const kind = kindOf(file);
  return (
    <>
      {kind === "document" && <Documents id={file.id} />}
      {kind !== "table" && <Transformations id={file.id} />}
      {kind === "picture" && <Backgrounds id={file.id} />}
      {isTable(file, kind) && <Imports id={file.id} />}
    </>
  );
}

/** Also packed ones, and those whose names say nothing. */
const isTable = (file: FileRow, kind: Kind): boolean =>
  kind === "table" ||
  (kind === "other" && /octet-stream|zip|gzip|ole/.test(file.media_type));

function Documents({ id }: { id: string }) {
  const found = useLoaded((signal) => documentsOf(id, signal), [id]);
  return (
    <List title={t("documents")} found={found}>
      {(row) => (
        <li key={row.id}>
          <a href={at(`/documents/${row.id}`)}>
            <Name>{row.name}</Name>
          </a>
          <span>{`${row.width} × ${row.height}`}</span>
          <Faint>{t("layers", { count: row.layer_count })}</Faint>
          <Time at={row.created_at} />
        </li>
      )}
    </List>
  );
}

function Transformations({ id }: { id: string }) {
  const found = useLoaded((signal) => transformationsOf(id, signal), [id]);
  return (
    <List title={t("transformations")} found={found}>
      {(row) =>
        row.variants.map((image) => (
          <li key={`${row.id} ${image.name}`}>
            <a class={css.picture} href={image.url}>
              <Thumbnail address={image.url} />
              <Name>{image.name}</Name>
            </a>
            <span>{`${image.width} × ${image.height}`}</span>
            <Bytes value={image.size} />
            <a href={at(`/tasks/${row.task_id}`)}>
              <Time at={row.created_at} />
            </a>
          </li>
        ))
      }
    </List>
  );
}

function Backgrounds({ id }: { id: string }) {
  const found = useLoaded((signal) => backgroundsOf(id, signal), [id]);
  return (
    <List title={t("backgrounds")} found={found}>
      {(row) => {
        const [image] = row.images;
        return (
          <li key={row.id}>
            <a
              class={css.picture}
              href={at("/images/backgrounds", { source: id, made: row.id })}
            >
              {image && <Thumbnail address={image.url} />}
              <span>{t("background.open")}</span>
            </a>
            <span>{image ? `${image.width} × ${image.height}` : ""}</span>
            <span />
            <Time at={row.created_at} />
          </li>
        );
      }}
    </List>
  );
}

function Imports({ id }: { id: string }) {
  const found = useLoaded((signal) => importsOf(id, signal), [id]);
  return (
    <List title={t("imports")} found={found}>
      {(row) => (
        <li key={row.id}>
          <a href={at(`/imports/${row.id}`)}>
            <Name>{row.tables.map((each) => each.table).join(", ") || row.id}</Name>
          </a>
          <span>{t("rows", { count: row.loaded })}</span>
          <span />
          <Time at={row.created_at} />
        </li>
      )}
    </List>
  );
}

function List<T>(props: {
  title: string;
  found: Loaded<T[]>;
  children: (row: T) => ComponentChildren;
}) {
  const { title, found, children } = props;
  const rows = found.data.value;
  const count = rows && rows.length > 0 ? ` (${number(rows.length)})` : "";
  return (
    <Section title={title + count}>
      {rows === undefined ? (
        found.error.value ? (
          <ErrorNote error={found.error.value} />
        ) : (
          <Skeleton rows={2} />
        )
      ) : rows.length === 0 ? (
        <Faint>{common("say.empty")}</Faint>
      ) : (
        <ul class={css.made}>{rows.map(children)}</ul>
      )}
    </Section>
  );
}
