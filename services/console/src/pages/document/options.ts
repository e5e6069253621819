/** What an export is asked to be, and how the API is told so. */
import type { Schemas } from "../../api/client";
import type { DocumentView } from "./view";

type Request = Schemas["RenditionRequest"];
export type Format = Request["format"];

export interface Options {
  of: "document" | "chosen" | "layers" | "slices";
  format: Format;
  depth: "8" | "16" | "32";
  quality: string;
  isLossless: boolean;
  size: "scales" | "box";
  scales: string;
  width: string;
  height: string;
  /** Empty: none. */
  background: string;
  keepsColor: boolean;
  isRendered: boolean;
  isOnCanvas: boolean;
  onlyVisible: boolean;
  /** With the eyes as they are on the page. */
  asShown: boolean;
}

export const FIRST: Options = {
  of: "document",
  format: "png",
  depth: "8",
  quality: "90",
  isLossless: false,
  size: "scales",
  scales: "1",
  width: "",
  height: "",
  background: "",
  keepsColor: false,
  isRendered: true,
  isOnCanvas: false,
  onlyVisible: true,
  asShown: true,
};

const DEPTHS: Partial<Record<Format, Options["depth"][]>> = {
  png: ["8", "16"],
  tiff: ["8", "16", "32"],
  exr: ["32"],
};
const LOSSY = new Set<Format>(["webp", "avif", "jpeg"]);

export const depthsOf = (format: Format): Options["depth"][] => DEPTHS[format] ?? ["8"];

export const hasQuality = ({ format, isLossless }: Options): boolean =>
  LOSSY.has(format) && !(format === "webp" && isLossless);

/** `1, 2x, @0.5` as numbers; null where one of them is none. */
export function scalesOf(text: string): number[] | null {
  const parts = text.split(/[\s,;，、]+/).filter(Boolean);
  const found = parts.map((each) => Number(each.replace(/^@|x$/gi, "")));
  const isGood = found.every((each) => each >= 0.01 && each <= 8);
  const isOnce = new Set(found).size === found.length;
  return found.length > 0 && found.length <= 8 && isGood && isOnce ? found : null;
}

export function bodyOf(options: Options, view: DocumentView): Request {
  const { of, format } = options;
  const isWhole = of === "document" || of === "slices";
  const changed = isWhole && options.asShown ? view.changed.value : [];
  const isClosed = (id: number) => view.closed.value.has(id);
  const layers =
    of === "chosen"
      ? { ...NO_LAYERS, ids: view.chosen.value === null ? [] : [view.chosen.value] }
      : { ...NO_LAYERS, visible_only: options.onlyVisible };
  const box = (text: string) => (Number(text) > 0 ? Math.round(Number(text)) : null);
  return {
    of: of === "chosen" ? "layers" : of,
    ...(isWhole ? {} : { layers }),
    show: changed.filter((id) => !isClosed(id)),
    hide: changed.filter(isClosed),
    on_canvas: !isWhole && options.isOnCanvas,
    // As the file has it, unless somebody has changed what is seen.
    rendered: !isWhole && options.isRendered,
    format,
    color: options.keepsColor && format !== "exr" ? "keep" : "srgb",
    lossless: format === "webp" && options.isLossless,
    scales: options.size === "scales" ? (scalesOf(options.scales) ?? [1]) : [1],
    depth: Number(options.depth) as 8 | 16 | 32,
    ...(hasQuality(options) ? { quality: Number(options.quality) } : {}),
    ...(options.size === "box"
      ? { max_width: box(options.width), max_height: box(options.height) }
      : {}),
    ...(options.background ? { background: options.background } : {}),
  };
}

const NO_LAYERS = { ids: [], names: [], kinds: [], visible_only: false };
