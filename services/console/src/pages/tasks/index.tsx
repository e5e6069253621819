/** All tasks of the workspace, live. */

import { useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { feedState } from "../../api/feed";
import type { Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { when } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import {
  Badge,
  Button,
  type Column,
  Empty,
  ErrorView,
  Faint,
  Id,
  Page,
  Progress,
  Skeleton,
  State,
  Table,
  TableFoot,
  Time,
} from "../../ui";
import { beginOf, Filters, filterOf, isOpen, queryOf, shown } from "./filters";
import { useTasks } from "./live";
import { type Looking, useLooking } from "./looking";
import css from "./tasks.module.css";
import { t } from "./texts";

const pageOf = (task: Task): string => at(`/tasks/${task.id}`);

const columns = (): Column<Task>[] => [
  {
    key: "name",
    title: t("column.name"),
    cell: (task) => (
      <a href={pageOf(task)}>
        <code>{task.name}</code>
      </a>
    ),
  },
  {
    key: "state",
    title: t("column.state"),
    width: "120px",
    cell: (task) => <State state={task.state} />,
  },
  {
    key: "progress",
    title: t("column.progress"),
    width: "30%",
    isWide: true,
    cell: progress,
  },
  {
    key: "attempt",
    title: t("column.attempt"),
    width: "84px",
    isNumber: true,
    isWide: true,
    cell: (task) => task.attempt,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "130px",
    cell: (task) => <Time at={task.created_at} />,
  },
  {
    key: "id",
    title: t("column.id"),
    width: "150px",
    isWide: true,
    cell: (task) => <Id>{task.id}</Id>,
  },
];

function progress(task: Task) {
  if (task.error) return <span title={task.error.message}>{task.error.message}</span>;
  if (!task.progress || task.state !== "running") return <Faint>–</Faint>;
  const { step, done, total } = task.progress;
  return (
    <span class={css.progress}>
      <Progress label={step} done={done} total={total} />
      <Faint>{step}</Faint>
    </span>
  );
}

export default function Tasks({ query }: PageProps) {
  const { route } = useLocation();
  const list = useTasks();
  const tasks = list.items.value;
  const filter = filterOf(query);
  const now = Date.now();
  const rows = tasks && shown(tasks, filter, now);
  const asked = isOpen(filter) ? "" : JSON.stringify(filter);
  const looking = useLooking(list, rows?.length ?? 0, beginOf(filter, now), asked);
  const kinds = useKinds(tasks);
  const bar = (
    <Filters
      filter={filter}
      kinds={kinds}
      onChange={(changed) => route(at("/tasks", queryOf(changed)), true)}
    />
  );
  return (
    <Page title={t("title")} actions={<Live />} bar={bar} isFilled>
      {rows === undefined ? (
        list.error.value === undefined ? (
          <Skeleton rows={12} />
        ) : (
          <ErrorView error={list.error.value} retry={() => void list.reload()} />
        )
      ) : rows.length === 0 && !list.isLoading.value ? (
        <Empty icon="tasks" title={t(asked ? "empty.filter" : "empty")}>
          {asked ? <Looked looking={looking} /> : t("empty.hint")}
        </Empty>
      ) : (
        <>
          <Table
            label={t("title")}
            columns={columns()}
            rows={rows}
            rowKey={(task) => task.id}
            onOpen={(task) => route(pageOf(task))}
            onEnd={looking.more}
          />
          {looking.isPaused && <Looked looking={looking} />}
          <TableFoot count={rows.length} isLoading={list.isLoading.value} />
        </>
      )}
    </Page>
  );
}

/** All kinds that were seen, so that a chosen one does not go with its last task. */
function useKinds(tasks: Task[] | undefined): string[] {
  const known = useMemo(() => new Set<string>(), []);
  // Thousands of tasks, and few kinds: the newest tell of one that is new.
  for (const task of (tasks ?? []).slice(0, 200)) known.add(task.name);
  return [...known];
}

/** How far back it was looked, and a way to look further. */
function Looked({ looking }: { looking: Looking }) {
  const { seen, until, isPaused, goOn } = looking;
  const time = until === undefined ? "–" : when(new Date(until));
  return (
    <span class={css.looked}>
      {t("looked", { count: seen, time })}
      {isPaused && <Button onClick={goOn}>{t("looked.on")}</Button>}
    </span>
  );
}

/** Whether the feed is there. */
function Live() {
  const isLive = feedState.value === "live";
  return (
    <Badge tone={isLive ? "good" : "warn"}>
      {isLive ? common("app.live") : common("app.connecting")}
    </Badge>
  );
}
