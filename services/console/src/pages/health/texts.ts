import { translator } from "../../i18n";
import en from "../../i18n/en/health";
import zh from "../../i18n/zh/health";

export const t = translator(en, zh);
