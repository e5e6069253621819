/** What recipes call things, as people read it. */
import { language } from "../../i18n";
import en from "../../i18n/en/recipe-words";
import zh from "../../i18n/zh/recipe-words";
import type { Word } from "./forms";

const english: Partial<Record<Word, string>> = en;

/** Of an operation, a field or a value; unchanged where this release does not know it. */
export function word(name: string | number): string {
  const key = String(name) as Word;
  if (language.value === "zh") return zh[key] ?? key;
  return english[key] ?? humanized(key);
}

function humanized(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
