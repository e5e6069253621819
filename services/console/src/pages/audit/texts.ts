import { translator } from "../../i18n";
import en from "../../i18n/en/audit";
import zh from "../../i18n/zh/audit";

export const t = translator(en, zh);
