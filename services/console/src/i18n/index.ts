import en from "./en/common";
import { translator } from "./texts";
import zh from "./zh/common";

export { type Language, language, locale, speak } from "./language";
export { type Translate, translator } from "./texts";

/** What every page says. */
export const t = translator(en, zh);
export type CommonKey = keyof typeof en;
export const isCommonKey = (key: string): key is CommonKey => key in en;
