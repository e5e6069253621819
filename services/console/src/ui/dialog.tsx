/** A dialog over the page; the browser keeps the focus within it and gives it back. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, IconButton } from "./button";
import css from "./dialog.module.css";
import { ErrorNote } from "./state";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  /** Below all else: buttons. */
  actions?: ComponentChildren;
  /** Undefined: it cannot be closed without an answer. */
  onClose?: (() => void) | undefined;
  size?: "small" | "large" | "side";
}

export function Dialog({
  title,
  children,
  actions,
  onClose,
  size = "small",
}: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const titled = useId();
  useEffect(() => {
    const dialog = place.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does it, as `cancel`
    <dialog
      ref={place}
      class={`${css.dialog} ${css[size]}`}
      aria-labelledby={titled}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === place.current) onClose?.();
      }}
    >
      <div class={css.whole}>
        <header class={css.head}>
          <h2 id={titled}>{title}</h2>
          {onClose && <IconButton icon="x" label={t("do.close")} onClick={onClose} />}
        </header>
        <div class={css.body}>{children}</div>
        {actions && <footer class={css.foot}>{actions}</footer>}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children?: ComponentChildren;
  /** What is done, on its button. */
  action: string;
  isDangerous?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back; stays open where it fails. */
export function Confirm(props: ConfirmProps) {
  const { title, children, action, isDangerous = true, onConfirm, onClose } = props;
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (found) {
      setError(found);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("do.cancel")}</Button>
          <Button
            look={isDangerous ? "danger" : "main"}
            isBusy={isBusy}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      {children ?? <p>{t("say.cannotUndo")}</p>}
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}
