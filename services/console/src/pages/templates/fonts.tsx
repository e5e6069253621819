/** The workspace's own fonts. */
import { useState } from "preact/hooks";
import { api, ask, ok, type Schemas } from "../../api/client";
import { useList } from "../../api/loading";
import { ended, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Badge,
  Bytes,
  type Column,
  Confirm,
  DropPlace,
  ErrorNote,
  Faint,
  FileButton,
  IconButton,
  Listing,
  Name,
  Page,
  Progress,
  tell,
} from "../../ui";
import { RoomTabs } from "./tabs";
import css from "./templates.module.css";
import { t } from "./texts";

type Font = Schemas["FontOut"];

const SUFFIXES = ".ttf,.otf,.ttc,.woff2";

export default function Fonts(_: PageProps) {
  const list = useList<Font>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/fonts", { params: { query }, signal }));
  });
  const [adding, setAdding] = useState("");
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState<Font | undefined>();
  const add = async (files: File[]) => {
    setError(undefined);
    try {
      for (const file of files) {
        setAdding(file.name);
        await added(file);
        tell(t("fonts.added", { name: file.name }));
      }
    } catch (thrown) {
      setError(thrown);
    } finally {
      setAdding("");
      void list.reload();
    }
  };
  const remove = async () => {
    if (!asked) return;
    const params = { path: { font_id: asked.id }, header: { prefer: ["wait=20"] } };
    await ended(await ok(api.DELETE("/v1/fonts/{font_id}", { params })));
    void list.reload();
  };
  const reason = may("write") ? undefined : t("fonts.noScope");
  const button = (
    <FileButton
      look="main"
      icon="plus"
      isMany
      accept={SUFFIXES}
      reason={reason}
      isBusy={adding !== ""}
      onFiles={(files) => void add(files)}
    >
      {t("fonts.add")}
    </FileButton>
  );
  return (
    <DropPlace
      label={t("fonts.drop")}
      mayDrop={reason === undefined && adding === ""}
      onFiles={(files) => void add(files)}
    >
      <Page
        title={t("fonts.title")}
        actions={button}
        bar={<RoomTabs of="fonts" />}
        isFilled
      >
        {adding && (
          <div class={css.step}>
            <span>{t("fonts.adding", { name: adding })}</span>
            <Progress label={t("fonts.adding", { name: adding })} done={0} total={0} />
          </div>
        )}
        {error !== undefined && (
          <div class={css.notes}>
            <ErrorNote error={error} />
          </div>
        )}
        <List list={list} button={button} onDelete={setAsked} reason={reason} />
        {asked && (
          <Confirm
            title={common("say.deleteQuestion", { name: asked.name })}
            action={common("do.delete")}
            onConfirm={remove}
            onClose={() => setAsked(undefined)}
          >
            <p>{t("fonts.delete.text")}</p>
          </Confirm>
        )}
      </Page>
    </DropPlace>
  );
}

interface ListProps {
  list: ReturnType<typeof useList<Font>>;
  button: preact.ComponentChildren;
  reason: string | undefined;
  onDelete: (font: Font) => void;
}

function List({ list, button, reason, onDelete }: ListProps) {
  return (
    <Listing
      label={t("fonts.title")}
      list={list}
      columns={columns(reason, onDelete)}
      rowKey={(each) => each.id}
      rowHeight={40}
      empty={{
        icon: "book",
        title: t("fonts.empty"),
        hint: t("fonts.empty.hint"),
        action: button,
      }}
    />
  );
}

async function added(file: File): Promise<void> {
  const response = await ask(`/v1/fonts?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", Prefer: "wait=20" },
    body: file,
  });
  await ended((await response.json()) as Task);
}

function columns(
  reason: string | undefined,
  onDelete: (font: Font) => void,
): Column<Font>[] {
  const each = (font: Font, what: (face: Font["faces"][number]) => string) => (
    <Name>{[...new Set(font.faces.map(what))].join(", ")}</Name>
  );
  return [
    {
      key: "family",
      title: t("fonts.family"),
      cell: (font) => each(font, (face) => face.family),
    },
    {
      key: "styles",
      title: t("fonts.styles"),
      width: "20%",
      cell: (font) => each(font, (face) => face.style),
    },
    {
      key: "postscript",
      title: t("fonts.postscript"),
      width: "24%",
      isWide: true,
      cell: (font) => (
        <Faint>{each(font, (face) => face.postscript_names.join(", "))}</Faint>
      ),
    },
    {
      key: "name",
      title: t("fonts.name"),
      width: "18%",
      isWide: true,
      cell: (font) => <Name>{font.name}</Name>,
    },
    {
      key: "size",
      title: t("fonts.size"),
      width: "90px",
      isNumber: true,
      isWide: true,
      cell: (font) => <Bytes value={font.size} />,
    },
    {
      key: "warnings",
      title: t("fonts.warnings"),
      width: "90px",
      isWide: true,
      cell: (font) =>
        font.warnings.length > 0 ? (
          <span title={font.warnings.join("\n")}>
            <Badge tone="warn">{font.warnings.length}</Badge>
          </span>
        ) : (
          <Faint>–</Faint>
        ),
    },
    {
      key: "delete",
      title: common("do.delete"),
      isTitleUnseen: true,
      width: "66px",
      cell: (font) => (
        <IconButton
          icon="trash"
          label={`${common("do.delete")}: ${font.name}`}
          reason={reason}
          onClick={() => onDelete(font)}
        />
      ),
    },
  ];
}
