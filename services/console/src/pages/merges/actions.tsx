/** What can be done with a merge, and fetched of it. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { cancel, ended } from "../../api/tasks";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, Confirm, Menu, type MenuItem, tell, tellError } from "../../ui";
import type { Merge } from "./merge";
import { t } from "./texts";

interface MergeActionsProps {
  merge: Merge;
  isRunning: boolean;
}

export function MergeActions({ merge, isRunning }: MergeActionsProps) {
  const { route } = useLocation();
  const [asked, setAsked] = useState<"repeat" | "delete" | undefined>();
  const [isStopping, setStopping] = useState(false);
  const reason = may("write") ? undefined : t("order.noScope");
  const stop = () => {
    setStopping(true);
    cancel(merge.task_id).catch((error: unknown) => {
      setStopping(false);
      tellError(error);
    });
  };
  const path = { merge_id: merge.id };
  const repeat = async () => {
    const task = await ok(
      api.POST("/v1/merges/{merge_id}/repeat", { params: { path } }),
    );
    route(at(`/merges/${task.resource?.split("/").at(-1)}`));
  };
  const remove = async () => {
    const params = { path, header: { prefer: ["wait=20"] } };
    await ended(await ok(api.DELETE("/v1/merges/{merge_id}", { params })));
    tell(t("merge.deleted"));
    route(at(`/templates/${merge.template_id}`, { tab: "merges" }));
  };
  return (
    <>
      {isRunning ? (
        <Button icon="stop" isBusy={isStopping} reason={reason} onClick={stop}>
          {t("merge.cancel")}
        </Button>
      ) : (
        <Button icon="refresh" reason={reason} onClick={() => setAsked("repeat")}>
          {t("merge.repeat")}
        </Button>
      )}
      <Menu label={t("merge.downloads")} icon="download" items={downloads(merge)}>
        {t("merge.downloads")}
      </Menu>
      <Menu
        label={t("merge.actions")}
        icon="dots"
        items={[
          {
            label: common("do.delete"),
            icon: "trash",
            isDangerous: true,
            reason,
            onChoose: () => setAsked("delete"),
          },
        ]}
      />
      {asked === "repeat" && (
        <Confirm
          title={t("merge.repeat")}
          action={t("merge.repeat")}
          isDangerous={false}
          onConfirm={repeat}
          onClose={() => setAsked(undefined)}
        >
          <p>{t("merge.repeat.text")}</p>
        </Confirm>
      )}
      {asked === "delete" && (
        <Confirm
          title={common("say.deleteQuestion", { name: t("tab.pictures") })}
          action={common("do.delete")}
          onConfirm={remove}
          onClose={() => setAsked(undefined)}
        >
          <p>{t("merge.delete.text")}</p>
        </Confirm>
      )}
    </>
  );
}

function downloads(merge: Merge): MenuItem[] {
  const item = (label: string, href: string | null): MenuItem => ({
    label,
    ...(href === null ? { reason: t("merge.notYet") } : { href, download: true }),
  });
  const manifest = merge.manifest_url;
  return [
    item(t("merge.archive"), merge.pictures > 0 ? merge.archive_url : null),
    item(t("merge.sheet"), merge.contact_sheet_url),
    item(t("merge.csv"), manifest),
    item(t("merge.parquet"), manifest && `/v1/merges/${merge.id}/manifest.parquet`),
    item(t("merge.rejectsFile"), merge.rejects_url),
  ];
}
