import en from "../../i18n/en/documents";
import { translator } from "../../i18n/texts";
import zh from "../../i18n/zh/documents";

export const t = translator(en, zh);
