import { translator } from "../../i18n";
import en from "../../i18n/en/templates";
import zh from "../../i18n/zh/templates";

export const t = translator(en, zh);
export type TemplatesKey = keyof typeof en;
