/** Who is signed in. The session's token is a cookie that no script can read. */
import { computed, signal } from "@preact/signals";
import { api, ok, type Schemas } from "../api/client";
import { followAnew } from "../api/feed";
import { onSessionEnd } from "../api/fetching";
import { Problem } from "../api/problem";
import { FIRST, takeEarly } from "./early";

export type Me = Schemas["MeOut"];
export type Workspace = Schemas["WorkspaceOut"];
export type Scope = Me["scopes"][number];

/** Undefined until that is known; null: nobody. */
export const me = signal<Me | null | undefined>(undefined);
export const workspaces = signal<Workspace[]>([]);
/** A session has ended in mid-work: the page stays, and waits for this. */
export const isEnded = signal(false);
/** The token of an invitation that somebody has followed, not accepted yet. */
export const invitation = signal<string | null>(null);
/** A sign-in link was of no use. */
export const isLinkUsed = signal(false);

export const workspace = computed(() =>
  workspaces.value.find((each) => each.id === me.value?.workspace_id),
);

/** Whether whoever is signed in may do what needs this scope. */
export const may = (scope: Scope): boolean => me.value?.scopes.includes(scope) ?? false;

let whenSignedIn: { resolve: () => void; reject: (why: unknown) => void }[] = [];

onSessionEnd(
  () =>
    new Promise((resolve, reject) => {
      whenSignedIn.push({ resolve, reject });
      isEnded.value = true;
    }),
);

/** Not by `send`: a 401 here is an answer. Raises the Problem that the server tells. */
async function plain(
  address: string,
  method = "GET",
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(address, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await Problem.of(response);
  return response;
}

/** At the start: by the code of a sign-in link, or by the cookie that is there. */
export async function begin(): Promise<void> {
  const given = new URLSearchParams(location.hash.slice(1));
  const code = given.get("code");
  invitation.value = given.get("invitation");
  if (code || invitation.value) {
    // Not into the history, and not again where the page is loaded anew.
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (code) {
    try {
      await plain("/v1/sign-in-codes/exchange", "POST", { code });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      isLinkUsed.value = true;
    }
  }
  try {
    await signedIn();
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    me.value = null;
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const known = me.value?.workspace_id;
  const wanted = isEnded.value && known ? { workspace_id: known } : {};
  await plain("/v1/sessions", "POST", { email, password, ...wanted });
  await signedIn();
}

export async function signInByKey(key: string): Promise<void> {
  await plain("/v1/me/cookie", "PUT", undefined, { Authorization: `Bearer ${key}` });
  await signedIn();
}

/** Become a member, with an account of one's own, and be signed in. */
export async function accept(name: string, password: string): Promise<void> {
  const body = { token: invitation.value, name, password };
  await plain("/v1/invitations/accept", "POST", body);
  invitation.value = null;
  await signedIn();
}

async function signedIn(): Promise<void> {
  const answers =
    (await takeEarly()) ?? (await Promise.all(FIRST.map((at) => fetch(at))));
  for (const each of answers) if (!each.ok) throw await Problem.of(each);
  const told = await Promise.all(answers.map((each) => each.json()));
  const [found, list] = told as [Me, { items: Workspace[] }];
  const isOther = me.value && me.value.workspace_id !== found.workspace_id;
  workspaces.value = list.items;
  me.value = found;
  isEnded.value = false;
  isLinkUsed.value = false;
  // What was typed was meant for another workspace: nothing of it may go into this one.
  if (isOther) location.assign("/console/");
  for (const each of whenSignedIn.splice(0)) each.resolve();
}

export async function signOut(): Promise<void> {
  const session = me.value?.session_id;
  if (session) await plain(`/v1/sessions/${session}`, "DELETE");
  else await plain("/v1/me/cookie", "DELETE");
  // All that is in memory goes with the page.
  location.assign("/console/");
}

/** Instead of signing in again: what waited is given up. */
export function giveUp(): void {
  for (const each of whenSignedIn) each.reject(new Problem({}, 401));
  whenSignedIn = [];
  isEnded.value = false;
  me.value = null;
}

export async function switchTo(workspaceId: string): Promise<void> {
  const body = { workspace_id: workspaceId };
  await ok(api.PUT("/v1/me/workspace", { body }));
  await signedIn();
  followAnew();
}
