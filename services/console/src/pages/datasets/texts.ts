import { translator } from "../../i18n";
import en from "../../i18n/en/datasets";
import zh from "../../i18n/zh/datasets";

export const t = translator(en, zh);
