import { translator } from "../../i18n";
import en from "../../i18n/en/merges";
import zh from "../../i18n/zh/merges";

export const t = translator(en, zh);
export type MergesKey = keyof typeof en;
export const isMergesKey = (key: string): key is MergesKey => key in en;
