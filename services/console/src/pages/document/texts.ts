import en from "../../i18n/en/document";
import { translator } from "../../i18n/texts";
import zh from "../../i18n/zh/document";

export const t = translator(en, zh);
export type DocumentKey = keyof typeof en;

/** Photoshop's own word for a mode, an effect, a kind; as the API has it where it is new. */
export function word(
  room: "mode" | "effect" | "kind" | "adjust",
  name: string,
): string {
  const key = `${room}.${name}`;
  return key in en ? t(key as DocumentKey) : name.replaceAll("_", " ");
}
