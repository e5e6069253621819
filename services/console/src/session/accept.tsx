/** Following an invitation: a name and a password, and one is in. */
import type { TargetedSubmitEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, ErrorNote, Icon, TextField, useDoing } from "../ui";
import { accept } from "./session";
import css from "./sign-in.module.css";

export function AcceptPage() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const doing = useDoing();
  useEffect(() => {
    document.title = `${t("accept.title")} · ${t("app.name")}`;
  });
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void doing.run(() => accept(name, password));
  };
  return (
    <main class={css.page}>
      <div class={css.box}>
        <div class={css.brand}>
          <Icon name="layers" size={28} />
          <h1>{t("accept.title")}</h1>
          <p>{t("accept.lead")}</p>
        </div>
        <form class={css.form} onSubmit={submit}>
          <TextField
            label={t("accept.name")}
            autoComplete="name"
            value={name}
            onInput={setName}
            required
          />
          <TextField
            label={t("signIn.password")}
            type="password"
            autoComplete="new-password"
            value={password}
            onInput={setPassword}
            required
          />
          {doing.error !== undefined && <ErrorNote error={doing.error} />}
          <Button type="submit" look="main" isBusy={doing.isBusy}>
            {t("accept.submit")}
          </Button>
        </form>
      </div>
    </main>
  );
}
