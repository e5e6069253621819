/** Made by scripts/console-forms.py of the contracts; not written by hand. */
import type { Form } from "./form-types";

export const OPERATIONS: Form[] = [
  {"tag": "op", "name": "resize", "fields": [{"name": "width", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "height", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "mode", "kind": "choice", "values": ["cover", "fill", "fit", "force", "pad"], "default": "fit"}, {"name": "dpr", "kind": "number", "min": 0.1, "max": 8, "default": 1.0}, {"name": "enlarge", "kind": "boolean", "default": false}, {"name": "gravity", "kind": "choice", "values": ["attention", "centre", "east", "face", "largest_face", "north", "north_east", "north_west", "south", "south_east", "south_west", "subject", "west"], "default": "centre"}, {"name": "background", "kind": "color", "alpha": true, "default": "#00000000"}, {"name": "focus", "kind": "json", "default": null, "optional": true}, {"name": "offset", "kind": "json", "default": null, "optional": true}, {"name": "min_width", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "min_height", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "zoom", "kind": "number", "max": 100, "over": 0, "default": null, "optional": true}, {"name": "kernel", "kind": "choice", "values": ["auto", "bicubic", "bilinear", "box", "hamming", "lanczos2", "lanczos3", "mitchell", "nearest"], "default": "auto"}]},
  {"tag": "op", "name": "crop", "fields": [{"name": "width", "kind": "number", "max": 1000000, "over": 0}, {"name": "height", "kind": "number", "max": 1000000, "over": 0}, {"name": "x", "kind": "number", "min": 0, "max": 1000000, "default": null, "optional": true}, {"name": "y", "kind": "number", "min": 0, "max": 1000000, "default": null, "optional": true}, {"name": "unit", "kind": "choice", "values": ["percent", "px"], "default": "px"}, {"name": "gravity", "kind": "choice", "values": ["attention", "centre", "east", "face", "largest_face", "north", "north_east", "north_west", "south", "south_east", "south_west", "subject", "west"], "default": "centre"}, {"name": "focus", "kind": "json", "default": null, "optional": true}, {"name": "offset", "kind": "json", "default": null, "optional": true}]},
  {"tag": "op", "name": "trim", "fields": [{"name": "tolerance", "kind": "integer", "min": 0, "max": 255, "default": 10}, {"name": "color", "kind": "color", "alpha": true, "default": null, "optional": true}, {"name": "margin", "kind": "integer", "min": 0, "max": 1000, "default": 0}, {"name": "equal_horizontal", "kind": "boolean", "default": false}, {"name": "equal_vertical", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "rotate", "fields": [{"name": "angle", "kind": "number", "min": -360, "max": 360}, {"name": "background", "kind": "color", "alpha": true, "default": "#00000000"}]},
  {"tag": "op", "name": "flip", "fields": [{"name": "direction", "kind": "choice", "values": ["both", "horizontal", "vertical"], "default": "horizontal"}]},
  {"tag": "op", "name": "sharpen", "fields": [{"name": "sigma", "kind": "number", "min": 0.3, "max": 20, "default": 1.0}, {"name": "amount", "kind": "number", "min": 0, "max": 10, "default": 0.7}, {"name": "threshold", "kind": "integer", "min": 0, "max": 255, "default": 0}]},
  {"tag": "op", "name": "blur", "fields": [{"name": "sigma", "kind": "number", "min": 0.3, "max": 250}]},
  {"tag": "op", "name": "denoise", "fields": [{"name": "strength", "kind": "integer", "min": 1, "max": 100, "default": 20}]},
  {"tag": "op", "name": "adjust", "fields": [{"name": "brightness", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "contrast", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "saturation", "kind": "number", "min": -100, "max": 100, "default": 0.0}]},
  {"tag": "op", "name": "auto_levels", "fields": [{"name": "clip", "kind": "number", "min": 0, "max": 20, "default": 0.5}, {"name": "per_channel", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "grayscale", "fields": []},
  {"tag": "op", "name": "tint", "fields": [{"name": "color", "kind": "color", "alpha": true}, {"name": "amount", "kind": "number", "min": 0, "max": 1, "default": 1.0}]},
  {"tag": "op", "name": "rounded_corners", "fields": [{"name": "radius", "kind": "number", "min": 0, "max": 16384}, {"name": "unit", "kind": "choice", "values": ["percent", "px"], "default": "px"}]},
  {"tag": "op", "name": "border", "fields": [{"name": "width", "kind": "integer", "min": 1, "max": 2000}, {"name": "color", "kind": "color", "alpha": true, "default": "#000000"}]},
  {"tag": "op", "name": "drop_shadow", "fields": [{"name": "dx", "kind": "integer", "min": -500, "max": 500, "default": 0}, {"name": "dy", "kind": "integer", "min": -500, "max": 500, "default": 8}, {"name": "blur", "kind": "number", "min": 0, "max": 200, "default": 12.0}, {"name": "color", "kind": "color", "alpha": true, "default": "#000000"}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.4}]},
  {"tag": "op", "name": "background", "fields": [{"name": "color", "kind": "color", "alpha": true, "default": "#ffffff"}]},
  {"tag": "op", "name": "image_watermark", "fields": [{"name": "file_id", "kind": "file", "default": null, "optional": true}, {"name": "url", "kind": "text", "default": null, "optional": true}, {"name": "scale", "kind": "number", "max": 1, "over": 0, "default": 0.25, "optional": true}, {"name": "width", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "height", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "fit", "kind": "choice", "values": ["fill", "fit", "force"], "default": "fit"}, {"name": "position", "kind": "choice", "values": ["centre", "east", "north", "north_east", "north_west", "south", "south_east", "south_west", "west"], "default": "south_east"}, {"name": "margin", "kind": "number", "min": 0, "max": 16384, "default": 16}, {"name": "blend", "kind": "choice", "values": ["add", "color", "color_burn", "color_dodge", "darken", "difference", "exclusion", "hard_light", "hue", "lighten", "luminosity", "multiply", "normal", "overlay", "saturation", "screen", "soft_light"], "default": "normal"}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.6}, {"name": "angle", "kind": "number", "min": -360, "max": 360, "default": 0.0}, {"name": "tiled", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "text_watermark", "fields": [{"name": "text", "kind": "lines", "most": 500}, {"name": "size", "kind": "number", "min": 4, "max": 2000, "default": null, "optional": true}, {"name": "scale", "kind": "number", "max": 1, "over": 0, "default": 0.3}, {"name": "font", "kind": "json", "default": null, "optional": true}, {"name": "color", "kind": "color", "alpha": true, "default": "#ffffff"}, {"name": "outline", "kind": "integer", "min": 0, "max": 50, "default": 0}, {"name": "outline_color", "kind": "color", "alpha": true, "default": "#000000"}, {"name": "position", "kind": "choice", "values": ["centre", "east", "north", "north_east", "north_west", "south", "south_east", "south_west", "west"], "default": "south_east"}, {"name": "margin", "kind": "number", "min": 0, "max": 16384, "default": 16}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.6}, {"name": "angle", "kind": "number", "min": -360, "max": 360, "default": 0.0}, {"name": "tiled", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "gamma", "fields": [{"name": "value", "kind": "number", "min": 0.1, "max": 10}]},
  {"tag": "op", "name": "curves", "fields": [{"name": "master", "kind": "json", "default": []}, {"name": "red", "kind": "json", "default": []}, {"name": "green", "kind": "json", "default": []}, {"name": "blue", "kind": "json", "default": []}]},
  {"tag": "op", "name": "equalize", "fields": [{"name": "per_channel", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "clahe", "fields": [{"name": "limit", "kind": "number", "min": 1, "max": 100, "default": 3.0}, {"name": "tiles", "kind": "integer", "min": 1, "max": 32, "default": 8}]},
  {"tag": "op", "name": "shadows_highlights", "fields": [{"name": "shadows", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "highlights", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "radius", "kind": "number", "max": 20, "over": 0, "default": 2.0}]},
  {"tag": "op", "name": "white_balance", "fields": [{"name": "temperature", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "tint", "kind": "number", "min": -100, "max": 100, "default": 0.0}, {"name": "auto", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "vibrance", "fields": [{"name": "amount", "kind": "number", "min": -100, "max": 100}]},
  {"tag": "op", "name": "hue", "fields": [{"name": "angle", "kind": "number", "min": -360, "max": 360}]},
  {"tag": "op", "name": "color_matrix", "fields": [{"name": "matrix", "kind": "json"}]},
  {"tag": "op", "name": "lut", "fields": [{"name": "file_id", "kind": "file"}, {"name": "amount", "kind": "number", "min": 0, "max": 1, "default": 1.0}]},
  {"tag": "op", "name": "make_transparent", "fields": [{"name": "color", "kind": "color", "alpha": false, "default": null, "optional": true}, {"name": "tolerance", "kind": "integer", "min": 0, "max": 255, "default": 10}, {"name": "softness", "kind": "integer", "min": 0, "max": 255, "default": 20}, {"name": "rim", "kind": "boolean", "default": false}]},
  {"tag": "op", "name": "negate", "fields": []},
  {"tag": "op", "name": "solarize", "fields": [{"name": "level", "kind": "integer", "min": 0, "max": 255, "default": 128}]},
  {"tag": "op", "name": "posterize", "fields": [{"name": "levels", "kind": "integer", "min": 2, "max": 256, "default": 4}]},
  {"tag": "op", "name": "threshold", "fields": [{"name": "level", "kind": "integer", "min": 0, "max": 255, "default": null, "optional": true}]},
  {"tag": "op", "name": "sepia", "fields": [{"name": "amount", "kind": "number", "min": 0, "max": 1, "default": 1.0}]},
  {"tag": "op", "name": "duotone", "fields": [{"name": "shadows", "kind": "color", "alpha": false, "default": "#1b2a49"}, {"name": "highlights", "kind": "color", "alpha": false, "default": "#f9f1dc"}, {"name": "amount", "kind": "number", "min": 0, "max": 1, "default": 1.0}]},
  {"tag": "op", "name": "colorize", "fields": [{"name": "color", "kind": "color", "alpha": true}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.5}, {"name": "blend", "kind": "choice", "values": ["add", "color", "color_burn", "color_dodge", "darken", "difference", "exclusion", "hard_light", "hue", "lighten", "luminosity", "multiply", "normal", "overlay", "saturation", "screen", "soft_light"], "default": "normal"}]},
  {"tag": "op", "name": "gradient", "fields": [{"name": "stops", "kind": "json"}, {"name": "shape", "kind": "choice", "values": ["linear", "radial"], "default": "linear"}, {"name": "angle", "kind": "number", "min": -360, "max": 360, "default": 180.0}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 1.0}, {"name": "blend", "kind": "choice", "values": ["add", "color", "color_burn", "color_dodge", "darken", "difference", "exclusion", "hard_light", "hue", "lighten", "luminosity", "multiply", "normal", "overlay", "saturation", "screen", "soft_light"], "default": "normal"}]},
  {"tag": "op", "name": "vignette", "fields": [{"name": "amount", "kind": "number", "min": 0, "max": 1, "default": 0.5}, {"name": "radius", "kind": "number", "min": 0, "max": 1, "default": 0.4}, {"name": "color", "kind": "color", "alpha": false, "default": "#000000"}]},
  {"tag": "op", "name": "grain", "fields": [{"name": "amount", "kind": "number", "min": 0, "max": 100, "default": 10.0}, {"name": "size", "kind": "number", "min": 1, "max": 20, "default": 1.0}, {"name": "color", "kind": "boolean", "default": false}, {"name": "seed", "kind": "integer", "min": 0, "max": 1000000, "default": 0}]},
  {"tag": "op", "name": "pixelate", "fields": [{"name": "size", "kind": "integer", "min": 1, "max": 2000, "default": 16}]},
  {"tag": "op", "name": "median", "fields": [{"name": "radius", "kind": "integer", "min": 1, "max": 50, "default": 1}]},
  {"tag": "op", "name": "convolve", "fields": [{"name": "kernel", "kind": "json"}, {"name": "divisor", "kind": "number", "min": -1000000, "max": 1000000, "default": null, "optional": true}, {"name": "offset", "kind": "number", "min": -255, "max": 255, "default": 0.0}]},
  {"tag": "op", "name": "obscure", "fields": [{"name": "target", "kind": "choice", "values": ["box", "faces", "subject", "surroundings"], "default": "box"}, {"name": "x", "kind": "number", "min": 0, "max": 1000000, "default": null, "optional": true}, {"name": "y", "kind": "number", "min": 0, "max": 1000000, "default": null, "optional": true}, {"name": "width", "kind": "number", "max": 1000000, "over": 0, "default": null, "optional": true}, {"name": "height", "kind": "number", "max": 1000000, "over": 0, "default": null, "optional": true}, {"name": "unit", "kind": "choice", "values": ["percent", "px"], "default": "px"}, {"name": "how", "kind": "choice", "values": ["blur", "fill", "pixelate"], "default": "pixelate"}, {"name": "strength", "kind": "number", "max": 2000, "over": 0, "default": null, "optional": true}, {"name": "color", "kind": "color", "alpha": true, "default": "#000000"}, {"name": "shape", "kind": "choice", "values": ["ellipse", "rectangle"], "default": "rectangle"}, {"name": "grow", "kind": "number", "min": 0, "max": 100, "default": 20.0}, {"name": "feather", "kind": "number", "min": 0, "max": 200, "default": 0.0}]},
  {"tag": "op", "name": "crop_aspect", "fields": [{"name": "aspect", "kind": "text"}, {"name": "gravity", "kind": "choice", "values": ["attention", "centre", "east", "face", "largest_face", "north", "north_east", "north_west", "south", "south_east", "south_west", "subject", "west"], "default": "centre"}, {"name": "focus", "kind": "json", "default": null, "optional": true}, {"name": "offset", "kind": "json", "default": null, "optional": true}, {"name": "zoom", "kind": "number", "min": 1, "max": 100, "default": 1.0}]},
  {"tag": "op", "name": "crop_to", "fields": [{"name": "target", "kind": "choice", "values": ["faces", "largest_face", "subject"]}, {"name": "padding", "kind": "number", "min": 0, "max": 10, "default": 0.5}, {"name": "aspect", "kind": "text", "default": null, "optional": true}, {"name": "zoom", "kind": "number", "min": 0.1, "max": 10, "default": 1.0}]},
  {"tag": "op", "name": "pad", "fields": [{"name": "top", "kind": "number", "min": 0, "max": 16384, "default": 0.0}, {"name": "right", "kind": "number", "min": 0, "max": 16384, "default": 0.0}, {"name": "bottom", "kind": "number", "min": 0, "max": 16384, "default": 0.0}, {"name": "left", "kind": "number", "min": 0, "max": 16384, "default": 0.0}, {"name": "unit", "kind": "choice", "values": ["percent", "px"], "default": "px"}, {"name": "aspect", "kind": "text", "default": null, "optional": true}, {"name": "position", "kind": "choice", "values": ["centre", "east", "north", "north_east", "north_west", "south", "south_east", "south_west", "west"], "default": "centre"}, {"name": "fill", "kind": "choice", "values": ["blur", "color", "edge", "mirror"], "default": "color"}, {"name": "color", "kind": "color", "alpha": true, "default": "#00000000"}]},
  {"tag": "op", "name": "affine", "fields": [{"name": "matrix", "kind": "json", "default": null, "optional": true}, {"name": "scale_x", "kind": "number", "min": -100, "max": 100, "default": 1.0}, {"name": "scale_y", "kind": "number", "min": -100, "max": 100, "default": 1.0}, {"name": "skew_x", "kind": "number", "min": -80, "max": 80, "default": 0.0}, {"name": "skew_y", "kind": "number", "min": -80, "max": 80, "default": 0.0}, {"name": "canvas", "kind": "choice", "values": ["grow", "keep"], "default": "grow"}, {"name": "move_x", "kind": "number", "min": -1000000, "max": 1000000, "default": 0.0}, {"name": "move_y", "kind": "number", "min": -1000000, "max": 1000000, "default": 0.0}, {"name": "background", "kind": "color", "alpha": true, "default": "#00000000"}]},
  {"tag": "op", "name": "perspective", "fields": [{"name": "corners", "kind": "json"}, {"name": "mode", "kind": "choice", "values": ["place", "straighten"], "default": "straighten"}, {"name": "background", "kind": "color", "alpha": true, "default": "#00000000"}]},
  {"tag": "op", "name": "composite", "fields": [{"name": "layers", "kind": "json"}]},
  {"tag": "op", "name": "text", "fields": [{"name": "text", "kind": "lines", "most": 5000}, {"name": "size", "kind": "number", "min": 4, "max": 2000, "default": 32.0, "optional": true}, {"name": "width", "kind": "number", "max": 16384, "over": 0, "default": null, "optional": true}, {"name": "height", "kind": "number", "max": 16384, "over": 0, "default": null, "optional": true}, {"name": "unit", "kind": "choice", "values": ["percent", "px"], "default": "px"}, {"name": "shrink", "kind": "boolean", "default": false}, {"name": "align", "kind": "choice", "values": ["centre", "justify", "left", "right", "start"], "default": "start"}, {"name": "line_height", "kind": "number", "min": 0.5, "max": 5, "default": 1.25}, {"name": "letter_spacing", "kind": "number", "min": -0.5, "max": 5, "default": 0.0}, {"name": "max_lines", "kind": "integer", "min": 1, "max": 1000, "default": null, "optional": true}, {"name": "ellipsis", "kind": "text", "default": "\u2026"}, {"name": "font", "kind": "json", "default": null, "optional": true}, {"name": "color", "kind": "color", "alpha": true, "default": "#000000"}, {"name": "outline", "kind": "integer", "min": 0, "max": 50, "default": 0}, {"name": "outline_color", "kind": "color", "alpha": true, "default": "#ffffff"}, {"name": "shadow", "kind": "json", "default": null, "optional": true}, {"name": "panel", "kind": "json", "default": null, "optional": true}, {"name": "position", "kind": "choice", "values": ["centre", "east", "north", "north_east", "north_west", "south", "south_east", "south_west", "west"], "default": "centre"}, {"name": "margin", "kind": "number", "min": 0, "max": 16384, "default": 16}, {"name": "offset", "kind": "json", "default": null, "optional": true}, {"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 1.0}, {"name": "angle", "kind": "number", "min": -360, "max": 360, "default": 0.0}]},
];

export const OUTPUTS: Form[] = [
  {"tag": "format", "name": "jpeg", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "quality", "kind": "integer", "min": 1, "max": 100, "default": 80}, {"name": "max_bytes", "kind": "integer", "min": 256, "default": null, "optional": true}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}, {"name": "progressive", "kind": "boolean", "default": false}, {"name": "subsampling", "kind": "choice", "values": ["4:2:0", "4:2:2", "4:4:4"], "default": "4:2:0"}, {"name": "gain_map", "kind": "choice", "values": ["drop", "keep"], "default": "drop"}]},
  {"tag": "format", "name": "png", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "level", "kind": "integer", "min": 0, "max": 9, "default": 6}, {"name": "colors", "kind": "integer", "min": 2, "max": 256, "default": null, "optional": true}, {"name": "interlaced", "kind": "boolean", "default": false}]},
  {"tag": "format", "name": "webp", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "quality", "kind": "integer", "min": 1, "max": 100, "default": 80}, {"name": "max_bytes", "kind": "integer", "min": 256, "default": null, "optional": true}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}, {"name": "lossless", "kind": "boolean", "default": false}, {"name": "near_lossless", "kind": "integer", "min": 0, "max": 99, "default": null, "optional": true}, {"name": "alpha_quality", "kind": "integer", "min": 0, "max": 100, "default": 100}, {"name": "effort", "kind": "integer", "min": 0, "max": 6, "default": 4}]},
  {"tag": "format", "name": "avif", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "quality", "kind": "integer", "min": 1, "max": 100, "default": 60}, {"name": "max_bytes", "kind": "integer", "min": 256, "default": null, "optional": true}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}, {"name": "speed", "kind": "integer", "min": 0, "max": 10, "default": 6}, {"name": "subsampling", "kind": "choice", "values": ["4:2:0", "4:2:2", "4:4:4"], "default": "4:2:0"}, {"name": "lossless", "kind": "boolean", "default": false}, {"name": "bits", "kind": "choice", "values": [8, 10], "default": 8}, {"name": "alpha_quality", "kind": "integer", "min": 0, "max": 100, "default": null, "optional": true}]},
  {"tag": "format", "name": "jxl", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "quality", "kind": "integer", "min": 1, "max": 100, "default": 80}, {"name": "max_bytes", "kind": "integer", "min": 256, "default": null, "optional": true}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}, {"name": "lossless", "kind": "boolean", "default": false}, {"name": "effort", "kind": "integer", "min": 1, "max": 9, "default": 4}]},
  {"tag": "format", "name": "tiff", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "compression", "kind": "choice", "values": ["deflate", "lzw", "none"], "default": "deflate"}]},
  {"tag": "format", "name": "gif", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "colors", "kind": "integer", "min": 2, "max": 256, "default": 256}, {"name": "dither", "kind": "boolean", "default": true}, {"name": "interlaced", "kind": "boolean", "default": false}]},
  {"tag": "format", "name": "auto", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "quality", "kind": "integer", "min": 1, "max": 100, "default": 80}, {"name": "max_bytes", "kind": "integer", "min": 256, "default": null, "optional": true}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}]},
  {"tag": "format", "name": "best", "fields": [{"name": "icc", "kind": "boolean", "default": true}, {"name": "space", "kind": "choice", "values": ["cmyk", "gray", "p3", "source", "srgb"], "default": "srgb"}, {"name": "dpi", "kind": "integer", "min": 1, "max": 12000, "default": null, "optional": true}, {"name": "metadata", "kind": "choice", "values": ["all", "copyright", "none"], "default": "none"}, {"name": "location", "kind": "boolean", "default": false}, {"name": "copyright", "kind": "text", "default": null, "optional": true}, {"name": "artist", "kind": "text", "default": null, "optional": true}, {"name": "credit", "kind": "text", "default": null, "optional": true}, {"name": "formats", "kind": "json", "default": []}, {"name": "quality", "kind": "integer", "min": 40, "max": 95, "default": 80}, {"name": "ssim", "kind": "number", "min": 0.5, "max": 0.999, "default": null, "optional": true}]},
];

