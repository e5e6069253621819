/** Takes an import back, after a question. */
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { ended } from "../../api/tasks";
import { may } from "../../session/session";
import { Button, Confirm, tell } from "../../ui";
import type { Import } from "./result";
import { t } from "./texts";

export function Undo({ found, onDone }: { found: Import; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const reason = !may("write")
    ? t("add.noScope")
    : found.undone_at
      ? t("undo.over")
      : undefined;
  const undo = async () => {
    const params = {
      path: { import_id: found.id },
      header: { prefer: ["wait=20"] },
    };
    await ended(await ok(api.POST("/v1/imports/{import_id}/undo", { params })));
    tell(t("undo.done"));
    onDone();
  };
  const isReplace = found.tables.some((each) => each.mode === "replace");
  return (
    <>
      <Button icon="refresh" reason={reason} onClick={() => setAsking(true)}>
        {t("undo.action")}
      </Button>
      {isAsking && (
        <Confirm
          title={t("undo.title")}
          action={t("undo.action")}
          onConfirm={undo}
          onClose={() => setAsking(false)}
        >
          <p>
            {isReplace ? t("undo.replace") : t("undo.append", { count: found.loaded })}
          </p>
        </Confirm>
      )}
    </>
  );
}
