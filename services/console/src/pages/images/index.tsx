/** A recipe, built by forms, and what it makes of one's own picture as it is built. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { kindOf } from "../../api/files";
import { useLoaded } from "../../api/loading";
import type { PageProps } from "../../routes";
import { ErrorNote, ErrorView, Page, Skeleton } from "../../ui";
import css from "./images.module.css";
import { Operations } from "./operations";
import { loadPreset, type Seen } from "./preset-store";
import { FRESH, type Parameters, type Recipe, read, tidy } from "./recipe";
import { Result } from "./result";
import { SaveActions } from "./saving";
import { Source } from "./source";
import { ImagesTabs } from "./tabs";
import { t } from "./texts";
import { Variants } from "./variants";

const LINK_PATIENCE = 700;

export default function Images({ query }: PageProps) {
  const { preset: name } = query;
  const preset = useLoaded(
    (signal) => (name ? loadPreset(name, signal) : Promise.resolve(null)),
    [name],
  );
  const found = preset.data.value;
  return (
    <Page title={t("title")} bar={<ImagesTabs current="recipe" />} isFilled>
      {found !== undefined ? (
        <Builder
          key={name ?? ""}
          seen={found}
          query={query}
          onSaved={() => void preset.reload()}
        />
      ) : preset.error.value ? (
        <ErrorView error={preset.error.value} retry={() => void preset.reload()} />
      ) : (
        <Skeleton rows={8} />
      )}
    </Page>
  );
}

interface BuilderProps {
  seen: Seen | null;
  query: Record<string, string>;
  onSaved: () => void;
}

function Builder({ seen, query, onSaved }: BuilderProps) {
  const begin = useMemo(() => begunWith(seen, query.recipe), []);
  const [recipe, setRecipe] = useState<Recipe>(begin.recipe);
  const [variant, setVariant] = useState(0);
  const source = useSource(query.source);
  const choose = useLink(query, recipe, begin.recipe);
  const shown = Math.min(variant, recipe.variants.length - 1);
  const parameters = (seen?.preset.parameters ?? {}) as Parameters;
  return (
    <div class={css.work}>
      <div class={css.forms}>
        <Source source={source} onChoose={choose} />
        {begin.error !== undefined && <ErrorNote error={begin.error} />}
        <Operations
          operations={recipe.operations}
          onChange={(operations) => setRecipe({ ...recipe, operations })}
        />
        <Variants
          variants={recipe.variants}
          shown={shown}
          onShow={setVariant}
          onChange={(variants) => setRecipe({ ...recipe, variants })}
        />
        <SaveActions recipe={recipe} seen={seen} onSaved={onSaved} />
      </div>
      <Result
        source={source}
        recipe={recipe}
        parameters={parameters}
        variant={shown}
        onRecipe={setRecipe}
      />
    </div>
  );
}

/** By the address, else the preset, else one that everybody understands. */
function begunWith(seen: Seen | null, given: string | undefined) {
  const own = seen ? read(JSON.stringify(seen.preset.recipe)) : FRESH;
  if (!given) return { recipe: own, error: undefined };
  try {
    return { recipe: read(given), error: undefined };
  } catch (error) {
    return { recipe: own, error };
  }
}

/** The address follows what is built, so that it can be sent to somebody. The answer
 * chooses another source. */
function useLink(query: Record<string, string>, recipe: Recipe, begun: Recipe) {
  const { route } = useLocation();
  const link = (source: string | undefined, text: string | undefined) => {
    route(at("/images", { source, preset: query.preset, recipe: text }), true);
  };
  const isSame = recipe === begun;
  useEffect(() => {
    if (isSame) return;
    // Browsers slow a page down that changes its address with each letter.
    const timer = setTimeout(
      () => link(query.source, JSON.stringify(tidy(recipe))),
      LINK_PATIENCE,
    );
    return () => clearTimeout(timer);
  }, [recipe, query.source]);
  return (source: string) => {
    link(source, isSame ? query.recipe : JSON.stringify(tidy(recipe)));
  };
}

/** The one that is named, else the picture that was uploaded last. */
function useSource(named: string | undefined): string | undefined {
  const newest = useLoaded(
    async (signal) => {
      if (named) return null;
      const query = { limit: 50 };
      const page = await ok(api.GET("/v1/files", { params: { query }, signal }));
      return page.items.find((each) => kindOf(each) === "picture")?.id ?? null;
    },
    [named],
  );
  return named ?? newest.data.value ?? undefined;
}
