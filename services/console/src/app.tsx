/** Who is signed in sees the shell and the page of the address; others sign in first. */
import { type FunctionComponent, h, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso";
import { answering, isAway, look } from "./api/fetching";
import { t } from "./i18n";
import { pathOf, ROUTES } from "./routes";
import { AcceptPage } from "./session/accept";
import { begin, invitation, isEnded, me } from "./session/session";
import { SignInAgain, SignInPage } from "./session/sign-in";
import { Shell } from "./shell/shell";
import { Button, Empty, ErrorView, Skeleton } from "./ui";
import { Toasts } from "./ui/toast";

const PAGES = ROUTES.map((route) => ({
  path: pathOf(route),
  component: lazy(() => fetched(route.page)),
}));

/** Not before the server answers. What fails for want of an answer all the same begins
 * anew with the page of the address: its parts are not fetched a second time. */
async function fetched<P>(page: () => Promise<P>): Promise<P> {
  await answering();
  try {
    return await page();
  } catch (error) {
    await look();
    if (!isAway.value) throw error;
    await answering();
    location.reload();
    return new Promise(() => {});
  }
}

export function App() {
  const [error, setError] = useState<unknown>();
  const start = () => {
    setError(undefined);
    begin().catch(setError);
  };
  useEffect(start, []);
  return (
    <LocationProvider scope="/console">
      {error !== undefined ? (
        <ErrorView error={error} retry={start} />
      ) : invitation.value ? (
        <AcceptPage />
      ) : me.value === undefined ? (
        <Skeleton rows={8} />
      ) : me.value === null ? (
        <SignInPage />
      ) : (
        <Shell>
          <Pages />
        </Shell>
      )}
      {isEnded.value && <SignInAgain />}
      <Toasts />
    </LocationProvider>
  );
}

function Pages() {
  const [isBroken, setBroken] = useState(false);
  const [isLoading, setLoading] = useState(false);
  if (isBroken) return <NewVersion />;
  return (
    <ErrorBoundary
      onError={(error) => {
        // Of a chunk that is not there any more, or of a page; the console names both.
        console.error(error);
        setBroken(true);
      }}
    >
      {isLoading && <span class="unseen">{t("app.loading")}</span>}
      <Router onLoadStart={() => setLoading(true)} onLoadEnd={() => setLoading(false)}>
        {[
          ...PAGES.map(
            (each) =>
              h(Route, {
                key: each.path,
                path: each.path,
                component: each.component as unknown as FunctionComponent<unknown>,
              }) as VNode,
          ),
          h(Route, { key: "else", default: true, component: NotFound }) as VNode,
        ]}
      </Router>
    </ErrorBoundary>
  );
}

function NewVersion() {
  const reload = <Button onClick={() => location.reload()}>{t("app.reload")}</Button>;
  return <Empty icon="refresh" title={t("app.newVersion")} action={reload} />;
}

function NotFound() {
  return (
    <Empty icon="search" title={t("app.notFound")}>
      {t("app.notFound.hint")}
    </Empty>
  );
}
