/** One import: while it runs, and what has become of it. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { isOver, useTask } from "../../api/tasks";
import { duration, number } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import {
  ButtonLink,
  Count,
  ErrorView,
  Facts,
  Name,
  Page,
  Section,
  Skeleton,
  Time,
} from "../../ui";
import css from "./imports.module.css";
import { RejectsSection } from "./rejects";
import { type Import, nameOf, Result } from "./result";
import { Running } from "./running";
import { type ImportsKey, t } from "./texts";
import { Undo } from "./undo";

export default function ImportPage({ params, query }: PageProps) {
  const id = params.id ?? "";
  return <One key={id} id={id} taskId={query.task} planId={query.plan} />;
}

interface OneProps {
  id: string;
  taskId: string | undefined;
  planId: string | undefined;
}

function One({ id, taskId, planId }: OneProps) {
  const { route } = useLocation();
  const task = useTask(taskId);
  const state = task.data.value?.state;
  const isRunning = taskId !== undefined && state !== "completed";
  const loaded = useLoaded<Import>(
    (signal) =>
      // Before its task has ended there is nothing to ask for.
      isRunning
        ? new Promise(() => {})
        : ok(
            api.GET("/v1/imports/{import_id}", {
              params: { path: { import_id: id } },
              signal,
            }),
          ),
    [id, isRunning],
  );
  useEffect(() => {
    if (taskId !== undefined && state === "completed")
      route(at(`/imports/${id}`), true);
  }, [state]);
  const found = loaded.data.value;
  if (found) return <Found found={found} reload={loaded.reload} />;
  const above = { href: at("/imports"), label: t("title") };
  const now = task.data.value;
  if (now && isRunning) {
    return (
      <Page title={t("import.running")} above={above}>
        <Running task={now} planId={planId} />
      </Page>
    );
  }
  const error = loaded.error.value ?? task.error.value;
  return (
    <Page title={isOver({ state: state ?? "" }) ? id : t("title")} above={above}>
      {error === undefined ? (
        <Skeleton rows={8} />
      ) : (
        <ErrorView error={error} retry={() => void loaded.reload()} />
      )}
    </Page>
  );
}

function Found({ found, reload }: { found: Import; reload: () => Promise<void> }) {
  return (
    <Page
      title={t("import.title", { name: nameOf(found) })}
      above={{ href: at("/imports"), label: t("title") }}
      actions={<Undo found={found} onDone={() => void reload()} />}
    >
      <Section title={t("column.status")} actions={<Result found={found} />}>
        <Numbers found={found} />
        <Facts rows={facts(found)} />
        <Warnings list={found.warnings} />
      </Section>
      {found.tables.map((each, number) => (
        <TableSection key={number} table={each} part={number + 1} found={found} />
      ))}
    </Page>
  );
}

function Numbers({ found }: { found: Import }) {
  const shown: [ImportsKey, number, string][] = [
    ["import.read", found.read, ""],
    ["import.loaded", found.loaded, css.good ?? ""],
    ["import.updated", found.updated, ""],
    ["import.rejected", found.rejected, found.rejected > 0 ? (css.bad ?? "") : ""],
  ];
  return (
    <dl class={css.numbers}>
      {shown.map(([key, value, look]) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd class={look}>
            <Count value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function facts(found: Import): [string, preact.ComponentChildren][] {
  const rows: [string, preact.ComponentChildren][] = [
    [t("import.at"), <Time key="at" at={found.created_at} />],
    [t("import.seconds"), duration(found.seconds)],
    [
      t("import.speed"),
      t("import.rate", { rate: number(Math.round(found.rows_per_second)) }),
    ],
  ];
  if (found.resubmits) {
    rows.push([
      t("import.resubmits"),
      <a key="before" href={at(`/imports/${found.resubmits}`)}>
        {t("import.resubmits.link")}
      </a>,
    ]);
  }
  if (found.undone_at) {
    rows.push([t("import.undoneAt"), <Time key="undone" at={found.undone_at} />]);
  }
  return rows;
}

interface TableSectionProps {
  table: Import["tables"][number];
  part: number;
  found: Import;
}

function TableSection({ table, part, found }: TableSectionProps) {
  const rows: [string, preact.ComponentChildren][] = [
    [t("import.mode"), modeOf(table.mode)],
  ];
  if (found.tables.length > 1) {
    rows.push(
      [t("import.loaded"), <Count key="loaded" value={table.loaded + table.updated} />],
      [t("import.rejected"), <Count key="rejected" value={table.rejected} />],
    );
  }
  if (table.added_columns.length > 0) {
    rows.push([
      t("import.added"),
      <bdi key="add">{table.added_columns.join(", ")}</bdi>,
    ]);
  }
  if (table.kept_until) {
    rows.push([t("import.keptUntil"), <Time key="kept" at={table.kept_until} />]);
  }
  return (
    <>
      <Section
        title={table.table}
        actions={
          <ButtonLink icon="database" href={at(`/datasets/${table.dataset_id}`)}>
            {t("import.openData")}
          </ButtonLink>
        }
      >
        <Facts rows={rows} />
        <Warnings list={table.warnings} />
      </Section>
      {table.rejects_url && (
        <RejectsSection
          key={table.rejects_url}
          table={table}
          part={part}
          found={found}
        />
      )}
    </>
  );
}

function modeOf(mode: string): string {
  return mode === "replace" || mode === "upsert"
    ? t(`mode.${mode}`)
    : mode === "append"
      ? t("mode.append")
      : mode;
}

function Warnings({ list }: { list: Import["warnings"] }) {
  if (list.length === 0) return null;
  return (
    <details class={css.details}>
      <summary>
        {t("import.warnings")} ({number(list.length)})
      </summary>
      <ul class={css.warnings}>
        {list.map((each, at) => (
          <li key={at}>
            <bdi>{each.message}</bdi>
            {each.example !== null && (
              <>
                {" "}
                <Name>{each.example}</Name>
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
