/** Photoshop's blend modes, and what a 2D canvas has in their place. */

export interface Mode {
  operation: GlobalCompositeOperation;
  /** `near`: the same but for some pixels; `other`: another mode, the most alike. */
  is: "exact" | "near" | "other";
}

const exact = (operation: GlobalCompositeOperation): Mode => ({
  operation,
  is: "exact",
});
const other = (operation: GlobalCompositeOperation): Mode => ({
  operation,
  is: "other",
});

/** By the names of the API. Those that a canvas has are the same formulas, of the PDF
 * reference and of W3C's "Compositing and Blending". */
const MODES: Record<string, Mode> = {
  normal: exact("source-over"),
  pass_through: exact("source-over"),
  darken: exact("darken"),
  multiply: exact("multiply"),
  color_burn: exact("color-burn"),
  lighten: exact("lighten"),
  screen: exact("screen"),
  color_dodge: exact("color-dodge"),
  overlay: exact("overlay"),
  soft_light: exact("soft-light"),
  hard_light: exact("hard-light"),
  difference: exact("difference"),
  exclusion: exact("exclusion"),
  hue: exact("hue"),
  saturation: exact("saturation"),
  color: exact("color"),
  luminosity: exact("luminosity"),
  // Sums with alpha, and so differs where both are bright and neither is opaque.
  linear_dodge: { operation: "lighter", is: "near" },
  dissolve: other("source-over"),
  linear_burn: other("color-burn"),
  darker_color: other("darken"),
  lighter_color: other("lighten"),
  vivid_light: other("hard-light"),
  linear_light: other("hard-light"),
  pin_light: other("hard-light"),
  hard_mix: other("hard-light"),
  subtract: other("difference"),
  divide: other("color-dodge"),
};

export const modeOf = (name: string): Mode => MODES[name] ?? other("source-over");

/** In these the fill opacity is a strength, which a canvas does not have. */
export const STRENGTHS = new Set([
  "color_burn",
  "linear_burn",
  "color_dodge",
  "linear_dodge",
  "vivid_light",
  "linear_light",
  "hard_mix",
  "difference",
]);
