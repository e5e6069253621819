/** Recipes as the page holds them: what JSON has, and nothing else. */
import type { Form, Part } from "./form-types";
import { OPERATIONS, OUTPUTS } from "./forms";

export interface Variant {
  name: string;
  operations?: Part[];
  output: Part;
}

export interface Recipe {
  reading?: Part;
  operations: Part[];
  variants: Variant[];
}

export const FRESH: Recipe = {
  operations: [{ op: "resize", width: 800 }],
  variants: [{ name: "image", output: { format: "webp" } }],
};

/** What those begin with that cannot be left empty. */
const STARTS: Record<string, Part> = {
  resize: { width: 800 },
  crop: { width: 50, height: 50, unit: "percent" },
  rotate: { angle: 90 },
  blur: { sigma: 3 },
  tint: { color: "#b5763a" },
  rounded_corners: { radius: 24 },
  border: { width: 8 },
  text_watermark: { text: "OneManage" },
  image_watermark: { file_id: "" },
  gamma: { value: 1.4 },
  vibrance: { amount: 30 },
  hue: { angle: 30 },
  color_matrix: {
    matrix: [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ],
  },
  lut: { file_id: "" },
  colorize: { color: "#2a9d8f", opacity: 0.5 },
  gradient: {
    stops: [
      { at: 0, color: "#00000000" },
      { at: 1, color: "#000000cc" },
    ],
  },
  convolve: {
    kernel: [
      [0, -1, 0],
      [-1, 5, -1],
      [0, -1, 0],
    ],
  },
  crop_aspect: { aspect: "1:1" },
  crop_to: { target: "subject" },
  pad: { aspect: "1:1", color: "#ffffff" },
  perspective: {
    corners: [
      { x: 0.05, y: 0.05 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ],
  },
  composite: { layers: [{ color: "#00000066" }] },
  curves: {
    master: [
      { x: 0, y: 20 },
      { x: 255, y: 235 },
    ],
  },
  obscure: { target: "faces" },
  text: { text: "OneManage", size: 48, color: "#ffffff" },
  adjust: { brightness: 10 },
};

export function begun(op: string): Part {
  return { op, ...structuredClone(STARTS[op] ?? {}) };
}

const formsByName = (forms: Form[]) => new Map(forms.map((each) => [each.name, each]));
const operations = formsByName(OPERATIONS);
const outputs = formsByName(OUTPUTS);

type Name = Form["name"];

/** Undefined of an operation that this release of the console does not know. */
export const formOf = (operation: Part): Form | undefined =>
  operations.get(operation.op as Name);

export const formOfOutput = (output: Part): Form | undefined =>
  outputs.get((output.format ?? "webp") as Name);

/** A recipe out of JSON. Raises SyntaxError or TypeError, in English, where it is none. */
export function read(text: string): Recipe {
  const found = JSON.parse(text) as Partial<Recipe>;
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new TypeError("A recipe is an object: {…}.");
  }
  const { operations: steps = [], variants = [] } = found;
  if (!Array.isArray(steps) || !Array.isArray(variants)) {
    throw new TypeError("operations and variants are lists: […].");
  }
  const given = variants.length > 0 ? variants : FRESH.variants;
  const named = given.map((each) => ({
    ...each,
    name: String(each.name ?? "image"),
    output: { ...((each.output as Part | undefined) ?? { format: "webp" }) },
  }));
  return { ...found, operations: steps, variants: named };
}

/** What is at its default is left out. */
export function bare(part: Part, form: Form | undefined): Part {
  if (!form) return part;
  const isSaid = ([name, value]: [string, unknown]) => {
    const field = form.fields.find((each) => each.name === name);
    if (!field) return true;
    return JSON.stringify(value) !== JSON.stringify(field.default);
  };
  return Object.fromEntries(Object.entries(part).filter(isSaid));
}

/** As it is shown, sent and linked to: without what would be so anyway. */
export function tidy(recipe: Recipe): Recipe {
  const { reading, operations: steps, variants } = recipe;
  const isRead = reading && Object.keys(reading).length > 0;
  return {
    ...(isRead ? { reading } : {}),
    operations: steps.map((each) => bare(each, formOf(each))),
    variants: variants.map(({ name, operations: own = [], output }) => ({
      name,
      ...(own.length > 0
        ? { operations: own.map((each) => bare(each, formOf(each))) }
        : {}),
      output: bare(output, formOfOutput(output)),
    })),
  };
}

export type Parameters = Record<string, { default?: unknown }>;

/** The recipe with each `{"$": name}` as its parameter says: what a preset is by itself. */
export function filled<T>(part: T, parameters: Parameters): T {
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (typeof value !== "object" || value === null) return value;
    const place = placeOf(value);
    if (place !== undefined) return parameters[place]?.default ?? null;
    const entries = Object.entries(value).map(([name, each]) => [name, one(each)]);
    return Object.fromEntries(entries);
  };
  return one(part) as T;
}

/** The name of the parameter whose place this is. */
export function placeOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const { $: name, ...others } = value as Record<string, unknown>;
  return typeof name === "string" && Object.keys(others).length === 0
    ? name
    : undefined;
}
