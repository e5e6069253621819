/** Who is signed in, asked while the application itself is still on its way. */

/** The first questions of every page; their answers, in this order. */
export const FIRST = ["/v1/me", "/v1/workspaces"] as const;

let asked: Promise<Response[]> | undefined;

/** Ask now, unless somebody comes by a link: then it is not known yet who that is. */
export function askEarly(): void {
  if (location.hash.length > 1) return;
  asked = Promise.all(FIRST.map((each) => fetch(each)));
  // Whoever takes them asks again where none came.
  asked.catch(() => undefined);
}

/** The answers, once; undefined where they were not asked for, or none came. */
export async function takeEarly(): Promise<Response[] | undefined> {
  const found = asked;
  asked = undefined;
  return found?.catch(() => undefined);
}
