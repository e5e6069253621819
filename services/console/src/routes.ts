/** Every page there is: its address below /console, what loads it, and how the
 * navigation names it. A page without a title is reached from others. */
import type { ComponentType } from "preact";
import type { CommonKey } from "./i18n";
import type { NavKey } from "./i18n/nav";
import type { Scope } from "./session/session";
import type { IconName } from "./ui";

export interface Route {
  /** Parts that begin with a colon are given to the page as `params`. */
  path: string;
  page: () => Promise<{ default: ComponentType<PageProps> }>;
  icon?: IconName;
  title?: NavKey;
  group?: CommonKey & `nav.${string}`;
  /** Of a page without a title: the path of the entry that it belongs to, where that is
   * not how its own begins. */
  under?: string;
  /** Without it the page is not shown in the navigation. */
  scope?: Scope;
}

export interface PageProps {
  params: Record<string, string>;
  query: Record<string, string>;
}

export const ROUTES: Route[] = [
  {
    path: "/",
    page: () => import("./pages/files"),
    icon: "files",
    title: "files",
    group: "nav.work",
  },
  { path: "/files/:id", page: () => import("./pages/file"), under: "/" },
  {
    path: "/documents",
    page: () => import("./pages/documents"),
    icon: "layers",
    title: "documents",
    group: "nav.work",
  },
  { path: "/documents/:id", page: () => import("./pages/document") },
  { path: "/diffs/:id", page: () => import("./pages/diff"), under: "/documents" },
  {
    path: "/images",
    page: () => import("./pages/images"),
    icon: "image",
    title: "images",
    group: "nav.work",
  },
  { path: "/images/presets", page: () => import("./pages/images/presets") },
  { path: "/images/backgrounds", page: () => import("./pages/images/backgrounds") },
  { path: "/images/batches", page: () => import("./pages/images/batches") },
  { path: "/images/batches/:id", page: () => import("./pages/images/batch") },
  {
    path: "/templates",
    page: () => import("./pages/templates"),
    icon: "template",
    title: "templates",
    group: "nav.work",
  },
  { path: "/templates/:id", page: () => import("./pages/templates/template") },
  {
    path: "/fonts",
    page: () => import("./pages/templates/fonts"),
    under: "/templates",
  },
  { path: "/templates/:id/merge", page: () => import("./pages/merges/order") },
  {
    path: "/merges/:id",
    page: () => import("./pages/merges/merge"),
    under: "/templates",
  },
  {
    path: "/imports",
    page: () => import("./pages/imports"),
    icon: "upload",
    title: "imports",
    group: "nav.work",
  },
  { path: "/imports/plans/:id", page: () => import("./pages/imports/plan") },
  { path: "/imports/:id", page: () => import("./pages/imports/import") },
  {
    path: "/datasets",
    page: () => import("./pages/datasets"),
    icon: "database",
    title: "datasets",
    group: "nav.work",
  },
  { path: "/datasets/:id", page: () => import("./pages/datasets/dataset") },
  {
    path: "/tasks",
    page: () => import("./pages/tasks"),
    icon: "tasks",
    title: "tasks",
    group: "nav.work",
  },
  { path: "/tasks/:id", page: () => import("./pages/task") },
  {
    path: "/members",
    page: () => import("./pages/members"),
    icon: "people",
    title: "members",
    group: "nav.account",
  },
  {
    path: "/keys",
    page: () => import("./pages/keys"),
    icon: "key",
    title: "keys",
    group: "nav.account",
    scope: "admin",
  },
  {
    path: "/usage",
    page: () => import("./pages/usage"),
    icon: "gauge",
    title: "usage",
    group: "nav.account",
  },
  {
    path: "/webhooks",
    page: () => import("./pages/webhooks"),
    icon: "webhook",
    title: "webhooks",
    group: "nav.account",
    scope: "admin",
  },
  {
    path: "/webhooks/:id",
    page: () => import("./pages/webhooks/one"),
  },
  {
    path: "/audit",
    page: () => import("./pages/audit"),
    icon: "shield",
    title: "audit",
    group: "nav.account",
    scope: "admin",
  },
  {
    path: "/health",
    page: () => import("./pages/health"),
    icon: "heart",
    title: "health",
    group: "nav.operate",
    scope: "admin",
  },
  {
    path: "/zoom/:source",
    page: () => import("./pages/zoom"),
  },
  {
    path: "/account",
    page: () => import("./pages/account"),
  },
  {
    path: "/dead-letters",
    page: () => import("./pages/dead-letters"),
    icon: "inbox",
    title: "deadLetters",
    group: "nav.operate",
    scope: "admin",
  },
];

export const pathOf = ({ path }: Route): string =>
  `/console${path === "/" ? "" : path}`;

/** The route that an address has; undefined where there is no such page. */
export function routeOf(address: string): Route | undefined {
  const parts = address.split("/").filter(Boolean);
  return ROUTES.find((route) => {
    const own = pathOf(route).split("/").filter(Boolean);
    const fits = (part: string, at: number) => part === parts[at] || part[0] === ":";
    return own.length === parts.length && own.every(fits);
  });
}
