/** What a webhook has delivered, or could not; each can be sent again. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { duration } from "../../i18n/formats";
import {
  Button,
  type Column,
  Dialog,
  ErrorNote,
  Facts,
  Faint,
  Id,
  Listing,
  Section,
  Segments,
  State,
  Time,
  tell,
  useDoing,
} from "../../ui";
import { t } from "./texts";

type Delivery = Schemas["DeliveryOut"];

const STATES = ["pending", "delivered", "failed"] as const;
const LOOK_AGAIN = 2500;

const columns = (): Column<Delivery>[] => [
  { key: "type", title: t("column.type"), cell: (row) => <code>{row.type}</code> },
  {
    key: "state",
    title: t("column.state"),
    width: "120px",
    cell: (row) => <State state={row.state} />,
  },
  {
    key: "attempts",
    title: t("column.attempts"),
    width: "90px",
    isNumber: true,
    isWide: true,
    cell: (row) => row.attempts,
  },
  {
    key: "answer",
    title: t("column.answer"),
    isWide: true,
    cell: (row) => row.error ?? row.status ?? <Faint>–</Faint>,
  },
  {
    key: "at",
    title: t("column.at"),
    width: "140px",
    cell: (row) => <Time at={row.created_at} />,
  },
];

interface DeliveriesProps {
  webhookId: string;
  state: string | undefined;
  /** Counts what was sent from here: with each the list is loaded anew. */
  sent: number;
}

export function Deliveries({ webhookId, state, sent }: DeliveriesProps) {
  const { route } = useLocation();
  const wanted = STATES.find((each) => each === state);
  const list = useList<Delivery>(
    (cursor, signal) => {
      const query = {
        limit: 100,
        ...(wanted ? { state: wanted } : {}),
        ...(cursor ? { cursor } : {}),
      };
      const params = { path: { webhook_id: webhookId }, query };
      const answer = api.GET("/v1/webhooks/{webhook_id}/deliveries", {
        params,
        signal,
      });
      return ok(answer);
    },
    [webhookId, wanted, sent],
  );
  const [opened, setOpened] = useState<Delivery>();
  const isPending = list.items.value?.some((each) => each.state === "pending") ?? false;
  useEffect(() => {
    if (!isPending) return;
    const timer = setInterval(() => void list.reload(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [isPending, list]);
  const filter = (
    <Segments
      label={t("deliveries.filter")}
      value={wanted ?? "all"}
      options={(["all", ...STATES] as const).map((value) => ({
        value,
        label: t(`filter.${value}`),
      }))}
      onChange={(chosen) => {
        const asked = { state: chosen === "all" ? undefined : chosen };
        route(at(`/webhooks/${webhookId}`, asked), true);
      }}
    />
  );
  return (
    <Section title={t("deliveries")} actions={filter}>
      <Listing
        label={t("deliveries")}
        list={list}
        columns={columns()}
        rowKey={(row) => row.id}
        onOpen={setOpened}
        empty={{ icon: "webhook", title: t("deliveries.empty") }}
        isInline
      />
      {opened && (
        <DeliveryPanel
          delivery={opened}
          onClose={() => setOpened(undefined)}
          onSent={() => void list.reload()}
        />
      )}
    </Section>
  );
}

function DeliveryPanel(props: {
  delivery: Delivery;
  onClose: () => void;
  onSent: () => void;
}) {
  const { delivery, onClose, onSent } = props;
  const doing = useDoing();
  const again = async () => {
    const path = { webhook_id: delivery.webhook_id, delivery_id: delivery.id };
    await ok(
      api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", {
        params: { path },
      }),
    );
    tell(t("redelivered"));
    onSent();
    onClose();
  };
  const milliseconds = delivery.milliseconds;
  return (
    <Dialog
      title={t("delivery.title")}
      size="side"
      onClose={onClose}
      actions={
        <Button
          look="main"
          icon="refresh"
          isBusy={doing.isBusy}
          onClick={() => void doing.run(again)}
        >
          {t("redeliver")}
        </Button>
      }
    >
      {doing.error !== undefined && <ErrorNote error={doing.error} />}
      <Facts
        rows={[
          [t("column.type"), <code key="type">{delivery.type}</code>],
          [t("column.state"), <State key="state" state={delivery.state} />],
          [t("column.attempts"), delivery.attempts],
          [t("delivery.error"), delivery.error ?? "–"],
          [t("delivery.status"), delivery.status ?? "–"],
          [t("delivery.answer"), <bdi key="answer">{delivery.answer ?? "–"}</bdi>],
          [
            t("delivery.time"),
            milliseconds == null ? "–" : duration(milliseconds / 1000),
          ],
          [t("delivery.last"), <Time key="last" at={delivery.last_attempt_at} />],
          [t("delivery.next"), <Time key="next" at={delivery.next_attempt_at} />],
          [
            t("delivery.task"),
            delivery.task_id ? (
              <a key="task" href={at(`/tasks/${delivery.task_id}`)}>
                <Id>{delivery.task_id}</Id>
              </a>
            ) : (
              "–"
            ),
          ],
          [t("delivery.event"), <Id key="event">{delivery.event_id}</Id>],
        ]}
      />
    </Dialog>
  );
}