export const FILLS: Form[] = [
  {"tag": "type", "name": "transparent", "fields": []},
  {"tag": "type", "name": "solid", "fields": [{"name": "color", "kind": "color", "alpha": false, "default": "#ffffff"}]},
  {"tag": "type", "name": "gradient", "fields": [{"name": "colors", "kind": "json"}, {"name": "shape", "kind": "choice", "values": ["linear", "radial"], "default": "linear"}, {"name": "angle", "kind": "number", "min": -360, "max": 360, "default": 180.0}]},
  {"tag": "type", "name": "blur", "fields": [{"name": "radius", "kind": "number", "max": 0.2, "over": 0, "default": 0.02}, {"name": "dim", "kind": "number", "min": 0, "max": 1, "default": 0.0}]},
  {"tag": "type", "name": "picture", "fields": [{"name": "file_id", "kind": "file"}, {"name": "blur", "kind": "number", "min": 0, "max": 0.2, "default": 0.0}]},
  {"tag": "type", "name": "sweep", "fields": [{"name": "color", "kind": "color", "alpha": false, "default": "#f2f2f0"}, {"name": "horizon", "kind": "number", "over": 0, "under": 1, "default": 0.62}, {"name": "softness", "kind": "number", "max": 1, "over": 0, "default": 0.35}, {"name": "light", "kind": "number", "min": 0, "max": 1, "default": 0.5}]},
];

