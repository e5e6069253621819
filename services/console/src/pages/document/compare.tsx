/** Another document to compare this one with: mostly another version of it. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useList } from "../../api/loading";
import { made } from "../../api/tasks";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import {
  Button,
  type Column,
  Dialog,
  Empty,
  ErrorNote,
  ErrorView,
  Name,
  Segments,
  Skeleton,
  Table,
  Time,
} from "../../ui";
import css from "./export.module.css";
import type { DocumentRow } from "./model";
import { t } from "./texts";

type Order = "older" | "newer";

const columns = (): Column<DocumentRow>[] => [
  { key: "name", title: t("column.name"), cell: (row) => <Name>{row.name}</Name> },
  {
    key: "size",
    title: t("size"),
    width: "120px",
    isWide: true,
    cell: (row) => `${row.width} × ${row.height}`,
  },
  {
    key: "at",
    title: t("column.created"),
    width: "130px",
    cell: (row) => <Time at={row.created_at} />,
  },
];

export function Compare(props: { document: DocumentRow; onClose: () => void }) {
  const { document, onClose } = props;
  const { route } = useLocation();
  const [chosen, setChosen] = useState<string>();
  const [order, setOrder] = useState<Order>("older");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const list = useList<DocumentRow>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/psd/documents", { params: { query }, signal }));
  });
  const others = list.items.value?.filter((each) => each.id !== document.id);
  const compare = async () => {
    if (!chosen) return;
    setBusy(true);
    setError(undefined);
    try {
      const pair = order === "older" ? [chosen, document.id] : [document.id, chosen];
      const body = { before: pair[0] as string, after: pair[1] as string };
      const params = { header: { prefer: ["wait=20"] } };
      const task = await ok(api.POST("/v1/psd/diffs", { body, params }));
      route(at(`/diffs/${await made(task, new AbortController().signal)}`));
    } catch (found) {
      setError(found);
      setBusy(false);
    }
  };
  const reason = !may("write")
    ? common("app.noScope", { scope: "write" })
    : chosen === undefined
      ? t("compare.choose")
      : undefined;
  return (
    <Dialog
      title={t("compare.title", { name: document.name })}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("do.cancel")}</Button>
          <Button
            look="main"
            isBusy={isBusy}
            reason={reason}
            onClick={() => void compare()}
          >
            {t("compare.do")}
          </Button>
        </>
      }
    >
      {error !== undefined && <ErrorNote error={error} />}
      <Segments<Order>
        label={t("compare.order")}
        value={order}
        options={[
          { value: "older", label: t("compare.older") },
          { value: "newer", label: t("compare.newer") },
        ]}
        onChange={setOrder}
      />
      {others === undefined ? (
        list.error.value === undefined ? (
          <Skeleton rows={6} />
        ) : (
          <ErrorView error={list.error.value} retry={() => void list.reload()} />
        )
      ) : others.length === 0 ? (
        <Empty icon="document" title={t("compare.none")}>
          {t("compare.none.hint")}
        </Empty>
      ) : (
        <div class={css.list}>
          <Table
            label={t("documents")}
            columns={columns()}
            rows={others}
            rowKey={(row) => row.id}
            chosen={chosen}
            onOpen={(row) => setChosen(row.id)}
            onEnd={() => void list.more()}
          />
        </div>
      )}
    </Dialog>
  );
}
