import { translator } from "../../i18n";
import en from "../../i18n/en/task";
import zh from "../../i18n/zh/task";

export const t = translator(en, zh);
