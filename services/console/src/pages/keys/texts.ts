import { translator } from "../../i18n";
import en from "../../i18n/en/keys";
import zh from "../../i18n/zh/keys";

export const t = translator(en, zh);
