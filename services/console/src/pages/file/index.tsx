/** One file: what it shows, what is known of it, and all that was made of it. */
import { at } from "../../addresses";
import { type FileRow, kindOf, loadFile } from "../../api/files";
import { useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { moment } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import {
  ButtonLink,
  Bytes,
  Copy,
  ErrorView,
  Facts,
  Id,
  Page,
  Section,
  Skeleton,
} from "../../ui";
import { Analysis } from "./analysis";
import { Content } from "./content";
import css from "./file.module.css";
import { Made } from "./made";
import { Similar } from "./similar";
import { t } from "./texts";

/** What imaging looks at; of others it says nothing. */
const LOOKED_AT = new Set(
  ["avif", "bmp", "gif", "heic", "jpeg", "jxl", "png", "tiff", "webp"].map(
    (each) => `image/${each}`,
  ),
);

export default function FilePage({ params }: PageProps) {
  const id = params.id ?? "";
  const file = useLoaded((signal) => loadFile(id, signal), [id]);
  const found = file.data.value;
  return (
    <Page
      title={found?.name ?? id}
      above={{ href: at("/"), label: t("files") }}
      actions={found && <Actions file={found} />}
    >
      {found ? (
        <Whole key={id} file={found} />
      ) : file.error.value ? (
        <ErrorView error={file.error.value} retry={() => void file.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

function Actions({ file }: { file: FileRow }) {
  const isPicture = kindOf(file) === "picture";
  return (
    <>
      {isPicture && (
        <>
          <ButtonLink icon="wand" href={at("/images", { source: file.id })}>
            {t("recipe")}
          </ButtonLink>
          <ButtonLink href={at("/images/backgrounds", { source: file.id })}>
            {t("background")}
          </ButtonLink>
        </>
      )}
      <ButtonLink icon="download" look="main" href={file.url} download>
        {common("do.download")}
      </ButtonLink>
    </>
  );
}

function Whole({ file }: { file: FileRow }) {
  const isLookedAt = LOOKED_AT.has(file.media_type);
  return (
    <div class={css.whole}>
      <div class={css.left}>
        <Section title={t("content")}>
          <Content file={file} />
        </Section>
        <Made file={file} />
      </div>
      <div class={css.right}>
        <Section title={t("about")}>
          <About file={file} />
        </Section>
        {isLookedAt && <Analysis file={file} />}
        {isLookedAt && <Similar file={file} />}
      </div>
    </div>
  );
}

function About({ file }: { file: FileRow }) {
  return (
    <Facts
      rows={[
        [t("size"), <Bytes key="size" value={file.size} />],
        [t("media"), file.media_type],
        [t("created"), file.created_at ? moment(new Date(file.created_at)) : "–"],
        [
          t("id"),
          <span key="id" class={css.copied}>
            <Id>{file.id}</Id>
            <Copy text={file.id} label={t("id.copy")} />
          </span>,
        ],
        [
          "SHA-256",
          <span key="sha" class={css.copied}>
            <Id>{file.sha256}</Id>
            <Copy text={file.sha256} label={t("sha.copy")} />
          </span>,
        ],
      ]}
    />
  );
}
