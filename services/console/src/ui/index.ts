/** What pages are made of. */
export { Button, ButtonLink, IconButton } from "./button";
export { Copy } from "./copy";
export { Confirm, Dialog } from "./dialog";
export { type Doing, useDoing } from "./doing";
export { DropPlace, FileButton } from "./drop";
export { Check, Field, Segments, Select, TextField } from "./field";
export { FormDialog } from "./form";
export { fitting, Grid, type GridCellData, type GridColumn } from "./grid";
export { Icon, type IconName } from "./icon";
export { Listing } from "./listing";
export { Menu, type MenuItem } from "./menu";
export { Bar, Page, Section } from "./page";
export { Progress } from "./progress";
export { Secret } from "./secret";
export { Empty, ErrorNote, ErrorView, Skeleton } from "./state";
export { type Column, Table, TableFoot } from "./table";
export { type Tab, Tabs } from "./tabs";
export {
  Badge,
  Bytes,
  Count,
  Facts,
  Faint,
  Id,
  Name,
  State,
  Time,
  type Tone,
} from "./text";
export { tell, tellError } from "./toast";
export { Tree, type TreeNode } from "./tree";
export { type Pointed, Viewer } from "./viewer";
export { Looking, type Rect } from "./viewport";
