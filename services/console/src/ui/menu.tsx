/** A button, and what opens below it. Arrows move, Escape closes, letters are free. */
import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";
import css from "./menu.module.css";

export interface MenuItem {
  label: ComponentChildren;
  icon?: IconName;
  /** A link; else `onChoose`. */
  href?: string;
  download?: boolean;
  onChoose?: () => void;
  isChosen?: boolean;
  isDangerous?: boolean;
  /** Why it cannot be chosen. */
  reason?: string | undefined;
  /** The heading that this one begins. */
  heading?: string;
}

interface MenuProps {
  /** The name of the button, read out where it shows a picture alone. */
  label: string;
  items: MenuItem[];
  icon?: IconName;
  children?: ComponentChildren;
  side?: "left" | "right";
}

export function Menu({ label, items, icon, children, side = "right" }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const entries = () =>
    Array.from(whole.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []);
  useEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus();
    const outside = (event: Event) => {
      if (!whole.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!isOpen) return;
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to % all.length)?.focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble from what is within
    <div class={css.whole} ref={whole} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={children ? css.wide : css.small}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={children ? undefined : label}
        title={children ? undefined : label}
        onClick={() => setOpen(!isOpen)}
      >
        {icon && <Icon name={icon} />}
        {children}
      </button>
      {isOpen && (
        <div role="menu" id={id} aria-label={label} class={`${css.menu} ${css[side]}`}>
          {items.map((item, at) => (
            <Entry key={at} item={item} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

function Entry({ item, close }: { item: MenuItem; close: () => void }) {
  const isOff = item.reason !== undefined;
  const common = {
    role: item.isChosen === undefined ? "menuitem" : "menuitemradio",
    tabIndex: -1,
    class: `${css.item} ${item.isDangerous ? css.danger : ""}`,
    "aria-disabled": isOff,
    title: item.reason,
    ...(item.isChosen === undefined ? {} : { "aria-checked": item.isChosen }),
  } as const;
  const shown = (
    <>
      {item.isChosen === undefined ? (
        item.icon && <Icon name={item.icon} />
      ) : (
        <span class={css.mark}>{item.isChosen && <Icon name="check" />}</span>
      )}
      <span class={css.label}>{item.label}</span>
    </>
  );
  return (
    <>
      {item.heading && (
        <div class={css.heading} role="presentation">
          {item.heading}
        </div>
      )}
      {item.href && !isOff ? (
        <a
          {...common}
          href={item.href}
          {...(item.download ? { download: true } : {})}
          onClick={close}
        >
          {shown}
        </a>
      ) : (
        <button
          {...common}
          type="button"
          onClick={() => {
            if (isOff) return;
            close();
            item.onChoose?.();
          }}
        >
          {shown}
        </button>
      )}
    </>
  );
}
