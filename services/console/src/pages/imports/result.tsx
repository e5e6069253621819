/** How an import ended, in a word. */
import type { Schemas } from "../../api/client";
import { Badge } from "../../ui";
import { t } from "./texts";

export type Import = Schemas["ImportOut"];

export function Result({ found }: { found: Import }) {
  if (found.undone_at) return <Badge tone="calm">{t("status.undone")}</Badge>;
  if (found.status === "nothing_loaded") {
    return <Badge tone="bad">{t("status.nothing_loaded")}</Badge>;
  }
  if (found.rejected > 0) return <Badge tone="warn">{t("status.rejects")}</Badge>;
  return <Badge tone="good">{t("status.completed")}</Badge>;
}

export const nameOf = (found: Pick<Import, "sources">): string =>
  found.sources.map((each) => each.name).join(", ");
