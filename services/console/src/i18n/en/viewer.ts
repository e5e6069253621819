/** What moves and enlarges a picture, wherever one is looked at. */
export default {
  in: "Zoom in",
  out: "Zoom out",
  fit: "Fit the view (0)",
  actual: "100 % (1)",
  zoom: "Zoom",
};
