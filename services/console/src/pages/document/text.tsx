/** The text of a type layer: its runs, their fonts, and each as CSS to copy. */
import { number } from "../../i18n/formats";
import { Copy, Faint } from "../../ui";
import css from "./inspector.module.css";
import type { Details } from "./model";
import { t } from "./texts";

type Text = NonNullable<Details["text"]>;
type Run = Partial<NonNullable<Text["runs"]>[number]> & { font: string };

export function TextPart({ text }: { text: Text }) {
  const runs = distinct((text.runs ?? []) as Run[]);
  const align = text.paragraphs?.[0]?.justification ?? "left";
  return (
    <section class={css.part}>
      <header class={css.partHead}>
        <h3>{t("text")}</h3>
        <Copy text={text.text} label={t("copy.text")} />
      </header>
      <blockquote class={css.quote} dir="auto">
        {text.text.trim().slice(0, 2000)}
      </blockquote>
      {runs.map((run) => (
        <div key={cssOf(run, align)} class={css.run}>
          <header class={css.partHead}>
            <span>
              {run.family || run.font} <Faint>{number(round(run.size ?? 12))} px</Faint>
            </span>
            <Copy text={cssOf(run, align)} label={t("copy.css")} />
          </header>
          <pre class={css.code}>{cssOf(run, align)}</pre>
        </div>
      ))}
    </section>
  );
}

/** Each look once, however often it comes. */
function distinct(runs: Run[]): Run[] {
  const found = new Map(runs.map((run) => [cssOf(run, ""), run]));
  return [...found.values()].slice(0, 20);
}

const round = (value: number): number => Math.round(value * 100) / 100;

const WEIGHTS: [RegExp, number][] = [
  [/thin|hairline/i, 100],
  [/extra-?light|ultra-?light/i, 200],
  [/light/i, 300],
  [/medium/i, 500],
  [/semi-?bold|demi/i, 600],
  [/extra-?bold|ultra-?bold/i, 800],
  [/black|heavy/i, 900],
  [/bold/i, 700],
];

/** What a browser needs to set it the same way. */
export function cssOf(run: Run, justification: string): string {
  const weight =
    WEIGHTS.find(([pattern]) => pattern.test(run.font))?.[1] ?? (run.bold ? 700 : 400);
  const size = run.size ?? 12;
  const lines = [
    `font-family: ${JSON.stringify(run.family || run.font)};`,
    `font-size: ${round(size)}px;`,
    `font-weight: ${weight};`,
  ];
  if (run.italic || /italic|oblique/i.test(run.font)) lines.push("font-style: italic;");
  if (run.leading) lines.push(`line-height: ${round(run.leading)}px;`);
  if (run.tracking) lines.push(`letter-spacing: ${round(run.tracking / 1000)}em;`);
  if (run.color) lines.push(`color: ${run.color};`);
  const decoration = [
    run.underline ? "underline" : "",
    run.strikethrough ? "line-through" : "",
  ].filter(Boolean);
  if (decoration.length > 0) lines.push(`text-decoration: ${decoration.join(" ")};`);
  if (run.caps === "all_caps") lines.push("text-transform: uppercase;");
  if (run.caps === "small_caps") lines.push("font-variant-caps: small-caps;");
  const align = justification.startsWith("justify") ? "justify" : justification;
  if (align && align !== "left") lines.push(`text-align: ${align};`);
  return lines.join("\n");
}
