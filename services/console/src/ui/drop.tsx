/** Files that somebody chooses, or drops on a page. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "./button";
import css from "./drop.module.css";
import { Icon, type IconName } from "./icon";

interface FileButtonProps {
  children: string;
  onFiles: (files: File[]) => void;
  accept?: string;
  isMany?: boolean;
  icon?: IconName;
  look?: "plain" | "main" | "quiet";
  reason?: string | undefined;
  isBusy?: boolean;
}

export function FileButton(props: FileButtonProps) {
  const { children, onFiles, accept, isMany = false, reason, isBusy = false } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={isMany}
        aria-label={children}
        {...(accept ? { accept } : {})}
        onChange={(event) => {
          const files = Array.from(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button
        look={props.look ?? "plain"}
        icon={props.icon ?? "upload"}
        reason={reason}
        isBusy={isBusy}
        onClick={() => input.current?.click()}
      >
        {children}
      </Button>
    </>
  );
}

interface DropPlaceProps {
  /** What happens with what is dropped, shown while it hovers. */
  label: string;
  mayDrop: boolean;
  onFiles: (files: File[]) => void;
  children: ComponentChildren;
}

/** Takes files wherever they are dropped within. A button must do the same by keys. */
export function DropPlace({ label, mayDrop, onFiles, children }: DropPlaceProps) {
  const [isOver, setOver] = useState(false);
  const takes = (event: DragEvent) =>
    mayDrop && event.dataTransfer?.types.includes("Files") === true;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a button does the same by key
    <div
      class={css.place}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node)) setOver(false);
      }}
      onDrop={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles(Array.from(event.dataTransfer?.files ?? []));
      }}
    >
      {children}
      {isOver && (
        <div class={css.over}>
          <Icon name="upload" size={28} />
          <p>{label}</p>
        </div>
      )}
    </div>
  );
}
