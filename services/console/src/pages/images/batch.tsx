/** One batch: how far it is, what failed, and what came of it. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useFeed } from "../../api/feed";
import { useLoaded } from "../../api/loading";
import { useEndsSeen } from "../../api/tasks";
import { t as common } from "../../i18n";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Button,
  ButtonLink,
  type Column,
  Confirm,
  Count,
  ErrorView,
  Faint,
  Name,
  Page,
  Progress,
  Section,
  Skeleton,
  State,
  Table,
  Time,
  tell,
} from "../../ui";
import css from "./images.module.css";
import { t } from "./texts";

type Batch = Schemas["BatchOut"];
type Failure = Batch["failures"][number];

export default function BatchPage({ params }: PageProps) {
  const id = params.id ?? "";
  const batch = useLoaded(
    (signal) => {
      const path = { batch_id: id };
      return ok(api.GET("/v1/images/batches/{batch_id}", { params: { path }, signal }));
    },
    [id],
  );
  const found = batch.data.value;
  useFeed(
    (events) => {
      const task = batch.data.value?.task_id;
      const concerns = events.some(
        (each) => each.task_id === task || each.type === "reset",
      );
      if (concerns && !batch.isLoading.value) void batch.reload();
    },
    [batch],
  );
  useEndsSeen(found && [found], batch.reload);
  return (
    <Page
      title={id.slice(0, 12)}
      above={{ href: at("/images/batches"), label: t("tab.batches") }}
      actions={found && <Actions batch={found} onChange={() => void batch.reload()} />}
    >
      {found ? (
        <Story batch={found} />
      ) : batch.error.value ? (
        <ErrorView error={batch.error.value} retry={() => void batch.reload()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </Page>
  );
}

function Actions({ batch, onChange }: { batch: Batch; onChange: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  return (
    <>
      {batch.state === "running" && (
        <Button icon="stop" reason={reason} onClick={() => setAsking(true)}>
          {t("batch.cancel")}
        </Button>
      )}
      <ButtonLink
        icon="download"
        look="main"
        href={`/v1/images/batches/${batch.id}/archive`}
        download
      >
        {t("order.archive")}
      </ButtonLink>
      {isAsking && (
        <Confirm
          title={t("batch.cancel.question")}
          action={t("batch.cancel")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const path = { task_id: batch.task_id };
            await ok(api.DELETE("/v1/tasks/{task_id}", { params: { path } }));
            tell(t("batch.cancelled"));
            onChange();
          }}
        >
          <p>{t("batch.cancel.hint")}</p>
        </Confirm>
      )}
    </>
  );
}

const COUNTS = ["queued", "running", "completed", "failed", "cancelled"] as const;

function Story({ batch }: { batch: Batch }) {
  const done = batch.completed + batch.failed + batch.cancelled;
  return (
    <>
      <Section title={t("batch.progress")} actions={<State state={batch.state} />}>
        <Progress label={t("batch.progress")} done={done} total={batch.total} />
        <p class={css.counts}>
          {COUNTS.map((name) => (
            <span key={name}>
              <strong>
                <Count value={batch[name]} />
              </strong>{" "}
              {common(`state.${name}`)}
            </span>
          ))}
          <Faint>
            <Time at={batch.created_at} />
          </Faint>
          <a href={at(`/tasks/${batch.task_id}`)}>{t("order.task")}</a>
        </p>
      </Section>
      {batch.failures.length > 0 && (
        <Section
          title={t("batch.failures")}
          lead={t("batch.failures.lead", { count: batch.failed })}
        >
          <Table
            label={t("batch.failures")}
            columns={columns()}
            rows={batch.failures}
            rowKey={(each) => each.task_id}
            isInline
          />
        </Section>
      )}
      <Section title={t("batch.sheet")}>
        {batch.contact_sheet ? (
          <img
            class={css.sheet}
            src={batch.contact_sheet.url}
            alt={t("batch.sheet")}
            width={batch.contact_sheet.width}
            height={batch.contact_sheet.height}
          />
        ) : (
          <p>
            <Faint>
              {t(batch.state === "running" ? "batch.sheet.later" : "batch.sheet.none")}
            </Faint>
          </p>
        )}
      </Section>
    </>
  );
}

const columns = (): Column<Failure>[] => [
  {
    key: "name",
    title: t("batch.file"),
    width: "32%",
    cell: (each) =>
      each.file_id ? (
        <a href={at(`/files/${each.file_id}`)}>
          <Name>{each.name}</Name>
        </a>
      ) : (
        <Name>{each.name}</Name>
      ),
  },
  {
    key: "error",
    title: t("batch.why"),
    cell: (each) => <Name>{String(each.error?.message ?? "")}</Name>,
  },
  {
    key: "task",
    title: t("order.task"),
    width: "120px",
    cell: (each) => <a href={at(`/tasks/${each.task_id}`)}>{t("order.task")}</a>,
  },
];
