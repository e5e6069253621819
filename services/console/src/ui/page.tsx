/** The frame of every page: its title, what can be done, its content. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import css from "./page.module.css";

interface PageProps {
  title: string;
  /** Where it stands below: a list that it is one of. */
  above?: { href: string; label: string };
  actions?: ComponentChildren;
  /** Between the head and the content: tabs, filters. */
  bar?: ComponentChildren;
  /** The content scrolls by itself, as a table does; else the page does. */
  isFilled?: boolean;
  children: ComponentChildren;
}

export function Page(props: PageProps) {
  const { title, above, actions, bar, isFilled = false, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
  // Whoever comes by a link hears where they are; whoever typed keeps their place.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <div class={css.page}>
      <header class={css.head}>
        <div class={css.title}>
          {above && (
            <>
              <a href={above.href}>{above.label}</a>
              <span aria-hidden="true">/</span>
            </>
          )}
          <h1 ref={heading} tabIndex={-1} title={title}>
            <bdi>{title}</bdi>
          </h1>
        </div>
        {actions && <div class={css.actions}>{actions}</div>}
      </header>
      {bar}
      <div class={isFilled ? css.filled : css.flowing}>{children}</div>
    </div>
  );
}

/** A part of a page that flows, under its heading. */
export function Section(props: {
  title: string;
  actions?: ComponentChildren;
  lead?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class={css.section}>
      <header>
        <div>
          <h2>{props.title}</h2>
          {props.lead && <p class={css.lead}>{props.lead}</p>}
        </div>
        {props.actions && <div class={css.actions}>{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** Filters and searches, above a table. */
export function Bar({ children }: { children: ComponentChildren }) {
  return <div class={css.bar}>{children}</div>;
}
