/** Invitations that nobody has used yet. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import {
  Button,
  type Column,
  Confirm,
  Dialog,
  FormDialog,
  Listing,
  Name,
  Secret,
  Section,
  Select,
  TextField,
  Time,
} from "../../ui";
import { ROLES, type Role } from "./roles";
import { t } from "./texts";

type Invitation = Schemas["InvitationOut"];
type NewInvitation = Schemas["NewInvitationOut"];

export function Invitations() {
  const list = useList<Invitation>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/invitations", { params: { query }, signal }));
  });
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<NewInvitation>();
  const [withdrawn, setWithdrawn] = useState<Invitation>();
  const invite = (
    <Button look="main" icon="plus" onClick={() => setAsking(true)}>
      {t("invite")}
    </Button>
  );
  return (
    <Section title={t("invitations")} actions={invite}>
      <Listing
        label={t("invitations")}
        list={list}
        columns={columns(setWithdrawn)}
        rowKey={(row) => row.id}
        empty={{ icon: "inbox", title: t("invitations.empty") }}
        isInline
      />
      {isAsking && (
        <Invite
          onClose={() => setAsking(false)}
          onMade={(invitation) => {
            setMade(invitation);
            void list.reload();
          }}
        />
      )}
      {made && <Made invitation={made} onClose={() => setMade(undefined)} />}
      {withdrawn && (
        <Confirm
          title={t("withdraw.title", { email: withdrawn.email })}
          action={t("withdraw")}
          onClose={() => setWithdrawn(undefined)}
          onConfirm={async () => {
            const params = { path: { invitation_id: withdrawn.id } };
            await ok(api.DELETE("/v1/invitations/{invitation_id}", { params }));
            await list.reload();
          }}
        >
          <p>{t("withdraw.text")}</p>
        </Confirm>
      )}
    </Section>
  );
}

function columns(withdraw: (row: Invitation) => void): Column<Invitation>[] {
  return [
    {
      key: "email",
      title: t("column.email"),
      cell: (row) => <Name>{row.email}</Name>,
    },
    {
      key: "role",
      title: t("column.role"),
      width: "110px",
      cell: (row) => common(`role.${row.role}`),
    },
    {
      key: "until",
      title: t("column.until"),
      width: "150px",
      isWide: true,
      cell: (row) => <Time at={row.expires_at} />,
    },
    {
      key: "actions",
      title: t("column.actions"),
      isTitleUnseen: true,
      width: "120px",
      isNumber: true,
      cell: (row) => (
        <Button look="quiet" onClick={() => withdraw(row)}>
          {t("withdraw")}
        </Button>
      ),
    },
  ];
}

function Invite(props: {
  onClose: () => void;
  onMade: (invitation: NewInvitation) => void;
}) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  return (
    <FormDialog
      title={t("invite.title")}
      action={t("invite")}
      onClose={props.onClose}
      onSubmit={async () => {
        const body = { email: email.trim(), role };
        props.onMade(await ok(api.POST("/v1/invitations", { body })));
      }}
    >
      <TextField
        label={t("invite.email")}
        type="email"
        value={email}
        onInput={setEmail}
        required
        autoFocus
      />
      <Select
        label={t("invite.role")}
        hint={t("invite.role.hint")}
        value={role}
        options={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
        onChange={setRole}
      />
    </FormDialog>
  );
}

function Made(props: { invitation: NewInvitation; onClose: () => void }) {
  const { invitation, onClose } = props;
  return (
    <Dialog
      title={t("invite.done", { email: invitation.email })}
      actions={
        <Button look="main" onClick={onClose}>
          {common("do.close")}
        </Button>
      }
    >
      <p>{t("invite.link")}</p>
      <Secret label={t("invite.link")}>
        {`${location.origin}/console/#invitation=${invitation.token}`}
      </Secret>
    </Dialog>
  );
}
