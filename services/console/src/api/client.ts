/** The typed client of the gateway's API: `await ok(api.GET("/v1/tasks"))`. */
import createClient from "openapi-fetch";
import { send } from "./fetching";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

export const api = createClient<paths>({ baseUrl: "/", fetch: send });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer's body. Raises the Problem that the server tells. */
export async function ok<Data>(
  asked: Promise<Answer<Data>>,
): Promise<NonNullable<Data>> {
  const answer = await asked;
  if (!answer.response.ok) {
    const told = typeof answer.error === "object" ? (answer.error ?? {}) : {};
    throw new Problem(told, answer.response.status);
  }
  return answer.data as NonNullable<Data>;
}

/** A request that openapi-fetch does not fit: bytes, or an address that the server has
 * told. Raises the Problem that the server tells. */
export async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  const response = await send(new Request(new URL(address, location.origin), init));
  if (!response.ok) throw await Problem.of(response);
  return response;
}
