/** Two documents compared: one over the other, what differs, and which layers changed. */
import { useMemo, useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { percent } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import {
  Badge,
  Empty,
  ErrorView,
  Faint,
  Looking,
  Name,
  Page,
  Segments,
  Skeleton,
} from "../../ui";
import { Changes } from "./changes";
import css from "./diff.module.css";
import { Pictures, type View } from "./pictures";
import { t } from "./texts";

export type Diff = Schemas["DiffOut"];
export type Difference = Schemas["LayerDifferenceOut"];
type DocumentRow = Schemas["DocumentOut"];

export interface Compared {
  diff: Diff;
  before: DocumentRow;
  after: DocumentRow;
}

const VIEWS: View[] = ["slider", "onion", "heat"];

export default function DiffPage({ params }: PageProps) {
  const id = params.id ?? "";
  const loaded = useLoaded((signal) => compared(id, signal), [id]);
  const found = loaded.data.value;
  const above = { href: at("/documents"), label: t("documents") };
  if (found) return <Shown key={id} compared={found} />;
  return (
    <Page title={t("title")} above={above} isFilled>
      {loaded.error.value ? (
        <ErrorView error={loaded.error.value} retry={() => void loaded.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

async function compared(id: string, signal: AbortSignal): Promise<Compared> {
  const params = { path: { diff_id: id } };
  const diff = await ok(api.GET("/v1/psd/diffs/{diff_id}", { params, signal }));
  const document = (of: string) => {
    const path = { document_id: of };
    return ok(api.GET("/v1/psd/documents/{document_id}", { params: { path }, signal }));
  };
  const [before, after] = await Promise.all([
    document(diff.before_document_id),
    document(diff.after_document_id),
  ]);
  return { diff, before, after };
}

function Shown({ compared }: { compared: Compared }) {
  const { diff, before, after } = compared;
  const [view, setView] = useState<View>("slider");
  const [chosen, setChosen] = useState<number | null>(null);
  const looking = useMemo(
    () =>
      new Looking(
        Math.max(before.width, after.width),
        Math.max(before.height, after.height),
      ),
    [compared],
  );
  const hasPictures = before.composite !== null && after.composite !== null;
  const choose = (at: number) => {
    setChosen(at);
    const difference = diff.layers[at];
    const box = difference?.box_after ?? difference?.box_before;
    if (box && box.width > 0) looking.frame(box);
  };
  return (
    <Page
      title={t("title.of", { before: before.name, after: after.name })}
      above={{ href: at("/documents"), label: t("documents") }}
      isFilled
    >
      <div class={css.whole}>
        <div class={css.middle}>
          <div class={css.bar}>
            <Segments<View>
              label={t("view")}
              value={view}
              options={VIEWS.map((value) => ({ value, label: t(`view.${value}`) }))}
              onChange={setView}
            />
            <Summary diff={diff} />
          </div>
          <div class={css.stage}>
            {hasPictures ? (
              <Pictures
                compared={compared}
                view={view}
                looking={looking}
                chosen={chosen === null ? null : (diff.layers[chosen] ?? null)}
              />
            ) : (
              <Empty icon="image" title={t("noPictures")}>
                {diff.warnings[0] ?? t("noPictures.hint")}
              </Empty>
            )}
          </div>
        </div>
        <aside class={css.changes} aria-label={t("changes")}>
          <header class={css.documents}>
            <Document label={t("before")} row={before} />
            <Document label={t("after")} row={after} />
          </header>
          <Changes compared={compared} chosen={chosen} onChoose={choose} />
        </aside>
      </div>
    </Page>
  );
}

function Document({ label, row }: { label: string; row: DocumentRow }) {
  return (
    <p>
      <Faint>{label}</Faint>
      <a href={at(`/documents/${row.id}`)}>
        <Name>{row.name}</Name>
      </a>
    </p>
  );
}

function Summary({ diff }: { diff: Diff }) {
  const { added, removed, changed, changed_share } = diff;
  return (
    <p class={css.summary}>
      <Badge tone="good">{t("added", { count: added })}</Badge>
      <Badge tone="bad">{t("removed", { count: removed })}</Badge>
      <Badge tone="warn">{t("changed", { count: changed })}</Badge>
      {changed_share !== null && (
        <Faint>{t("share", { share: percent(changed_share) })}</Faint>
      )}
    </p>
  );
}
