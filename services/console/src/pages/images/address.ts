/** A recipe as an address has it: `w_400,mode:fill,height:300/f_webp,q_80`.
 *
 * docs/imaging.md, "Images by address", has the grammar. Whatever is no plain word is
 * written as base64url, which no proxy changes. */
import type { FormField, Part } from "./form-types";
import { READING } from "./forms";
import { bare, formOf, formOfOutput, type Recipe } from "./recipe";

const PLAIN = /^[A-Za-z][A-Za-z0-9._-]*$/;
const WORDS_OF_VALUES = new Set(["none", "null", "true", "false"]);
/** Every address says a format, as an empty recipe is none. */
const SHORT: Record<string, string> = { width: "w", height: "h" };

export const MOST_CHARACTERS = 4096;

/** The recipe of one variant, as it stands behind the source. */
export function written(recipe: Recipe, variant = 0): string {
  const wanted = recipe.variants[variant] ?? recipe.variants[0];
  const steps = [...recipe.operations, ...(wanted?.operations ?? [])].map(step);
  const reading = said(bare(recipe.reading ?? {}, readingForm), READING);
  if (reading.length > 0) steps.unshift(["reading", ...reading].join(","));
  const { format = "webp", ...output } = wanted?.output ?? {};
  const form = formOfOutput({ format });
  const rest = said(bare(output, form), form?.fields ?? []);
  steps.push([`f_${format}`, ...rest].join(","));
  return steps.join("/");
}

const readingForm = { tag: "op", name: "page", fields: READING } as const;

export const addressOf = (source: string, recipe: string): string =>
  `/v1/images/${source}/${recipe}`;

function step(operation: Part): string {
  const { op, ...fields } = bare(operation, formOf(operation));
  const known = formOf(operation)?.fields ?? [];
  const isShort = op === "resize" && (fields.width || fields.height);
  if (!isShort) return [`op:${op}`, ...said(fields, known)].join(",");
  const sides = Object.keys(SHORT).filter((name) => fields[name]);
  const others = Object.entries(fields).filter(([name]) => !(name in SHORT));
  return [
    ...sides.map((name) => `${SHORT[name]}_${fields[name]}`),
    ...said(Object.fromEntries(others), known),
  ].join(",");
}

function said(fields: Part, known: readonly FormField[]): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const field = known.find((each) => each.name === name);
    return `${name}:${valueText(value, field)}`;
  });
}

function valueText(value: unknown, field: FormField | undefined): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return numberText(value);
  if (typeof value !== "string") return `~${base64(JSON.stringify(value))}`;
  if (field?.kind === "color" && value.startsWith("#")) return value.slice(1);
  const isWord = PLAIN.test(value) && !WORDS_OF_VALUES.has(value);
  return isWord || field?.kind === "choice" ? value : `~${base64(value)}`;
}

/** Without an exponent, which addresses do not know. */
function numberText(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return value.toFixed(18).replace(/\.?0+$/, "");
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (each) => String.fromCharCode(each)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
