/** How the navigation names pages: one line for each, in both languages. */
import { translator } from "./texts";

const en = {
  files: "Files",
  documents: "Documents",
  tasks: "Tasks",
  members: "Members",
  keys: "API keys",
  usage: "Limits and usage",
  webhooks: "Webhooks",
  audit: "Audit",
  health: "Health",
  images: "Images",
  deadLetters: "Dead letters",
  imports: "Imports",
  datasets: "Data sets",
  templates: "Templates",
};

const zh: Record<keyof typeof en, string> = {
  files: "文件",
  documents: "文档",
  tasks: "任务",
  members: "成员",
  keys: "API 密钥",
  usage: "配额与用量",
  webhooks: "Webhook",
  audit: "审计",
  health: "运行状况",
  images: "图像",
  deadLetters: "死信",
  imports: "导入",
  datasets: "数据集",
  templates: "模板",
};

export type NavKey = keyof typeof en;
export const nav = translator(en, zh);
