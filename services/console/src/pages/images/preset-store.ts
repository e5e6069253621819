/** Presets as the server keeps them, with the ETag that says which state was seen. */
import { api, ok, type Schemas } from "../../api/client";
import { Problem } from "../../api/problem";
import { type Recipe, tidy } from "./recipe";

export type Preset = Schemas["PresetOut"];

export interface Seen {
  preset: Preset;
  etag: string;
}

/** Raises a Problem. */
export async function loadPreset(name: string, signal?: AbortSignal): Promise<Seen> {
  const params = { path: { name } };
  const asked = api.GET("/v1/images/presets/{name}", {
    params,
    ...(signal ? { signal } : {}),
  });
  const preset = await ok(asked);
  return { preset, etag: (await asked).response.headers.get("ETag") ?? "" };
}

export async function isTaken(name: string): Promise<boolean> {
  try {
    await loadPreset(name);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

/** Its parameters, and what it extends, are as in `like`. Where `etag` is given and
 * somebody has changed it since, that is a Problem (412) and nothing is lost. */
export async function savePreset(
  name: string,
  recipe: Recipe,
  like: Preset | undefined,
  etag?: string,
): Promise<void> {
  const kept = { parameters: like?.parameters ?? {}, extends: like?.extends ?? [] };
  const body = { recipe: tidy(recipe), ...kept } as unknown as Schemas["PresetRequest"];
  const header = etag ? { "If-Match": etag } : {};
  const params = { path: { name }, header };
  await ok(api.PUT("/v1/images/presets/{name}", { body, params }));
}
