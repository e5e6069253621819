/** Webhooks, and one of them with what it has delivered. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import {
  Button,
  type Column,
  Dialog,
  FormDialog,
  Listing,
  Name,
  Page,
  Secret,
  TextField,
  Time,
} from "../../ui";
import { WebhookState } from "./state";
import { t } from "./texts";

export type Webhook = Schemas["WebhookOut"];
export type NewWebhook = Schemas["NewWebhookOut"];

const columns = (): Column<Webhook>[] => [
  {
    key: "url",
    title: t("column.url"),
    cell: (row) => (
      <a href={at(`/webhooks/${row.id}`)}>
        <Name>{row.url}</Name>
      </a>
    ),
  },
  {
    key: "events",
    title: t("column.events"),
    isWide: true,
    cell: (row) => <Name>{row.events.join(", ")}</Name>,
  },
  {
    key: "state",
    title: t("column.state"),
    width: "120px",
    cell: (row) => <WebhookState webhook={row} />,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "140px",
    isWide: true,
    cell: (row) => <Time at={row.created_at} />,
  },
];

export default function Webhooks() {
  const { route } = useLocation();
  const list = useList<Webhook>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/webhooks", { params: { query }, signal }));
  });
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewWebhook>();
  const create = (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t("create")}
    </Button>
  );
  return (
    <Page title={t("title")} actions={create} isFilled>
      <Listing
        label={t("title")}
        list={list}
        columns={columns()}
        rowKey={(row) => row.id}
        onOpen={(row) => route(at(`/webhooks/${row.id}`))}
        empty={{
          icon: "webhook",
          title: t("empty"),
          hint: t("empty.hint"),
          action: create,
        }}
      />
      {isMaking && (
        <Create
          onClose={() => setMaking(false)}
          onMade={(webhook) => {
            setMade(webhook);
            void list.reload();
          }}
        />
      )}
      {made && <MadeSecret secret={made.secret} onClose={() => setMade(undefined)} />}
    </Page>
  );
}

export function MadeSecret(props: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      title={t("made.title")}
      actions={
        <Button look="main" onClick={props.onClose}>
          {common("do.close")}
        </Button>
      }
    >
      <p>{t("made.text")}</p>
      <Secret label={t("made.title")}>{props.secret}</Secret>
    </Dialog>
  );
}

function Create(props: { onClose: () => void; onMade: (webhook: NewWebhook) => void }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState("*.completed\n*.failed");
  const [description, setDescription] = useState("");
  const submit = async () => {
    const body = {
      url: url.trim(),
      events: events.split(/[\s,]+/).filter(Boolean),
      description: description.trim() || null,
    };
    props.onMade(await ok(api.POST("/v1/webhooks", { body })));
  };
  return (
    <FormDialog
      title={t("create.title")}
      action={t("create")}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <TextField
        label={t("create.url")}
        hint={t("create.url.hint")}
        type="url"
        value={url}
        onInput={setUrl}
        required
        autoFocus
      />
      <TextField
        label={t("create.events")}
        hint={t("create.events.hint")}
        value={events}
        onInput={setEvents}
        rows={3}
        required
      />
      <TextField
        label={t("create.description")}
        value={description}
        onInput={setDescription}
      />
    </FormDialog>
  );
}
