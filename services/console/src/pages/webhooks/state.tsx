import { Badge } from "../../ui";
import type { Webhook } from ".";
import { t } from "./texts";

export function WebhookState({ webhook }: { webhook: Webhook }) {
  if (webhook.disabled_at) return <Badge tone="calm">{t("state.off")}</Badge>;
  if (webhook.failing_since) return <Badge tone="bad">{t("state.failing")}</Badge>;
  return <Badge tone="good">{t("state.on")}</Badge>;
}
