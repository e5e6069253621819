/** Recipes that have a name: looked at, opened, deleted. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useList } from "../../api/loading";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import {
  ButtonLink,
  type Column,
  Confirm,
  Copy,
  Empty,
  ErrorView,
  Faint,
  IconButton,
  Page,
  Skeleton,
  Table,
  TableFoot,
  Time,
  tell,
} from "../../ui";
import css from "./images.module.css";
import type { Preset } from "./preset-store";
import { ImagesTabs } from "./tabs";
import { t } from "./texts";
import { word } from "./words";

export default function Presets() {
  const { route } = useLocation();
  const [doomed, setDoomed] = useState<Preset | undefined>();
  const list = useList<Preset>((cursor, signal) => {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    return ok(api.GET("/v1/images/presets", { params: { query }, signal }));
  });
  const rows = list.items.value;
  const fresh = (
    <ButtonLink look="main" icon="plus" href={at("/images")}>
      {t("presets.new")}
    </ButtonLink>
  );
  return (
    <Page
      title={t("title")}
      actions={fresh}
      bar={<ImagesTabs current="presets" />}
      isFilled
    >
      {rows === undefined ? (
        list.error.value === undefined ? (
          <Skeleton rows={8} />
        ) : (
          <ErrorView error={list.error.value} retry={() => void list.reload()} />
        )
      ) : rows.length === 0 ? (
        <Empty icon="wand" title={t("presets.empty")} action={fresh}>
          {t("presets.empty.hint")}
        </Empty>
      ) : (
        <>
          <Table
            label={t("tab.presets")}
            columns={columns(setDoomed)}
            rows={rows}
            rowKey={(preset) => preset.name}
            onOpen={(preset) => route(at("/images", { preset: preset.name }))}
            onEnd={() => void list.more()}
          />
          <TableFoot count={rows.length} isLoading={list.isLoading.value} />
        </>
      )}
      {doomed && (
        <Confirm
          title={common("say.deleteQuestion", { name: doomed.name })}
          action={common("do.delete")}
          onClose={() => setDoomed(undefined)}
          onConfirm={async () => {
            const params = { path: { name: doomed.name } };
            await ok(api.DELETE("/v1/images/presets/{name}", { params }));
            tell(t("presets.deleted", { name: doomed.name }));
            await list.reload();
          }}
        >
          <p>{t("presets.delete.hint")}</p>
        </Confirm>
      )}
    </Page>
  );
}

function columns(onDelete: (preset: Preset) => void): Column<Preset>[] {
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  return [
    {
      key: "name",
      title: t("presets.name"),
      width: "26%",
      cell: (preset) => (
        <a href={at("/images", { preset: preset.name })}>{preset.name}</a>
      ),
    },
    {
      key: "does",
      title: t("presets.does"),
      isWide: true,
      cell: (each) => <Does preset={each} />,
    },
    {
      key: "changed",
      title: t("presets.changed"),
      width: "150px",
      cell: (preset) => <Time at={preset.updated_at} />,
    },
    {
      key: "actions",
      title: common("do.more"),
      isTitleUnseen: true,
      width: "96px",
      cell: (preset) => (
        <span class={css.buttons}>
          <Copy text={preset.name} label={t("presets.copy", { name: preset.name })} />
          <IconButton
            icon="trash"
            label={t("presets.delete", { name: preset.name })}
            reason={reason}
            onClick={() => onDelete(preset)}
          />
        </span>
      ),
    },
  ];
}

/** Its steps and files in a line. */
function Does({ preset }: { preset: Preset }) {
  const recipe = preset.recipe as {
    operations?: { op: string }[];
    variants?: { name: string; output?: { format?: string } }[];
  };
  const steps = (recipe.operations ?? []).map((each) => word(each.op));
  const files = (recipe.variants ?? []).map((each) => word(each.output?.format ?? ""));
  const before = preset.extends.length > 0 ? `${preset.extends.join(" + ")} + ` : "";
  return (
    <>
      {before + (steps.join(" → ") || t("presets.noSteps"))}{" "}
      <Faint>{files.filter(Boolean).join(", ")}</Faint>
    </>
  );
}
