import { translator } from "../../i18n";
import en from "../../i18n/en/account";
import zh from "../../i18n/zh/account";

export const t = translator(en, zh);
