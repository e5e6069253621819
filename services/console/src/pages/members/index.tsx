/** Who works in the workspace, and who is invited to. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { type LoadedList, useList } from "../../api/loading";
import { t as common } from "../../i18n";
import { may, me } from "../../session/session";
import {
  Button,
  type Column,
  Confirm,
  Listing,
  Name,
  Page,
  Section,
  Select,
  Time,
  tell,
  tellError,
} from "../../ui";
import { Invitations } from "./invitations";
import { ROLES, type Role } from "./roles";
import { t } from "./texts";

type Member = Schemas["MemberOut"];

export default function Members() {
  const list = useList<Member>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/members", { params: { query }, signal }));
  });
  const [leaving, setLeaving] = useState<Member>();
  return (
    <Page title={t("title")}>
      <Section title={t("title")}>
        <Listing
          label={t("title")}
          list={list}
          columns={columns(list, setLeaving)}
          rowKey={(row) => row.user_id}
          empty={{
            icon: "people",
            title: t("members.empty"),
            hint: t("members.empty.hint"),
          }}
          rowHeight={44}
          isInline
        />
      </Section>
      {may("admin") && <Invitations />}
      {leaving && (
        <Confirm
          title={t("remove.title", { name: leaving.name })}
          action={t("remove")}
          onClose={() => setLeaving(undefined)}
          onConfirm={async () => {
            const params = { path: { user_id: leaving.user_id } };
            await ok(api.DELETE("/v1/members/{user_id}", { params }));
            tell(t("removed", { name: leaving.name }));
            await list.reload();
          }}
        >
          <p>{t("remove.text")}</p>
        </Confirm>
      )}
    </Page>
  );
}

async function change(list: LoadedList<Member>, member: Member, role: Role) {
  try {
    const params = { path: { user_id: member.user_id } };
    await ok(api.PUT("/v1/members/{user_id}/role", { params, body: { role } }));
    tell(t("role.changed", { name: member.name }));
  } catch (error) {
    tellError(error);
  }
  await list.reload();
}

function columns(
  list: LoadedList<Member>,
  remove: (member: Member) => void,
): Column<Member>[] {
  const reason = may("admin") ? undefined : common("app.noScope", { scope: "admin" });
  const rows: Column<Member>[] = [
    {
      key: "name",
      title: t("column.name"),
      cell: (row) => <Name>{row.name}</Name>,
    },
    {
      key: "email",
      title: t("column.email"),
      isWide: true,
      cell: (row) => <Name>{row.email}</Name>,
    },
    {
      key: "role",
      title: t("column.role"),
      width: "140px",
      cell: (row) =>
        reason === undefined ? (
          <Select
            label={t("role.of", { name: row.name })}
            isBare
            value={row.role}
            options={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
            onChange={(role) => void change(list, row, role)}
          />
        ) : (
          common(`role.${row.role}`)
        ),
    },
    {
      key: "since",
      title: t("column.since"),
      width: "150px",
      isWide: true,
      cell: (row) => <Time at={row.created_at} />,
    },
  ];
  const last: Column<Member> = {
    key: "actions",
    title: t("column.actions"),
    isTitleUnseen: true,
    width: "110px",
    isNumber: true,
    cell: (row) =>
      row.user_id !== me.value?.user_id && (
        <Button look="quiet" reason={reason} onClick={() => remove(row)}>
          {t("remove")}
        </Button>
      ),
  };
  return [...rows, last];
}
