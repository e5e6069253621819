import { translator } from "../../i18n";
import en from "../../i18n/en/files";
import zh from "../../i18n/zh/files";

export const t = translator(en, zh);
