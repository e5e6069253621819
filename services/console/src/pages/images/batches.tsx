/** One recipe for many files: those that run and have run, and a new one. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import type { Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Button,
  type Column,
  Empty,
  ErrorView,
  Id,
  Page,
  Progress,
  Skeleton,
  State,
  Table,
  Time,
} from "../../ui";
import { NewBatch } from "./new-batch";
import { ImagesTabs } from "./tabs";
import { t } from "./texts";

const PAGES = 5;
const BATCH = "imaging.batch";

export default function Batches({ query }: PageProps) {
  const { route } = useLocation();
  const [isNew, setNew] = useState(query.new !== undefined);
  const found = useLoaded((signal) => batches(signal));
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const fresh = (
    <Button look="main" icon="plus" reason={reason} onClick={() => setNew(true)}>
      {t("batch.new")}
    </Button>
  );
  const rows = found.data.value;
  return (
    <Page
      title={t("title")}
      actions={fresh}
      bar={<ImagesTabs current="batches" />}
      isFilled
    >
      {rows === undefined ? (
        found.error.value === undefined ? (
          <Skeleton rows={8} />
        ) : (
          <ErrorView error={found.error.value} retry={() => void found.reload()} />
        )
      ) : rows.length === 0 ? (
        <Empty icon="layers" title={t("batch.empty")} action={fresh}>
          {t("batch.empty.hint")}
        </Empty>
      ) : (
        <Table
          label={t("tab.batches")}
          columns={columns()}
          rows={rows}
          rowKey={(task) => task.id}
          onOpen={(task) => route(pageOf(task))}
        />
      )}
      {isNew && (
        <NewBatch
          recipe={query.recipe}
          onClose={() => setNew(false)}
          onStarted={(task) => route(pageOf(task))}
        />
      )}
    </Page>
  );
}

/** Its address ends in the batch's id. */
const pageOf = (task: Task): string =>
  at(`/images/batches/${task.resource?.split("/").at(-1) ?? ""}`);

/** There is no list of batches: they are looked for among the newest thousand tasks. */
async function batches(signal: AbortSignal): Promise<Task[]> {
  const found: Task[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const query: { limit: number; cursor?: string } = { limit: 200 };
    if (cursor) query.cursor = cursor;
    const asked = api.GET("/v1/tasks", { params: { query }, signal });
    const told: { items: Task[]; next_cursor: string | null } = await ok(asked);
    found.push(...told.items.filter((each) => each.name === BATCH));
    cursor = told.next_cursor;
    if (cursor === null) break;
  }
  return found;
}

const columns = (): Column<Task>[] => [
  {
    key: "id",
    title: t("batch"),
    cell: (task) => (
      <a href={pageOf(task)}>
        <Id>{task.resource?.split("/").at(-1) ?? task.id}</Id>
      </a>
    ),
  },
  {
    key: "state",
    title: t("batch.state"),
    width: "130px",
    cell: (task) => <State state={task.state} />,
  },
  {
    key: "progress",
    title: t("batch.progress"),
    width: "30%",
    isWide: true,
    cell: (task) => {
      if (task.state !== "running") return null;
      const { done = 0, total = 0 } = (task.progress ?? {}) as Record<string, number>;
      return <Progress label={t("batch.progress")} done={done} total={total} />;
    },
  },
  {
    key: "created",
    title: t("batch.created"),
    width: "150px",
    cell: (task) => <Time at={task.created_at} />,
  },
];
