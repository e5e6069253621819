/** Addresses within the console. */

/** Of a page, as `at("/tasks")`; what is undefined or empty is left out of the query. */
export function at(
  path: string,
  query: Record<string, string | undefined> = {},
): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value) asked.set(name, value);
  }
  const search = asked.size > 0 ? `?${asked}` : "";
  return `/console${path}${search}`;
}
