/** Line drawings of 16 by 16, in the colour of the text beside them. */
const DRAWN = {
  actual: "M2.5 3.5h11v9h-11zM5 6.5 6 6v4M11 6.5l-1-.5v4M8 7h.01M8 9.5h.01",
  activity: "M1.5 8h3l2-5 3 10 2-5h3",
  alert: "M8 2 1.5 13.5h13zM8 6.5v3M8 11.5v.5",
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  arrowRight: "M3 8h10M9 4l4 4-4 4",
  arrowUp: "M8 13V3M4 7l4-4 4 4",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.8 14.5h2.4",
  book: "M3 3.5A1.5 1.5 0 0 1 4.5 2H13v12H4.5A1.5 1.5 0 0 1 3 12.5zM3 12.5A1.5 1.5 0 0 1 4.5 11H13",
  check: "m3 8.5 3.5 3.5L13 4.5",
  chevronDown: "m4 6 4 4 4-4",
  chevronRight: "m6 4 4 4-4 4",
  compare: "M2 3h5v10H2zM9 3h5v10H9zM4 6h1M11 6h1",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  database:
    "M2.5 4c0-2.6 11-2.6 11 0s-11 2.6-11 0v8c0 2.6 11 2.6 11 0V4M2.5 8c0 2.6 11 2.6 11 0",
  document: "M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3",
  download: "M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  dots: "M3 8h.01M8 8h.01M13 8h.01",
  external: "M9.5 2.5h4v4M13.5 2.5 7.5 8.5M11.5 9v4.5h-9v-9H7",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  eyeOff: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM2.5 13.5l11-11",
  files: "M1.5 4.5v8h13v-7H8l-1.5-2h-5z",
  filter: "M2 3h12L9.5 8.5v4.5l-3-1.5v-3z",
  gauge: "M2.5 12a6.5 6.5 0 1 1 11 0M8 9.5 11 5.5",
  fit: "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5.5 6h5v4h-5z",
  globe:
    "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M1.5 8h13M8 1.5c-4.5 4-4.5 9 0 13 4.5-4 4.5-9 0-13",
  heart: "M8 13.5C-2 7 5 0.5 8 4.5c3-4 10 2.5 0 9z",
  image: "M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h.01",
  inbox: "M2 9.5 4 3h8l2 6.5v4H2zM2 9.5h3.5l1 1.5h3l1-1.5H14",
  key: "M10.5 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M8 8l-6 6M4 12l1.5 1.5M11 5.5h.01",
  layers: "m8 2 6.5 3.2L8 8.4 1.5 5.2zM1.5 8 8 11.2 14.5 8M1.5 10.8 8 14l6.5-3.2",
  mask: "M2 3h12v10H2zM8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6",
  menu: "M2 4h12M2 8h12M2 12h12",
  minus: "M3 8h10",
  moon: "M13.5 9.5A6 6 0 1 1 6.5 2.5a4.8 4.8 0 0 0 7 7z",
  people:
    "M6 2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M1.5 13.5c0-5.5 9-5.5 9 0M10.5 3a2.3 2.3 0 0 1 0 4.3M12 9.5c1.5.500 2.5 1.8 2.5 4",
  play: "M4.5 3v10l8-5z",
  plus: "M8 3v10M3 8h10",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3h-3",
  ruler: "M1.5 5.5h13v5h-13zM4 5.5v2M6.5 5.5v3M9 5.5v2M11.5 5.5v3",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5l3.5 3.5",
  settings:
    "M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4",
  shield: "M8 1.5 2.5 3.5v4c0 3.5 2.5 5.5 5.5 7 3-1.5 5.5-3.5 5.5-7v-4z",
  signOut: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  stop: "M4 4h8v8H4z",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  spark:
    "M8 2v3M8 11v3M2 8h3M11 8h3M4 4l1.8 1.8M10.2 10.2 12 12M12 4l-1.8 1.8M5.8 10.2 4 12",
  table: "M2 3h12v10H2zM2 6.5h12M2 10h12M6.5 3v10",
  tasks:
    "M2 4l1.2 1.2L5.5 3M2 8.5l1.2 1.2 2.3-2.2M2 13l1.2 1.2L5.5 12M8 4.5h6M8 9h6M8 13.5h6",
  template: "M2 2h12v12H2zM2 6h12M6 6v8",
  text: "M3 4V2.5h10V4M8 2.5v11M6 13.5h4",
  trash: "M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.8 6.8v4M9.2 6.8v4",
  upload: "M8 10.5V2M4.5 5.5 8 2l3.5 3.5M2.5 13.5h11",
  wand: "M2.5 13.5 9 7M11 2v3M9.5 3.5h3M13 7.5v2M12 8.5h2M6 2.5v2M5 3.5h2",
  webhook:
    "M5 7.5 7 4a2.3 2.3 0 1 1 3.5.500M11 9.5h-4.5L5 12.5a2.3 2.3 0 1 1-2.5-2.5M9 6.5l2 3.5a2.3 2.3 0 1 1-.5 3",
  x: "m3.5 3.5 9 9M12.5 3.5l-9 9",
} as const;

export type IconName = keyof typeof DRAWN;

/** Decoration: what it stands beside, or its button, has the words. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={DRAWN[name]} />
    </svg>
  );
}
