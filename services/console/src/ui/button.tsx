/** What is pressed. */
import type { ComponentChildren, TargetedMouseEvent } from "preact";
import css from "./button.module.css";
import { Icon, type IconName } from "./icon";

interface ButtonProps {
  children: ComponentChildren;
  icon?: IconName;
  look?: "plain" | "main" | "danger" | "quiet";
  type?: "button" | "submit";
  /** The form that it submits, where it stands outside of it. */
  form?: string;
  /** Why it cannot be pressed: greyed, focusable still, and told. */
  reason?: string | undefined;
  isBusy?: boolean;
  disabled?: boolean;
  onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
}

export function Button(props: ButtonProps) {
  const { look = "plain", type = "button", reason, isBusy = false } = props;
  const isOff = reason !== undefined || isBusy;
  return (
    <button
      type={type}
      {...(props.form ? { form: props.form } : {})}
      class={`${css.button} ${css[look]}`}
      disabled={props.disabled ?? false}
      aria-disabled={isOff}
      aria-busy={isBusy}
      title={reason}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {props.icon && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  reason?: string | undefined;
  isPressed?: boolean;
  onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
}

/** A picture alone; its name is read out, and shown when pointed at. */
export function IconButton({
  icon,
  label,
  reason,
  isPressed,
  onClick,
}: IconButtonProps) {
  return (
    <button
      type="button"
      class={css.icon}
      aria-label={label}
      aria-disabled={reason !== undefined}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
      title={reason ?? label}
      onClick={(event) => {
        if (reason === undefined) onClick?.(event);
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Looks like a button and is a link: a page, or a download. */
export function ButtonLink(props: {
  href: string;
  children: ComponentChildren;
  icon?: IconName;
  look?: "plain" | "main" | "quiet";
  download?: string | boolean;
}) {
  const { href, children, icon, look = "plain", download } = props;
  const more = download === undefined ? {} : { download };
  return (
    <a class={`${css.button} ${css[look]}`} href={href} {...more}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}
