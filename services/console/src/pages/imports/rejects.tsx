/** The rejected rows of one table of an import. */
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ask, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { rejectedRows } from "../../api/rejects";
import type { Task } from "../../api/tasks";
import { language } from "../../i18n";
import { type DataKey, t as data, isDataKey } from "../../i18n/data";
import { may } from "../../session/session";
import { ButtonLink, ErrorView, Faint, Section, Skeleton } from "../../ui";
import { Rejects } from "../../ui/rejects";
import css from "./imports.module.css";
import type { Import } from "./result";
import { t } from "./texts";

interface RejectsSectionProps {
  table: Import["tables"][number];
  part: number;
  found: Import;
}

/** As many as are told at once; of rows beyond them the file itself says enough. */
const NAMED = 500;

export function RejectsSection({ table, part, found }: RejectsSectionProps) {
  const { route } = useLocation();
  const address = `/v1/imports/${found.id}/rejects.csv?part=${part}`;
  const rows = useLoaded(
    async (signal) => {
      const query = { part, limit: NAMED };
      const path = { import_id: found.id };
      const named = (await ok(
        api.GET("/v1/imports/{import_id}/rejects", { params: { path, query }, signal }),
      )) as Schemas["RejectList"]; // As CSV only where that is asked for.
      const faults = named.items.map((each) => ({ ...each, message: said(each) }));
      return rejectedRows(`${address}&guard_formulas=false`, faults, signal);
    },
    [address, language.value],
  );
  const send = async (file: string) => {
    const response = await ask(`/v1/imports/${found.id}/rejects?part=${part}`, {
      method: "POST",
      headers: { "Content-Type": "text/csv" },
      body: file,
    });
    const task = (await response.json()) as Task;
    const made = task.resource?.split("/").at(-1) ?? "";
    route(at(`/imports/${made}`, { task: task.id }));
  };
  const error = rows.error.value;
  return (
    <Section title={t("import.rejects")} lead={t("import.rejects.lead")}>
      <Reasons table={table} />
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
      ) : error ? (
        <ErrorView error={error} retry={() => void rows.reload()} />
      ) : (
        <Skeleton rows={4} />
      )}
    </Section>
  );
}

/** The server says more, and in English; in Chinese its reason is told. */
function said(each: Schemas["RejectOut"]): string {
  const key = `reason.${each.reason}`;
  if (language.value === "en" || !isDataKey(key)) return each.message;
  return data(key as DataKey);
}

function Reasons({ table }: { table: Import["tables"][number] }) {
  return (
    <ul class={css.reasons}>
      {table.reject_counts.map((each) => {
        const key = `reason.${each.reason}`;
        const name = isDataKey(key) ? data(key) : each.reason;
        return (
          <li key={`${each.reason}.${each.column}`}>
            {t("import.reason", { count: each.count, name })}{" "}
            {each.column !== null && (
              <Faint>
                <bdi>{each.column}</bdi>
              </Faint>
            )}
          </li>
        );
      })}
    </ul>
  );
}
