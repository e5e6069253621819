/** One task's whole story: where it stands, what happened, what it made or why not. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import type { FeedEvent } from "../../api/feed";
import { useLoaded } from "../../api/loading";
import { isBehind, isOver, type Task, useCaughtUp } from "../../api/tasks";
import { t as common } from "../../i18n";
import { duration, moment } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Button,
  Confirm,
  Copy,
  ErrorView,
  Facts,
  Id,
  Page,
  Progress,
  Section,
  Skeleton,
  State,
  Time,
  tell,
  tellError,
} from "../../ui";
import { Events } from "./events";
import { Outcome } from "./outcome";
import { spansOf, useEvents } from "./story";
import css from "./task.module.css";
import { t } from "./texts";
import { Timeline } from "./timeline";

export default function TaskPage({ params }: PageProps) {
  const id = params.id ?? "";
  const task = useLoaded(
    (signal) => {
      const path = { task_id: id };
      return ok(api.GET("/v1/tasks/{task_id}", { params: { path }, signal }));
    },
    [id],
  );
  const found = task.data.value;
  const parent = found?.parent_id;
  return (
    <Page
      title={found?.name ?? id}
      above={
        parent
          ? { href: at(`/tasks/${parent}`), label: t("parent") }
          : { href: at("/tasks"), label: t("tasks") }
      }
      actions={found && <Actions task={found} onChange={() => void task.reload()} />}
    >
      {found ? (
        <Story key={id} task={found} onEnd={() => void task.reload()} />
      ) : task.error.value ? (
        <ErrorView error={task.error.value} retry={() => void task.reload()} />
      ) : (
        <Skeleton rows={10} />
      )}
    </Page>
  );
}

function Actions({ task, onChange }: { task: Task; onChange: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const path = { task_id: task.id };
  const retry = async () => {
    setBusy(true);
    try {
      const header = { prefer: ["respond-async"] };
      await ok(api.POST("/v1/tasks/{task_id}/retry", { params: { path, header } }));
      tell(t("retried"));
      onChange();
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  const isStopping = task.cancel_requested_at !== null;
  return (
    <>
      <State state={task.state} />
      {!isOver(task) && (
        <Button
          icon="stop"
          reason={reason ?? (isStopping ? t("cancelling") : undefined)}
          onClick={() => setAsking(true)}
        >
          {t(isStopping ? "cancelling" : "cancel")}
        </Button>
      )}
      {task.state === "failed" && (
        <Button
          icon="refresh"
          look="main"
          isBusy={isBusy}
          reason={reason}
          onClick={() => void retry()}
        >
          {t("retry")}
        </Button>
      )}
      {isAsking && (
        <Confirm
          title={t("cancel.question")}
          action={t("cancel")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const header = { prefer: ["respond-async"] };
            await ok(api.DELETE("/v1/tasks/{task_id}", { params: { path, header } }));
            onChange();
          }}
        >
          <p>{t("cancel.hint")}</p>
        </Confirm>
      )}
    </>
  );
}

function Story({ task, onEnd }: { task: Task; onEnd: () => void }) {
  const events = useEvents(task.id, task.run, (fresh) => {
    // What the page has is the row; events that it does not know yet change that.
    if (fresh.some((each) => isNews(each, task))) onEnd();
  });
  const told = events ?? [];
  useCaughtUp(isBehind(task, told), task, onEnd);
  const spans = spansOf(task, told);
  const now = Date.now();
  const last = told.findLast((each) => each.progress)?.progress;
  return (
    <div class={css.story}>
      <Outcome task={task} />
      {!isOver(task) && last && (
        <Section title={t("progress")}>
          <Progress label={last.step} done={last.done} total={last.total} />
          <p class={css.step}>
            {`${last.step} · `}
            {common("say.progress", { done: last.done, total: last.total })}
          </p>
        </Section>
      )}
      <Section title={t("timings")}>
        <Timeline spans={spans} now={now} />
      </Section>
      <Section title={t("events")} lead={t("events.lead")}>
        <Events task={task} events={events} />
      </Section>
      <Section title={t("about")}>
        <About task={task} />
      </Section>
    </div>
  );
}

const isNews = (event: FeedEvent, task: Task): boolean =>
  event.run > task.run ||
  (event.run === task.run &&
    !isOver(task) &&
    (event.status === "started" ||
      event.status === "completed" ||
      event.status === "failed" ||
      event.status === "cancelled") &&
    event.status !== stateAsStatus(task));

const stateAsStatus = (task: Task): string =>
  task.state === "running" ? "started" : task.state;

function About({ task }: { task: Task }) {
  const { started_at: started, finished_at: finished } = task;
  const worked =
    started && finished
      ? duration((Date.parse(finished) - Date.parse(started)) / 1000)
      : "–";
  const whole = (text: string | null) => (text ? moment(new Date(text)) : "–");
  const trace = task.trace_id;
  return (
    <Facts
      rows={[
        [
          t("id"),
          <span key="id" class={css.copied}>
            <Id>{task.id}</Id>
            <Copy text={task.id} label={t("id.copy")} />
          </span>,
        ],
        [
          common("say.traceId"),
          trace ? (
            <span key="trace" class={css.copied}>
              <Id>{trace}</Id>
              <Copy text={trace} label={t("trace.copy")} />
            </span>
          ) : (
            "–"
          ),
        ],
        [t("run"), `${task.run} · ${t("attempt", { attempt: task.attempt })}`],
        [t("created"), whole(task.created_at)],
        [t("started"), whole(started)],
        [t("finished"), whole(finished)],
        [t("worked"), worked],
        ...(task.pruned_at
          ? [
              [t("pruned"), <Time key="pruned" at={task.pruned_at} />] as [
                string,
                never,
              ],
            ]
          : []),
      ]}
    />
  );
}
