/** A small button that copies a text. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./button";

export function Copy({ text, label }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <IconButton
      icon={isDone ? "check" : "copy"}
      label={isDone ? t("do.copied") : (label ?? t("do.copy"))}
      onClick={(event) => {
        event.stopPropagation();
        void copied(text).then(setDone);
      }}
    />
  );
}

/** Browsers have no clipboard for scripts without HTTPS: the old way then. */
async function copied(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const field = document.createElement("textarea");
  field.value = text;
  // Within an open dialog, which keeps the focus to itself.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  return isDone;
}
