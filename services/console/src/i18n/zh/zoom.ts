import type en from "../en/zoom";

export default {
  loading: "正在打开 {name}",
  cutting: "正在准备图片：{count} 个图块",
  "cutting.label": "正在准备图片",
  keys: "方向键移动画面，+ 和 − 缩放，0 显示全图，回车键指向中心点。",
  tools: "缩放",
  zoom: "大小",
  in: "放大",
  out: "缩小",
  whole: "全图",
  broken: "图片的一部分无法加载。",
  pixel: "像素 {x}, {y}",
  again: "重新加载",
} satisfies Record<keyof typeof en, string>;
