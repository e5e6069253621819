/** Oneself: who one is, where one is signed in, and the password. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import { me, workspace } from "../../session/session";
import {
  Badge,
  Button,
  type Column,
  Confirm,
  Facts,
  Faint,
  FormDialog,
  Listing,
  Name,
  Page,
  Section,
  TextField,
  Time,
  tell,
  tellError,
} from "../../ui";
import { t } from "./texts";

type Session = Schemas["SessionOut"];

export default function Account() {
  const who = me.value;
  if (!who) return null;
  return (
    <Page title={t("title")}>
      <Section title={t("you")}>
        <Facts
          rows={[
            [t("fact.name"), <bdi key="name">{who.name ?? t("fact.byKey")}</bdi>],
            [t("fact.email"), who.email ?? <Faint>–</Faint>],
            [t("fact.workspace"), <bdi key="at">{workspace.value?.name ?? ""}</bdi>],
            [
              t("fact.scopes"),
              who.scopes.map((each) => common(`scope.${each}`)).join(", "),
            ],
          ]}
        />
      </Section>
      {who.user_id && (
        <>
          <Password />
          <Sessions />
        </>
      )}
    </Page>
  );
}

function Password() {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section
      title={t("password")}
      actions={
        <Button icon="key" onClick={() => setAsking(true)}>
          {t("password.change")}
        </Button>
      }
    >
      {isAsking && <ChangePassword onClose={() => setAsking(false)} />}
    </Section>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  return (
    <FormDialog
      title={t("password.change")}
      action={t("password.change")}
      onClose={onClose}
      onSubmit={async () => {
        await ok(api.PUT("/v1/me/password", { body: { old: before, new: after } }));
        tell(t("password.changed"));
      }}
    >
      <TextField
        label={t("password.old")}
        type="password"
        autoComplete="current-password"
        value={before}
        onInput={setBefore}
        required
        autoFocus
      />
      <TextField
        label={t("password.new")}
        hint={t("password.new.hint")}
        type="password"
        autoComplete="new-password"
        value={after}
        onInput={setAfter}
        required
      />
    </FormDialog>
  );
}

function Sessions() {
  const list = useList<Session>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/sessions", { params: { query }, signal }));
  });
  const [isAsking, setAsking] = useState(false);
  const end = async (session: Session) => {
    const params = { path: { session_id: session.id } };
    await ok(api.DELETE("/v1/sessions/{session_id}", { params }));
    tell(t("ended"));
    await list.reload();
  };
  return (
    <Section
      title={t("sessions")}
      lead={t("sessions.lead")}
      actions={
        <Button icon="signOut" onClick={() => setAsking(true)}>
          {t("sessions.endAll")}
        </Button>
      }
    >
      <Listing
        label={t("sessions")}
        list={list}
        columns={columns((session) => void end(session).catch(tellError))}
        rowKey={(row) => row.id}
        empty={{ icon: "people", title: t("sessions.empty") }}
        isInline
      />
      {isAsking && (
        <Confirm
          title={t("sessions.endAll.title")}
          action={t("sessions.endAll")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await ok(api.DELETE("/v1/sessions"));
            location.assign("/console/");
          }}
        >
          <p>{t("sessions.endAll.text")}</p>
        </Confirm>
      )}
    </Section>
  );
}

function columns(end: (session: Session) => void): Column<Session>[] {
  return [
    {
      key: "agent",
      title: t("column.agent"),
      cell: (row) => <Name>{row.user_agent ?? "–"}</Name>,
    },
    {
      key: "address",
      title: t("column.address"),
      width: "130px",
      isWide: true,
      cell: (row) => row.address ?? "–",
    },
    {
      key: "used",
      title: t("column.used"),
      width: "130px",
      cell: (row) => <Time at={row.last_used_at} />,
    },
    {
      key: "ends",
      title: t("column.ends"),
      width: "130px",
      isWide: true,
      cell: (row) => <Time at={row.ends_at} />,
    },
    {
      key: "actions",
      title: t("column.actions"),
      isTitleUnseen: true,
      width: "110px",
      isNumber: true,
      cell: (row) =>
        row.is_current ? (
          <Badge tone="good">{t("current")}</Badge>
        ) : (
          <Button look="quiet" onClick={() => end(row)}>
            {t("end")}
          </Button>
        ),
    },
  ];
}
