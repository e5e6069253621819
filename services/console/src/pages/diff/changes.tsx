/** Layers that were added, removed or changed, and in what. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { number } from "../../i18n/formats";
import {
  Badge,
  type Column,
  Empty,
  Icon,
  Name,
  Select,
  Table,
  TableFoot,
  type Tone,
} from "../../ui";
import type { Compared, Difference } from ".";
import css from "./diff.module.css";
import { change, t } from "./texts";

interface Row {
  at: number;
  difference: Difference;
}

interface ChangesProps {
  compared: Compared;
  chosen: number | null;
  onChoose: (at: number) => void;
}

const TONES: Record<string, Tone> = { added: "good", removed: "bad", changed: "warn" };

export function Changes({ compared, chosen, onChoose }: ChangesProps) {
  const { diff } = compared;
  const [only, setOnly] = useState("");
  const rows = diff.layers
    .map((difference, place): Row => ({ at: place, difference }))
    .filter(({ difference }) => isWanted(difference, only));
  if (diff.layers.length === 0) {
    return (
      <Empty icon="check" title={t("same")}>
        {t("same.hint")}
      </Empty>
    );
  }
  return (
    <>
      <div class={css.filter}>
        <Select
          label={t("filter")}
          isBare
          value={only}
          options={[
            { value: "", label: t("filter.all") },
            ...["added", "removed"].map((value) => ({ value, label: change(value) })),
            ...Object.entries(diff.counts).map(([value, count]) => ({
              value,
              label: `${change(value)} (${number(count)})`,
            })),
          ]}
          onChange={setOnly}
        />
      </div>
      <Table
        label={t("changes")}
        columns={columns(compared)}
        rows={rows}
        rowHeight={52}
        rowKey={(row) => String(row.at)}
        chosen={chosen === null ? undefined : String(chosen)}
        onOpen={(row) => onChoose(row.at)}
      />
      <TableFoot count={rows.length} isLoading={false} />
    </>
  );
}

function isWanted({ kind, changes }: Difference, only: string): boolean {
  return only === "" || kind === only || changes.includes(only);
}

const columns = (compared: Compared): Column<Row>[] => [
  {
    key: "layer",
    title: t("column.layer"),
    cell: ({ difference }) => (
      <>
        <div>
          <Name>{difference.name || "–"}</Name>
        </div>
        <div class={css.what}>{whatOf(difference)}</div>
      </>
    ),
  },
  {
    key: "kind",
    title: t("column.change"),
    width: "104px",
    cell: ({ difference }) => (
      <Badge tone={TONES[difference.kind] ?? "calm"}>{change(difference.kind)}</Badge>
    ),
  },
  {
    key: "open",
    title: t("column.open"),
    isTitleUnseen: true,
    width: "48px",
    cell: ({ difference }) => <OpenLayer compared={compared} difference={difference} />,
  },
];

function whatOf({ kind, changes, dx, dy }: Difference): string {
  if (kind !== "changed") return "";
  return changes
    .map((each) =>
      each === "moved" && (dx || dy)
        ? `${change(each)} (${number(dx)}, ${number(dy)})`
        : change(each),
    )
    .join(", ");
}

function OpenLayer(props: { compared: Compared; difference: Difference }) {
  const { compared, difference } = props;
  const { diff } = compared;
  const [document, layer] =
    difference.after_id === null
      ? [diff.before_document_id, difference.before_id]
      : [diff.after_document_id, difference.after_id];
  const label = t("open", { name: difference.name });
  return (
    <a
      href={at(`/documents/${document}`, { layer: String(layer) })}
      aria-label={label}
      title={label}
    >
      <Icon name="arrowRight" />
    </a>
  );
}
