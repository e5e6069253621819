import { translator } from "../../i18n";
import en from "../../i18n/en/imports";
import zh from "../../i18n/zh/imports";

export const t = translator(en, zh);
export type ImportsKey = keyof typeof en;
