/** The workspace's API keys: made, rotated, revoked. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import { when } from "../../i18n/formats";
import {
  Badge,
  Button,
  type Column,
  Confirm,
  Dialog,
  Faint,
  Id,
  Listing,
  Menu,
  Name,
  Page,
  Secret,
  Time,
  type Tone,
  tell,
} from "../../ui";
import { CreateKey } from "./create";
import { t } from "./texts";

type Key = Schemas["ApiKeyOut"];
type NewKey = Schemas["NewApiKeyOut"];
type Asked = { what: "rotate" | "revoke"; key: Key };

export default function Keys() {
  const list = useList<Key>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/api-keys", { params: { query }, signal }));
  });
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewKey>();
  const [asked, setAsked] = useState<Asked>();
  const take = (key: NewKey) => {
    setMade(key);
    void list.reload();
  };
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
        columns={columns(setAsked)}
        rowKey={(row) => row.id}
        empty={{
          icon: "key",
          title: t("empty"),
          hint: t("empty.hint"),
          action: create,
        }}
      />
      {isMaking && <CreateKey onClose={() => setMaking(false)} onMade={take} />}
      {made && (
        <Dialog
          title={t("made.title", { name: made.name })}
          actions={
            <Button look="main" onClick={() => setMade(undefined)}>
              {common("do.close")}
            </Button>
          }
        >
          <Secret label={t("made.title", { name: made.name })}>{made.key}</Secret>
        </Dialog>
      )}
      {asked && (
        <Change
          {...asked}
          onClose={() => setAsked(undefined)}
          onRotated={take}
          onRevoked={() => void list.reload()}
        />
      )}
    </Page>
  );
}

function Change(
  props: Asked & {
    onClose: () => void;
    onRotated: (key: NewKey) => void;
    onRevoked: () => void;
  },
) {
  const { what, key, onClose } = props;
  const params = { path: { key_id: key.id } };
  const confirm = async () => {
    if (what === "rotate") {
      props.onRotated(await ok(api.POST("/v1/api-keys/{key_id}/rotate", { params })));
      return;
    }
    await ok(api.DELETE("/v1/api-keys/{key_id}", { params }));
    tell(t("revoked", { name: key.name }));
    props.onRevoked();
  };
  return (
    <Confirm
      title={t(`${what}.title`, { name: key.name })}
      action={t(what)}
      isDangerous={what === "revoke"}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t(`${what}.text`)}</p>
    </Confirm>
  );
}

function stateOf(key: Key): [Tone, string] {
  const now = Date.now();
  if (key.revoked_at) {
    const at = new Date(key.revoked_at);
    if (at.getTime() <= now) return ["calm", t("state.revoked")];
    return ["warn", t("state.ending", { at: when(at) })];
  }
  if (key.expires_at) {
    const at = new Date(key.expires_at);
    if (at.getTime() <= now) return ["calm", t("state.expired")];
    return ["good", t("state.ending", { at: when(at) })];
  }
  return ["good", t("state.good")];
}

function columns(ask: (asked: Asked) => void): Column<Key>[] {
  return [
    { key: "name", title: t("column.name"), cell: (row) => <Name>{row.name}</Name> },
    {
      key: "key",
      title: t("column.key"),
      width: "150px",
      isWide: true,
      cell: (row) => <Id>{`${row.begins_with}…`}</Id>,
    },
    {
      key: "scopes",
      title: t("column.scopes"),
      width: "180px",
      isWide: true,
      cell: (row) => row.scopes.map((each) => common(`scope.${each}`)).join(", "),
    },
    {
      key: "state",
      title: t("column.state"),
      width: "150px",
      cell: (row) => {
        const [tone, text] = stateOf(row);
        return <Badge tone={tone}>{text}</Badge>;
      },
    },
    {
      key: "used",
      title: t("column.used"),
      width: "140px",
      isWide: true,
      cell: (row) =>
        row.last_used_at ? <Time at={row.last_used_at} /> : <Faint>{t("never")}</Faint>,
    },
    {
      key: "created",
      title: t("column.created"),
      width: "140px",
      isWide: true,
      cell: (row) => <Time at={row.created_at} />,
    },
    {
      key: "actions",
      title: t("column.actions"),
      isTitleUnseen: true,
      width: "60px",
      cell: (row) =>
        stateOf(row)[0] !== "calm" && (
          <Menu
            icon="dots"
            label={t("actions.of", { name: row.name })}
            items={[
              {
                label: t("rotate"),
                icon: "refresh",
                onChoose: () => ask({ what: "rotate", key: row }),
              },
              {
                label: t("revoke"),
                icon: "trash",
                isDangerous: true,
                onChoose: () => ask({ what: "revoke", key: row }),
              },
            ]}
          />
        ),
    },
  ];
}
