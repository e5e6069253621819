import { translator } from "../../i18n";
import en from "../../i18n/en/file";
import zh from "../../i18n/zh/file";

export const t = translator(en, zh);
