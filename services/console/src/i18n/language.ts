/** The language that the console speaks, and how it writes numbers and times. */
import { effect, signal } from "@preact/signals";

export type Language = "en" | "zh";

const KEPT = "onemanage.language";

function chosen(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>(chosen());

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

export function speak(wanted: Language): void {
  localStorage.setItem(KEPT, wanted);
  language.value = wanted;
}

/** What Intl is asked for: the viewer's own English or Chinese, where they have one. */
export function locale(): string {
  const own = navigator.languages.find((each) => each.startsWith(language.value));
  return own ?? (language.value === "zh" ? "zh-CN" : "en-GB");
}
