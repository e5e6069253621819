/** What is looked for, kept in the address: words, a font, a colour, kinds of layers. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { Bar, Button, Select, TextField } from "../../ui";
import css from "./documents.module.css";
import { t } from "./texts";

type Query = Record<string, string>;

const KINDS = [
  "pixel",
  "group",
  "artboard",
  "type",
  "shape",
  "smartobject",
  "adjustment",
  "fill",
] as const;
/** Milliseconds after the last letter. */
const SETTLED = 350;

export const isAsked = ({ q, font, color, kind }: Query): boolean =>
  Boolean(q?.trim() || font?.trim() || isColor(color) || kind);

export const isColor = (text: string | undefined): boolean =>
  /^#?[0-9a-f]{6}$/i.test(text ?? "");

export function SearchBar({ query }: { query: Query }) {
  const { route } = useLocation();
  const [given, setGiven] = useState<Query>(query);
  const [isMore, setMore] = useState(Boolean(query.font || query.color || query.kind));
  const change = (part: Query) => setGiven({ ...given, ...part });
  useEffect(() => {
    const { q = "", font = "", color = "", kind = "" } = given;
    const next = at("/documents", { q, font, color: color.replace("#", ""), kind });
    const timer = setTimeout(() => {
      if (next !== location.pathname + location.search) route(next, true);
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [given]);
  const isWrong = Boolean(given.color) && !isColor(given.color);
  return (
    <Bar>
      <search class={css.search}>
        <TextField
          label={t("search")}
          placeholder={t("search")}
          isBare
          type="search"
          value={given.q ?? ""}
          input={{ maxLength: 200 }}
          onInput={(q) => change({ q })}
        />
        {isMore ? (
          <>
            <TextField
              label={t("search.font")}
              placeholder={t("search.font")}
              isBare
              value={given.font ?? ""}
              onInput={(font) => change({ font })}
            />
            <TextField
              label={t("search.color")}
              placeholder={t("search.color")}
              isBare
              value={given.color ?? ""}
              error={isWrong ? t("search.color.wrong") : undefined}
              onInput={(color) => change({ color })}
            />
            <Select
              label={t("search.kind")}
              isBare
              value={given.kind ?? ""}
              options={[
                { value: "", label: t("search.kind") },
                ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
              ]}
              onChange={(kind) => change({ kind })}
            />
          </>
        ) : (
          <Button look="quiet" icon="filter" onClick={() => setMore(true)}>
            {t("search.more")}
          </Button>
        )}
      </search>
    </Bar>
  );
}
