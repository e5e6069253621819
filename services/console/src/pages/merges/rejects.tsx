/** The rows that became no picture, put right and sent again. */
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { rejectedRows } from "../../api/rejects";
import { sendFile } from "../../api/sending";
import { t as data } from "../../i18n/data";
import { may } from "../../session/session";
import { ButtonLink, Empty, ErrorView, Section, Skeleton } from "../../ui";
import { Rejects } from "../../ui/rejects";
import type { Merge } from "./merge";
import { t } from "./texts";

interface RejectsViewProps {
  merge: Merge;
  isRunning: boolean;
}

export function RejectsView({ merge, isRunning }: RejectsViewProps) {
  const { route } = useLocation();
  const address = merge.rejects_url;
  const rows = useLoaded(
    (signal) =>
      address === null
        ? new Promise<never>(() => {})
        : rejectedRows(address, [], signal),
    [address],
  );
  if (address === null) {
    const isEarly = isRunning || merge.rejected > 0;
    return (
      <Empty
        icon={isEarly ? "table" : "check"}
        title={t(isEarly ? "merge.rejectsWait" : "merge.noRejects")}
      />
    );
  }
  const send = async (text: string) => {
    const file = new File([text], "rejects.csv", { type: "text/csv" });
    const id = await sendFile(file, new AbortController().signal);
    const path = { merge_id: merge.id };
    const task = await ok(
      api.POST("/v1/merges/{merge_id}/rejects", {
        params: { path },
        body: { file_id: id },
      }),
    );
    route(at(`/merges/${task.resource?.split("/").at(-1)}`));
  };
  return (
    <Section title={t("tab.rejects")} lead={t("merge.rejects.lead")}>
      {rows.data.value ? (
        <Rejects
          found={rows.data.value}
          reason={may("write") ? undefined : data("rejects.noScope")}
          onSend={send}
        >
          <ButtonLink icon="download" look="quiet" href={address} download>
            {data("rejects.file")}
          </ButtonLink>
        </Rejects>
      ) : rows.error.value ? (
        <ErrorView error={rows.error.value} retry={() => void rows.reload()} />
      ) : (
        <Skeleton rows={4} />
      )}
    </Section>
  );
}
