/** The picture of a template with the values of the moment: the newest wins. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Template } from "./changing";

export type Values = Record<string, unknown>;

export interface Rendered {
  /** Of the newest picture that could be made; "" before the first. */
  url: string;
  warnings: string[];
  /** Why the newest could not be made. */
  error: unknown;
  isBusy: boolean;
}

const PAUSE = 200;
/** Pixels across, at most: enough for a screen, and quicker than the whole. */
const WIDEST = 1000;

export function useRendered(template: Template, values: Values): Rendered {
  const [found, setFound] = useState<Rendered>({
    url: "",
    warnings: [],
    error: undefined,
    isBusy: true,
  });
  const shown = useRef("");
  useEffect(() => {
    const given = new AbortController();
    setFound((before) => ({ ...before, isBusy: true }));
    const timer = setTimeout(
      async () => {
        try {
          const width = Math.min(template.width, WIDEST);
          const order = { format: "webp", quality: 90, width };
          const made = await rendered(template.id, values, order, given.signal);
          if (given.signal.aborted) return;
          const before = shown.current;
          shown.current = URL.createObjectURL(made.blob);
          const { warnings } = made;
          setFound({ url: shown.current, warnings, error: undefined, isBusy: false });
          if (before) URL.revokeObjectURL(before);
        } catch (error) {
          if (given.signal.aborted) return;
          setFound((before) => ({ ...before, error, isBusy: false }));
        }
      },
      shown.current ? PAUSE : 0,
    );
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [template, values]);
  useEffect(() => () => URL.revokeObjectURL(shown.current), []);
  return found;
}

/** Raises the Problem that the server tells. */
export async function rendered(
  id: string,
  values: Values,
  order: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<{ blob: Blob; warnings: string[] }> {
  const response = await ask(`/v1/templates/${id}/renders`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "image/*" },
    body: JSON.stringify({ ...order, values, missing_fonts: "substitute" }),
    ...(signal ? { signal } : {}),
  });
  const told = response.headers.get("X-Image-Warnings");
  const warnings = told === null ? [] : (JSON.parse(told) as string[]);
  return { blob: await response.blob(), warnings };
}

/** What is wrong with the value of each slot; "" has what is said of no slot. */
export function faults(error: unknown): Map<string, string> {
  const found = new Map<string, string>();
  if (!(error instanceof Problem)) return found;
  for (const { pointer, detail } of error.errors) {
    const name = pointer.match(/^\/values\/([^/]*)/)?.[1] ?? "";
    found.set(name.replaceAll("~1", "/").replaceAll("~0", "~"), detail);
  }
  return found;
}

/** Warnings by the slot that they speak of; "" has the others. */
export function bySlot(warnings: string[], names: string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  // The longest first: `title` is also in what is said of `subtitle`.
  const longest = [...names].sort((one, other) => other.length - one.length);
  for (const each of warnings) {
    const name = longest.find((one) => each.includes(one)) ?? "";
    found.set(name, [...(found.get(name) ?? []), each]);
  }
  return found;
}
