/** The two menus of the shell: where one works, and who one is. */
import { at } from "../addresses";
import { type Language, language, speak, t } from "../i18n";
import { me, signOut, switchTo, workspace, workspaces } from "../session/session";
import { choose, type Theme, theme } from "../theme";
import { Icon, Menu, type MenuItem, Name, tellError } from "../ui";
import css from "./shell.module.css";

const THEMES: Theme[] = ["auto", "light", "dark"];
const LANGUAGES: [Language, string][] = [
  ["en", "English"],
  ["zh", "简体中文"],
];

export function WorkspaceMenu() {
  const items = workspaces.value.map((each) => ({
    label: <Name>{each.name}</Name>,
    isChosen: each.id === me.value?.workspace_id,
    onChoose: () => {
      if (each.id !== me.value?.workspace_id) switchTo(each.id).catch(tellError);
    },
  }));
  return (
    <div class={css.menuRow}>
      <Menu label={t("menu.workspace")} items={items} side="left">
        <span class={css.initial} aria-hidden="true">
          {(workspace.value?.name ?? "?").trim().slice(0, 1).toUpperCase()}
        </span>
        <span class="unseen">{t("menu.workspace")}</span>
        <span class={css.grow}>
          <Name>{workspace.value?.name ?? ""}</Name>
        </span>
        <Icon name="chevronDown" />
      </Menu>
    </div>
  );
}

export function AccountMenu() {
  const who = me.value?.name ?? me.value?.email ?? t("menu.key");
  const items: MenuItem[] = [
    ...THEMES.map((each, at) => ({
      label: t(`menu.theme.${each}`),
      isChosen: theme.value === each,
      onChoose: () => choose(each),
      ...(at === 0 ? { heading: t("menu.theme") } : {}),
    })),
    ...LANGUAGES.map(([each, name], at) => ({
      label: <span lang={each === "zh" ? "zh-CN" : "en"}>{name}</span>,
      isChosen: language.value === each,
      onChoose: () => speak(each),
      ...(at === 0 ? { heading: t("menu.language") } : {}),
    })),
    {
      label: t("menu.you"),
      icon: "people",
      heading: t("menu.account"),
      href: at("/account"),
    },
    {
      label: t("menu.signOut"),
      icon: "signOut",
      onChoose: () => void signOut().catch(tellError),
    },
  ];
  return (
    <div class={`${css.menuRow} ${css.bottom}`}>
      <Menu label={t("menu.account")} items={items} side="left">
        <span class={css.person} aria-hidden="true">
          <Icon name={me.value?.user_id ? "people" : "key"} />
        </span>
        <span class="unseen">{t("menu.account")}</span>
        <span class={css.grow}>
          <Name>{who}</Name>
        </span>
        <Icon name="dots" />
      </Menu>
    </div>
  );
}
