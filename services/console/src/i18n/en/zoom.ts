export default {
  loading: "Opening {name}",
  cutting: "Preparing the picture: {count} tile|Preparing the picture: {count} tiles",
  "cutting.label": "Preparing the picture",
  keys: "Arrow keys move, + and − zoom, 0 shows the whole, Enter points at the middle.",
  tools: "Zoom",
  zoom: "Size",
  in: "Zoom in",
  out: "Zoom out",
  whole: "Whole",
  broken: "A part of the picture could not be loaded.",
  pixel: "Pixel {x}, {y}",
  again: "Load again",
};
