import type en from "../en/viewer";

export default {
  in: "放大",
  out: "缩小",
  fit: "适合窗口 (0)",
  actual: "100 % (1)",
  zoom: "缩放比例",
} satisfies Record<keyof typeof en, string>;
