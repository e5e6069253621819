/** A dialog in which something is filled in. What was typed stays where it fails. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { useDoing } from "./doing";
import css from "./form.module.css";
import { ErrorNote } from "./state";

interface FormDialogProps {
  title: string;
  /** What is done, on its button. */
  action: string;
  children: ComponentChildren;
  /** Closes where it was done. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, children, onSubmit, onClose } = props;
  const doing = useDoing();
  const form = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("do.cancel")}</Button>
          <Button type="submit" form={form} look="main" isBusy={doing.isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (doing.isBusy) return;
          void doing.run(onSubmit).then((isDone) => isDone && onClose());
        }}
      >
        {children}
        {doing.error !== undefined && <ErrorNote error={doing.error} />}
      </form>
    </Dialog>
  );
}
