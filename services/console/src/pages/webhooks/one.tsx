/** One webhook: what it is, what can be done with it, what it has delivered. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { moment } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import {
  Button,
  Confirm,
  Copy,
  ErrorView,
  Facts,
  Id,
  Menu,
  Page,
  Section,
  Skeleton,
  tell,
  tellError,
} from "../../ui";
import { MadeSecret, type Webhook } from ".";
import { Deliveries } from "./deliveries";
import { WebhookState } from "./state";
import { t } from "./texts";

type Asked = "rotate" | "delete";

export default function OneWebhook({ params, query }: PageProps) {
  const id = params.id ?? "";
  const path = { webhook_id: id };
  const webhook = useLoaded(
    (signal) => ok(api.GET("/v1/webhooks/{webhook_id}", { params: { path }, signal })),
    [id],
  );
  const { route } = useLocation();
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<string>();
  const [sent, setSent] = useState(0);
  const found = webhook.data.value;
  const test = async () => {
    await ok(api.POST("/v1/webhooks/{webhook_id}/test", { params: { path } }));
    tell(t("tested"));
    setSent(sent + 1);
  };
  const turn = async () => {
    const body = { enabled: found?.disabled_at != null };
    await ok(api.PATCH("/v1/webhooks/{webhook_id}", { params: { path }, body }));
    await webhook.reload();
  };
  const confirm = async () => {
    if (asked === "delete") {
      await ok(api.DELETE("/v1/webhooks/{webhook_id}", { params: { path } }));
      route(at("/webhooks"));
      return;
    }
    const made = api.POST("/v1/webhooks/{webhook_id}/rotate", { params: { path } });
    setSecret((await ok(made)).secret);
    await webhook.reload();
  };
  const actions = found && (
    <>
      <Button icon="play" onClick={() => void test().catch(tellError)}>
        {t("test")}
      </Button>
      <Menu
        icon="dots"
        label={t("actions")}
        items={[
          {
            label: t(found.disabled_at ? "turnOn" : "turnOff"),
            icon: found.disabled_at ? "play" : "stop",
            onChoose: () => void turn().catch(tellError),
          },
          { label: t("rotate"), icon: "refresh", onChoose: () => setAsked("rotate") },
          {
            label: t("delete"),
            icon: "trash",
            isDangerous: true,
            onChoose: () => setAsked("delete"),
          },
        ]}
      />
    </>
  );
  return (
    <Page
      title={found?.url ?? id}
      above={{ href: at("/webhooks"), label: t("title") }}
      actions={actions}
    >
      {found ? (
        <About webhook={found} />
      ) : webhook.error.value ? (
        <ErrorView error={webhook.error.value} retry={() => void webhook.reload()} />
      ) : (
        <Skeleton rows={4} />
      )}
      {found && <Deliveries webhookId={id} state={query.state} sent={sent} />}
      {asked && (
        <Confirm
          title={t(`${asked}.title`)}
          action={t(asked)}
          isDangerous={asked === "delete"}
          onConfirm={confirm}
          onClose={() => setAsked(undefined)}
        >
          <p>{t(`${asked}.text`)}</p>
        </Confirm>
      )}
      {secret && <MadeSecret secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

function About({ webhook }: { webhook: Webhook }) {
  const why = webhook.disabled_reason
    ? t(`off.${webhook.disabled_reason}`)
    : webhook.failing_since
      ? t("failing.since", { at: moment(new Date(webhook.failing_since)) })
      : "";
  return (
    <Section title={t("fact.state")}>
      <Facts
        rows={[
          [
            t("fact.state"),
            <span key="state">
              <WebhookState webhook={webhook} /> {why}
            </span>,
          ],
          [t("fact.url"), <bdi key="url">{webhook.url}</bdi>],
          [t("fact.events"), <code key="events">{webhook.events.join(", ")}</code>],
          [t("fact.description"), webhook.description ?? common("say.none")],
          [
            t("fact.id"),
            <>
              <Id>{webhook.id}</Id> <Copy text={webhook.id} />
            </>,
          ],
        ]}
      />
    </Section>
  );
}