export const READING: Form["fields"] = [{"name": "page", "kind": "integer", "min": 1, "max": 100000, "default": 1}, {"name": "seconds", "kind": "number", "min": 0, "max": 1000000, "default": 0.0}, {"name": "width", "kind": "integer", "min": 1, "max": 16384, "default": null, "optional": true}, {"name": "animated", "kind": "boolean", "default": true}];

export const SHADOW: Form["fields"] = [{"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.45}, {"name": "blur", "kind": "number", "max": 0.2, "over": 0, "default": 0.02}, {"name": "height", "kind": "number", "max": 0.5, "over": 0, "default": 0.09}, {"name": "offset_x", "kind": "number", "min": -0.5, "max": 0.5, "default": 0.0}, {"name": "color", "kind": "color", "alpha": false, "default": "#000000"}];

export const REFLECTION: Form["fields"] = [{"name": "opacity", "kind": "number", "min": 0, "max": 1, "default": 0.25}, {"name": "length", "kind": "number", "max": 1, "over": 0, "default": 0.35}, {"name": "gap", "kind": "number", "min": 0, "max": 0.5, "default": 0.0}];

export const PLACEMENT: Form["fields"] = [{"name": "aspect", "kind": "text", "default": null, "optional": true}, {"name": "width", "kind": "integer", "min": 16, "max": 16384, "default": null, "optional": true}, {"name": "height", "kind": "integer", "min": 16, "max": 16384, "default": null, "optional": true}, {"name": "margin", "kind": "number", "min": 0, "max": 0.45, "default": null, "optional": true}, {"name": "horizontal", "kind": "choice", "values": ["left", "center", "right"], "default": "center"}, {"name": "vertical", "kind": "choice", "values": ["top", "center", "bottom"], "default": "center"}, {"name": "upscale", "kind": "number", "min": 1, "max": 8, "default": 2.0}];

/** All that forms say, as recipes call it. */
export type Word =
  | "4:2:0"
  | "4:2:2"
  | "4:4:4"
  | "add"
  | "adjust"
  | "affine"
  | "align"
  | "all"
  | "alpha_quality"
  | "amount"
  | "angle"
  | "animated"
  | "artist"
  | "aspect"
  | "attention"
  | "auto"
  | "auto_levels"
  | "avif"
  | "background"
  | "best"
  | "bicubic"
  | "bilinear"
  | "bits"
  | "blend"
  | "blue"
  | "blur"
  | "border"
  | "both"
  | "bottom"
  | "box"
  | "brightness"
  | "canvas"
  | "center"
  | "centre"
  | "clahe"
  | "clip"
  | "cmyk"
  | "color"
  | "color_burn"
  | "color_dodge"
  | "color_matrix"
  | "colorize"
  | "colors"
  | "composite"
  | "compression"
  | "contrast"
  | "convolve"
  | "copyright"
  | "corners"
  | "cover"
  | "credit"
  | "crop"
  | "crop_aspect"
  | "crop_to"
  | "curves"
  | "darken"
  | "deflate"
  | "denoise"
  | "difference"
  | "dim"
  | "direction"
  | "dither"
  | "divisor"
  | "dpi"
  | "dpr"
  | "drop"
  | "drop_shadow"
  | "duotone"
  | "dx"
  | "dy"
  | "east"
  | "edge"
  | "effort"
  | "ellipse"
  | "ellipsis"
  | "enlarge"
  | "equal_horizontal"
  | "equal_vertical"
  | "equalize"
  | "exclusion"
  | "face"
  | "faces"
  | "feather"
  | "file_id"
  | "fill"
  | "fit"
  | "flip"
  | "focus"
  | "font"
  | "force"
  | "formats"
  | "gain_map"
  | "gamma"
  | "gap"
  | "gif"
  | "gradient"
  | "grain"
  | "gravity"
  | "gray"
  | "grayscale"
  | "green"
  | "grow"
  | "hamming"
  | "hard_light"
  | "height"
  | "highlights"
  | "horizon"
  | "horizontal"
  | "how"
  | "hue"
  | "icc"
  | "image_watermark"
  | "interlaced"
  | "jpeg"
  | "justify"
  | "jxl"
  | "keep"
  | "kernel"
  | "lanczos2"
  | "lanczos3"
  | "largest_face"
  | "layers"
  | "left"
  | "length"
  | "letter_spacing"
  | "level"
  | "levels"
  | "light"
  | "lighten"
  | "limit"
  | "line_height"
  | "linear"
  | "location"
  | "lossless"
  | "luminosity"
  | "lut"
  | "lzw"
  | "make_transparent"
  | "margin"
  | "master"
  | "matrix"
  | "max_bytes"
  | "max_lines"
  | "median"
  | "metadata"
  | "min_height"
  | "min_width"
  | "mirror"
  | "mitchell"
  | "mode"
  | "move_x"
  | "move_y"
  | "multiply"
  | "near_lossless"
  | "nearest"
  | "negate"
  | "none"
  | "normal"
  | "north"
  | "north_east"
  | "north_west"
  | "obscure"
  | "offset"
  | "offset_x"
  | "opacity"
  | "outline"
  | "outline_color"
  | "overlay"
  | "p3"
  | "pad"
  | "padding"
  | "page"
  | "panel"
  | "per_channel"
  | "percent"
  | "perspective"
  | "picture"
  | "pixelate"
  | "place"
  | "png"
  | "position"
  | "posterize"
  | "progressive"
  | "px"
  | "quality"
  | "radial"
  | "radius"
  | "rectangle"
  | "red"
  | "resize"
  | "right"
  | "rim"
  | "rotate"
  | "rounded_corners"
  | "saturation"
  | "scale"
  | "scale_x"
  | "scale_y"
  | "screen"
  | "seconds"
  | "seed"
  | "sepia"
  | "shadow"
  | "shadows"
  | "shadows_highlights"
  | "shape"
  | "sharpen"
  | "shrink"
  | "sigma"
  | "size"
  | "skew_x"
  | "skew_y"
  | "soft_light"
  | "softness"
  | "solarize"
  | "solid"
  | "source"
  | "south"
  | "south_east"
  | "south_west"
  | "space"
  | "speed"
  | "srgb"
  | "ssim"
  | "start"
  | "stops"
  | "straighten"
  | "strength"
  | "subject"
  | "subsampling"
  | "surroundings"
  | "sweep"
  | "target"
  | "temperature"
  | "text"
  | "text_watermark"
  | "threshold"
  | "tiff"
  | "tiled"
  | "tiles"
  | "tint"
  | "tolerance"
  | "top"
  | "transparent"
  | "trim"
  | "unit"
  | "upscale"
  | "url"
  | "value"
  | "vertical"
  | "vibrance"
  | "vignette"
  | "webp"
  | "west"
  | "white_balance"
  | "width"
  | "x"
  | "y"
  | "zoom";
