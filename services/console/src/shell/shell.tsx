/** Around every page: navigation, workspace, theme, language, and how the line is. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../addresses";
import { type CommonKey, t } from "../i18n";
import { nav } from "../i18n/nav";
import { ROUTES, type Route } from "../routes";
import { may } from "../session/session";
import { Icon, IconButton } from "../ui";
import { LineNotice } from "./line";
import { AccountMenu, WorkspaceMenu } from "./menus";
import css from "./shell.module.css";

const GROUPS: CommonKey[] = ["nav.work", "nav.account", "nav.operate"];

export function Shell({ children }: { children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const { url } = useLocation();
  useEffect(() => setOpen(false), [url]);
  return (
    <div class={css.shell}>
      <a class={css.skip} href="#content">
        {t("app.skip")}
      </a>
      <div class={css.top}>
        <IconButton
          icon={isOpen ? "x" : "menu"}
          label={t("app.menu")}
          isPressed={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <Brand />
      </div>
      <div class={`${css.side} ${isOpen ? css.open : ""}`}>
        <div class={css.brandRow}>
          <Brand />
        </div>
        <WorkspaceMenu />
        <Navigation />
        <AccountMenu />
      </div>
      {isOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the button above does it by key
        // biome-ignore lint/a11y/useKeyWithClickEvents: the same
        <div class={css.veil} onClick={() => setOpen(false)} />
      )}
      <main id="content" class={css.main} tabIndex={-1}>
        <LineNotice />
        <div class={css.content}>{children}</div>
      </main>
    </div>
  );
}

function Brand() {
  return (
    <a class={css.brand} href={at("/")}>
      <Icon name="layers" size={18} />
      <span>{t("app.name")}</span>
    </a>
  );
}

function Navigation() {
  const { path } = useLocation();
  const current = currentOf(path);
  return (
    <nav class={css.nav} aria-label={t("app.navigation")}>
      {GROUPS.map((group) => {
        const shown = ROUTES.filter(
          (each) => each.group === group && (!each.scope || may(each.scope)),
        );
        if (shown.length === 0) return null;
        return (
          <section key={group} aria-label={t(group)}>
            <h2>{t(group)}</h2>
            <ul>
              {shown.map((route) => (
                <li key={route.path}>
                  <Item route={route} isCurrent={route === current} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Item({ route, isCurrent }: { route: Route; isCurrent: boolean }) {
  const current = isCurrent ? { "aria-current": "page" as const } : {};
  return (
    <a href={at(route.path)} {...current}>
      {route.icon && <Icon name={route.icon} />}
      <span>{route.title && nav(route.title)}</span>
    </a>
  );
}

/** The entry that a page stands under: the longest of those that its path begins with. */
function currentOf(path: string): Route | undefined {
  const asked = path.replace(/^\/console/, "") || "/";
  const below = ROUTES.find(
    (each) => each.under && asked.startsWith(each.path.replace(/:.*/, "")),
  );
  const own = below?.under ?? asked;
  return ROUTES.filter((each) => each.title !== undefined)
    .filter((each) => own === each.path || own.startsWith(`${each.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}
