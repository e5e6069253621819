import { translator } from "../../i18n";
import en from "../../i18n/en/tasks";
import zh from "../../i18n/zh/tasks";

export const t = translator(en, zh);
