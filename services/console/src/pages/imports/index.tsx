/** Imports: all that were, and files that are dropped here to become another. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useFeed } from "../../api/feed";
import { useList } from "../../api/loading";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  type Column,
  Count,
  DropPlace,
  ErrorNote,
  FileButton,
  Listing,
  Name,
  Page,
  Progress,
  Time,
} from "../../ui";
import css from "./imports.module.css";
import { plannedFiles, type Sending } from "./planning";
import { type Import, nameOf, Result } from "./result";
import { t } from "./texts";

const columns = (): Column<Import>[] => [
  {
    key: "source",
    title: t("column.source"),
    cell: (each) => (
      <a href={at(`/imports/${each.id}`)}>
        <Name>{nameOf(each)}</Name>
      </a>
    ),
  },
  {
    key: "tables",
    title: t("column.tables"),
    width: "22%",
    isWide: true,
    cell: (each) => <Name>{each.tables.map((table) => table.table).join(", ")}</Name>,
  },
  {
    key: "status",
    title: t("column.status"),
    width: "130px",
    cell: (each) => <Result found={each} />,
  },
  {
    key: "loaded",
    title: t("column.loaded"),
    width: "100px",
    isNumber: true,
    isWide: true,
    cell: (each) => <Count value={each.loaded + each.updated} />,
  },
  {
    key: "rejected",
    title: t("column.rejected"),
    width: "90px",
    isNumber: true,
    cell: (each) => <Count value={each.rejected} />,
  },
  {
    key: "created",
    title: t("column.created"),
    width: "140px",
    isWide: true,
    cell: (each) => <Time at={each.created_at} />,
  },
];

export default function Imports(_: PageProps) {
  const { route } = useLocation();
  const [sending, setSending] = useState<Sending | undefined>();
  const [error, setError] = useState<unknown>();
  const given = useRef(new AbortController());
  useEffect(() => () => given.current.abort(), []);
  const list = useList<Import>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/imports", { params: { query }, signal }));
  });
  useFeed(
    (events) => {
      const isNew = events.some(
        (each) =>
          each.type === "reset" ||
          (each.type.startsWith("data_import") && each.status === "completed"),
      );
      if (isNew) void list.reload();
    },
    [list],
  );
  const begin = async (files: File[]) => {
    setError(undefined);
    try {
      const id = await plannedFiles(files, setSending, given.current.signal);
      route(at(`/imports/plans/${id}`));
    } catch (thrown) {
      if (given.current.signal.aborted) return;
      setError(thrown);
      setSending(undefined);
    }
  };
  const reason = may("write") ? undefined : t("add.noScope");
  const button = (
    <FileButton
      look="main"
      isMany
      reason={reason}
      isBusy={sending !== undefined}
      onFiles={(files) => void begin(files)}
    >
      {t("add")}
    </FileButton>
  );
  return (
    <DropPlace
      label={t("drop")}
      mayDrop={reason === undefined && sending === undefined}
      onFiles={(files) => void begin(files)}
    >
      <Page title={t("title")} actions={button} isFilled>
        {sending && <Way now={sending} />}
        {error !== undefined && (
          <div class={css.note}>
            <ErrorNote error={error} />
          </div>
        )}
        <List list={list} button={button} />
      </Page>
    </DropPlace>
  );
}

interface ListProps {
  list: ReturnType<typeof useList<Import>>;
  button: preact.ComponentChildren;
}

function List({ list, button }: ListProps) {
  const { route } = useLocation();
  return (
    <Listing
      label={t("title")}
      list={list}
      columns={columns()}
      rowKey={(each) => each.id}
      onOpen={(each) => route(at(`/imports/${each.id}`))}
      empty={{
        icon: "table",
        title: t("empty"),
        hint: t("empty.hint"),
        action: button,
      }}
    />
  );
}

function Way({ now }: { now: Sending }) {
  const label = now.isPlanning ? t("planning") : t("sending", { name: now.name });
  return (
    <div class={css.way} aria-live="polite">
      <span>{label}</span>
      <Progress
        label={label}
        done={now.isPlanning ? 0 : now.sent}
        total={now.isPlanning ? 0 : now.total}
      />
    </div>
  );
}
