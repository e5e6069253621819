/** How a merge was ordered, and what became of it. */
import type { ComponentChildren } from "preact";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { number } from "../../i18n/formats";
import { Count, Facts, Name, Section, State, Time } from "../../ui";
import type { Merge, Template } from "./merge";
import { t } from "./texts";

interface AboutProps {
  merge: Merge;
  template: Template | undefined;
}

export function About({ merge, template }: AboutProps) {
  return (
    <Section title={t("tab.about")} actions={<State state={merge.state} />}>
      <Facts rows={[...counts(merge), ...order(merge, template)]} />
    </Section>
  );
}

function counts(merge: Merge): [string, ComponentChildren][] {
  return [
    [t("merge.rows"), <Count key="rows" value={merge.rows} />],
    [t("merge.completed"), <Count key="done" value={merge.completed} />],
    [t("merge.rejected"), <Count key="rejected" value={merge.rejected} />],
    [t("merge.pictures"), <Count key="pictures" value={merge.pictures} />],
    [t("merge.reused"), <Count key="reused" value={merge.reused} />],
    [t("merge.at"), <Time key="at" at={merge.created_at} />],
    [t("merge.finished"), <Time key="end" at={merge.finished_at} />],
  ];
}

/** By its name, once that is known and as long as it is there. */
function DataSetLink({ id }: { id: string }) {
  const found = useLoaded(
    (signal) =>
      ok(
        api.GET("/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: id } },
          signal,
        }),
      ),
    [id],
  );
  return (
    <a href={at(`/datasets/${id}`)}>
      <Name>{found.data.value?.name ?? id}</Name>
    </a>
  );
}

function order(
  merge: Merge,
  template: Template | undefined,
): [string, ComponentChildren][] {
  const { spec } = merge;
  const before = (id: string) => <a href={at(`/merges/${id}`)}>{t("merge.before")}</a>;
  const rows: [string, ComponentChildren][] = [
    [
      t("merge.template"),
      <a key="template" href={at(`/templates/${merge.template_id}`)}>
        {t("merge.revision", {
          name: template?.name ?? merge.template_id,
          revision: merge.template_revision,
        })}
      </a>,
    ],
    [
      t("merge.data"),
      spec.dataset_id ? <DataSetLink key="data" id={spec.dataset_id} /> : spec.file_id,
    ],
    [
      t("order.mapping"),
      Object.entries(merge.slots)
        .map(([slot, column]) => t("merge.mapping", { slot, column }))
        .join(", "),
    ],
    [
      t("merge.outputs"),
      spec.outputs
        .map(
          ({ format, width }) =>
            `${format.toUpperCase()}${width ? ` · ${number(width)} px` : ""}`,
        )
        .join(", "),
    ],
    [t("merge.name"), <code key="name">{spec.name}</code>],
  ];
  if (spec.filters.length > 0) {
    const shown = spec.filters.map(
      (each) =>
        `${each.column} ${each.operator} ${each.value ?? each.values.join(",")}`,
    );
    rows.push([t("merge.filters"), <Name key="filters">{shown.join("; ")}</Name>]);
  }
  if (merge.repeats) rows.push([t("merge.repeats"), before(merge.repeats)]);
  if (merge.rejects_of) rows.push([t("merge.rejectsOf"), before(merge.rejects_of)]);
  return rows;
}
