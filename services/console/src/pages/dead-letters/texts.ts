import { translator } from "../../i18n";
import en from "../../i18n/en/dead-letters";
import zh from "../../i18n/zh/dead-letters";

export const t = translator(en, zh);

const REASONS = [
  ...(["raised", "timeout", "crashed", "invalid", "newer", "unknown"] as const),
  "max_deliveries" as const,
];
export type Reason = (typeof REASONS)[number];
export { REASONS };

/** In words; as the server says it where this release does not know it. */
export function reasonText(reason: string): string {
  const known = REASONS.find((each) => each === reason);
  return known ? t(`reason.${known}`) : reason;
}
