import { translator } from "../../i18n";
import en from "../../i18n/en/images";
import zh from "../../i18n/zh/images";

export const t = translator(en, zh);
