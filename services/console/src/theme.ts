/** Light or dark: as the system has it, unless somebody has chosen. */
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const KEPT = "onemanage.theme";
const kept = localStorage.getItem(KEPT);

export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "auto");

effect(() => {
  const root = document.documentElement;
  if (theme.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
});

export function choose(wanted: Theme): void {
  if (wanted === "auto") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, wanted);
  theme.value = wanted;
}
