/** Signing in: as a page of its own, or over the page whose session has ended. */
import type { TargetedSubmitEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem";
import { t } from "../i18n";
import { Button, Dialog, ErrorNote, Icon, Segments, TextField } from "../ui";
import { giveUp, isLinkUsed, me, signIn, signInByKey } from "./session";
import css from "./sign-in.module.css";

export function SignInPage() {
  useEffect(() => {
    document.title = `${t("signIn.title")} · ${t("app.name")}`;
  });
  return (
    <main class={css.page}>
      <div class={css.box}>
        <div class={css.brand}>
          <Icon name="layers" size={28} />
          <h1>{t("signIn.title")}</h1>
          <p>{t("signIn.lead")}</p>
        </div>
        {isLinkUsed.value && (
          <p class={css.note} role="status">
            {t("signIn.link.used")}
          </p>
        )}
        <SignInForm />
      </div>
    </main>
  );
}

/** The page below stays as it is, with all that was typed. */
export function SignInAgain() {
  return (
    <Dialog title={t("signIn.again")} onClose={giveUp}>
      <p>{t("signIn.again.hint")}</p>
      <SignInForm />
    </Dialog>
  );
}

function SignInForm() {
  const [way, setWay] = useState<"password" | "key">(
    me.value && !me.value.user_id ? "key" : "password",
  );
  const [email, setEmail] = useState(me.value?.email ?? "");
  const [secret, setSecret] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if (way === "password") await signIn(email, secret);
      else await signInByKey(secret.trim());
    } catch (found) {
      setError(found instanceof TypeError ? new Problem({}, 0) : found);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={css.form} onSubmit={(event) => void submit(event)}>
      <Segments
        label={t("signIn.title")}
        value={way}
        options={[
          { value: "password", label: t("signIn.byPassword") },
          { value: "key", label: t("signIn.byKey") },
        ]}
        onChange={(wanted) => {
          setWay(wanted);
          setSecret("");
          setError(undefined);
        }}
      />
      {way === "password" && (
        <TextField
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          value={email}
          onInput={setEmail}
          required
        />
      )}
      <TextField
        key={way}
        label={way === "password" ? t("signIn.password") : t("signIn.key")}
        {...(way === "key" ? { hint: t("signIn.key.hint") } : {})}
        type="password"
        autoComplete={way === "password" ? "current-password" : "off"}
        value={secret}
        onInput={setSecret}
        required
      />
      {error !== undefined && <ErrorNote error={error} />}
      <Button type="submit" look="main" isBusy={isBusy}>
        {t("signIn.submit")}
      </Button>
    </form>
  );
}
