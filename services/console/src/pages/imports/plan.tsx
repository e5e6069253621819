/** A plan: what would become of a file, to be changed before anything is loaded. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import { Button, ErrorNote, ErrorView, Page, Skeleton } from "../../ui";
import { asOrder, type Changed, type PlannedTable, reasonAgainst } from "./changes";
import css from "./imports.module.css";
import type { Plan } from "./planning";
import { PlannedTableView } from "./table";
import { t } from "./texts";

export default function PlanPage({ params, query }: PageProps) {
  const id = params.id ?? "";
  const plan = useLoaded(
    (signal) =>
      ok(
        api.GET("/v1/imports/plans/{plan_id}", {
          params: { path: { plan_id: id } },
          signal,
        }),
      ),
    [id],
  );
  const found = plan.data.value;
  if (found) return <Planned key={found.id} plan={found} table={query.table} />;
  return (
    <Page title={t("title")} above={{ href: at("/imports"), label: t("title") }}>
      {plan.error.value === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <ErrorView error={plan.error.value} retry={() => void plan.reload()} />
      )}
    </Page>
  );
}

function Planned({ plan, table }: { plan: Plan; table: string | undefined }) {
  const { route } = useLocation();
  const [changed, setChanged] = useState<Changed>({
    tables: plan.tables,
    options: plan.options,
  });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isDirty = changed.tables !== plan.tables || changed.options !== plan.options;
  useLeaveQuestion(isDirty && !isBusy);
  const targets = useTargets();
  const name = plan.sources.map((each) => each.name).join(", ");
  const chosen = Math.min(Math.max(0, Number(table ?? 1) - 1), plan.tables.length - 1);
  const rows = changed.tables
    .filter((each) => each.include)
    .reduce((sum, each) => sum + (each.findings?.rows ?? 0), 0);
  const begin = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body = asOrder(plan.id, changed);
      const task = await ok(api.POST("/v1/imports", { body }));
      const made = task.resource?.split("/").at(-1) ?? "";
      route(at(`/imports/${made}`, { task: task.id, plan: plan.id }));
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  const reason = may("write") ? reasonAgainst(changed) : t("add.noScope");
  return (
    <Page
      title={t("plan.title", { name })}
      above={{ href: at("/imports"), label: t("title") }}
      actions={
        <Button
          look="main"
          reason={reason}
          isBusy={isBusy}
          onClick={() => void begin()}
        >
          {t("plan.import", { count: rows })}
        </Button>
      }
      isFilled
    >
      {error !== undefined && (
        <div class={css.note}>
          <ErrorNote error={error} />
        </div>
      )}
      {plan.tables.length > 1 && (
        <TableTabs plan={plan} tables={changed.tables} chosen={chosen} />
      )}
      <PlannedTableView
        key={chosen}
        plan={plan}
        at={chosen}
        changed={changed}
        targets={targets}
        onChange={setChanged}
      />
    </Page>
  );
}

interface TableTabsProps {
  plan: Plan;
  tables: PlannedTable[];
  chosen: number;
}

function TableTabs({ plan, tables, chosen }: TableTabsProps) {
  return (
    <nav class={css.tables} aria-label={t("plan.tables")}>
      {tables.map((each, number) => (
        <a
          key={number}
          href={at(`/imports/plans/${plan.id}`, { table: `${number + 1}` })}
          class={each.include ? "" : css.left}
          {...(number === chosen ? { "aria-current": "page" as const } : {})}
        >
          <bdi>{each.table}</bdi>
        </a>
      ))}
    </nav>
  );
}

/** Names of the data sets that are there, to choose from. */
function useTargets(): string[] {
  const list = useLoaded((signal) =>
    ok(api.GET("/v1/datasets", { params: { query: { limit: 200 } }, signal })),
  );
  const found = list.data.value;
  return useMemo(() => (found?.items ?? []).map((each) => each.name), [found]);
}

/** What was typed is not lost by closing the tab. */
function useLeaveQuestion(isAsked: boolean): void {
  useEffect(() => {
    if (!isAsked) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isAsked]);
}
