/** One merge: how far it is, its pictures, its rejects, and what can be fetched of it. */
import { useEffect } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { Problem } from "../../api/problem";
import { isOver, type Task, useTask } from "../../api/tasks";
import type { PageProps } from "../../routes";
import { ErrorNote, ErrorView, Page, Skeleton, Tabs } from "../../ui";
import { About } from "./about";
import { MergeActions } from "./actions";
import { Gallery } from "./gallery";
import css from "./merges.module.css";
import { RejectsView } from "./rejects";
import { t } from "./texts";
import { Way } from "./way";

export type Merge = Schemas["MergeOut"];
export type Template = Schemas["TemplateOut"];

const TABS = ["pictures", "rejects", "about"] as const;

export default function MergePage({ params, query }: PageProps) {
  const id = params.id ?? "";
  return <One key={id} id={id} tab={query.tab} />;
}

function One({ id, tab }: { id: string; tab: string | undefined }) {
  const loaded = useLoaded<Merge>(
    (signal) =>
      ok(
        api.GET("/v1/merges/{merge_id}", {
          params: { path: { merge_id: id } },
          signal,
        }),
      ),
    [id],
  );
  const merge = loaded.data.value;
  const task = useTask(merge?.task_id).data.value;
  const template = useTemplate(merge?.template_id);
  const step = `${task?.state} ${task?.progress?.step}`;
  // Its counts and its addresses change with its steps.
  useEffect(() => {
    if (task) void loaded.reload();
  }, [step]);
  if (merge) return <Found merge={merge} task={task} template={template} tab={tab} />;
  return (
    <Page
      title={t("templates")}
      above={{ href: at("/templates"), label: t("templates") }}
    >
      {loaded.error.value === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <ErrorView error={loaded.error.value} retry={() => void loaded.reload()} />
      )}
    </Page>
  );
}

function useTemplate(id: string | undefined): Template | undefined {
  const loaded = useLoaded<Template>(
    (signal) =>
      id === undefined
        ? new Promise(() => {})
        : ok(
            api.GET("/v1/templates/{template_id}", {
              params: { path: { template_id: id } },
              signal,
            }),
          ),
    [id],
  );
  return loaded.data.value;
}

interface FoundProps {
  merge: Merge;
  task: Task | undefined;
  template: Template | undefined;
  tab: string | undefined;
}

function Found({ merge, task, template, tab }: FoundProps) {
  const current = TABS.find((each) => each === tab) ?? "pictures";
  const path = `/merges/${merge.id}`;
  const name = template?.name ?? "";
  const isRunning = !isOver(merge) && (task === undefined || !isOver(task));
  const counts = {
    pictures: merge.pictures,
    rejects: merge.rejected,
    about: undefined,
  };
  return (
    <Page
      title={t("merge.title", { name })}
      above={{
        href: at(`/templates/${merge.template_id}`, { tab: "merges" }),
        label: name || t("templates"),
      }}
      actions={<MergeActions merge={merge} isRunning={isRunning} />}
      bar={
        <>
          {isRunning && <Way merge={merge} task={task} />}
          {merge.error && (
            <div class={css.note}>
              <ErrorNote error={problemOf(merge.error)} />
            </div>
          )}
          <Tabs
            label={t("merge.title", { name })}
            tabs={TABS.map((each) => {
              const count = counts[each];
              return {
                href: at(path, { tab: each === "pictures" ? undefined : each }),
                label: t(`tab.${each}`),
                isCurrent: each === current,
                ...(count ? { count } : {}),
              };
            })}
          />
        </>
      }
      isFilled={current === "pictures"}
    >
      {current !== "about" && isRunning && merge.rows === 0 ? (
        // Its table has not been looked through: nobody can say yet what its rows are.
        <Skeleton rows={6} height={60} />
      ) : current === "pictures" ? (
        <Gallery merge={merge} isRunning={isRunning} done={task?.progress?.done ?? 0} />
      ) : current === "rejects" ? (
        <RejectsView merge={merge} isRunning={isRunning} />
      ) : (
        <About merge={merge} template={template} />
      )}
    </Page>
  );
}

function problemOf(error: Record<string, unknown>): Problem {
  const detail = String(error.message ?? t("merge.failed"));
  return new Problem({ type: String(error.code ?? "failed"), detail }, 422);
}
