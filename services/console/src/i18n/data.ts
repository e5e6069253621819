/** What grids, filters and rejected rows say, on whichever page they are. */
import en from "./en/data";
import { translator } from "./texts";
import zh from "./zh/data";

export const t = translator(en, zh);
export type DataKey = keyof typeof en;
export const isDataKey = (key: string): key is DataKey => key in en;
