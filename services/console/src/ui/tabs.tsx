/** Parts of a page, one at a time. Each is a link, so that it can be sent to somebody. */
import css from "./tabs.module.css";

export interface Tab {
  href: string;
  label: string;
  isCurrent: boolean;
  count?: number;
}

export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} class={css.tabs}>
      {tabs.map((each) => (
        <a
          key={each.href}
          href={each.href}
          {...(each.isCurrent ? { "aria-current": "page" as const } : {})}
        >
          {each.label}
          {each.count !== undefined && <span class={css.count}>{each.count}</span>}
        </a>
      ))}
    </nav>
  );
}
