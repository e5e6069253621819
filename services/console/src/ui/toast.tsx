/** A word at the edge of the screen about what was done, or could not be. */
import { signal } from "@preact/signals";
import { words } from "../api/problem";
import { t } from "../i18n";
import { IconButton } from "./button";
import { Icon } from "./icon";
import css from "./toast.module.css";

interface Toast {
  id: number;
  kind: "good" | "bad";
  title: string;
  detail: string;
}

const SHOWN = 6000;
const toasts = signal<Toast[]>([]);
let last = 0;

function add(kind: Toast["kind"], title: string, detail = ""): void {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value.slice(-3), { id, kind, title, detail }];
  // What went wrong stays until somebody has read it.
  if (kind === "good") setTimeout(() => drop(id), SHOWN);
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

export const tell = (title: string, detail?: string): void =>
  add("good", title, detail);

/** Whatever was thrown, in words. */
export function tellError(error: unknown): void {
  const { title, detail } = words(error);
  add("bad", title, detail);
}

/** Once, in the shell. */
export function Toasts() {
  return (
    <section class={css.all} aria-live="polite" aria-label={t("say.notices")}>
      {toasts.value.map((each) => (
        <div key={each.id} class={`${css.toast} ${css[each.kind]}`}>
          <Icon name={each.kind === "good" ? "check" : "alert"} />
          <div class={css.words}>
            <p>{each.title}</p>
            {each.detail && <p class={css.detail}>{each.detail}</p>}
          </div>
          <IconButton icon="x" label={t("do.close")} onClick={() => drop(each.id)} />
        </div>
      ))}
    </section>
  );
}
