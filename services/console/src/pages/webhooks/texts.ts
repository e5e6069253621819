import { translator } from "../../i18n";
import en from "../../i18n/en/webhooks";
import zh from "../../i18n/zh/webhooks";

export const t = translator(en, zh);
