import { translator } from "../i18n";
import en from "../i18n/en/zoom";
import zh from "../i18n/zh/zoom";

export const t = translator(en, zh);
