import { translator } from "../../i18n";
import en from "../../i18n/en/usage";
import zh from "../../i18n/zh/usage";

export const t = translator(en, zh);
