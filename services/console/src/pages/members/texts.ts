import { translator } from "../../i18n";
import en from "../../i18n/en/members";
import zh from "../../i18n/zh/members";

export const t = translator(en, zh);
