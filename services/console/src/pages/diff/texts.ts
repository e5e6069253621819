import en from "../../i18n/en/diff";
import { translator } from "../../i18n/texts";
import zh from "../../i18n/zh/diff";

export const t = translator(en, zh);
export type DiffKey = keyof typeof en;

/** What has happened, by the API's name. */
export function change(name: string): string {
  const key = `change.${name}`;
  return key in en ? t(key as DiffKey) : name.replaceAll("_", " ");
}
