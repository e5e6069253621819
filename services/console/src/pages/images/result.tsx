/** What the recipe makes now: the picture, its address, and the recipe as JSON. */
import { useState } from "preact/hooks";
import { t as common } from "../../i18n";
import { duration, number } from "../../i18n/formats";
import {
  Button,
  ButtonLink,
  Bytes,
  Copy,
  Empty,
  ErrorNote,
  Faint,
  TextField,
} from "../../ui";
import {
  type PictureState,
  PictureView,
  type Shown,
  usePicture,
} from "../../ui/picture";
import { addressOf, MOST_CHARACTERS, written } from "./address";
import css from "./images.module.css";
import { OrderAll } from "./ordering";
import { filled, type Parameters, type Recipe, read, tidy } from "./recipe";
import { t } from "./texts";

interface ResultProps {
  source: string | undefined;
  recipe: Recipe;
  parameters: Parameters;
  variant: number;
  onRecipe: (recipe: Recipe) => void;
}

const PATIENCE = 250;

export function Result({ source, recipe, parameters, variant, onRecipe }: ResultProps) {
  const text = written(filled(recipe, parameters), variant);
  const isLong = text.length > MOST_CHARACTERS;
  const address = source && !isLong ? addressOf(source, text) : undefined;
  const picture = usePicture(address, PATIENCE);
  return (
    <div class={css.result}>
      {source === undefined ? (
        <Empty icon="image" title={t("source.none")}>
          {t("source.empty.hint")}
        </Empty>
      ) : (
        <>
          {isLong ? (
            <p class={css.note}>{t("address.long", { most: MOST_CHARACTERS })}</p>
          ) : (
            <PictureView picture={picture} alt={t("result.alt")} />
          )}
          <About picture={picture} />
          {address && <Address address={address} shown={picture.shown} />}
          <OrderAll source={source} recipe={filled(recipe, parameters)} />
        </>
      )}
      <RecipeJson recipe={recipe} onRecipe={onRecipe} />
    </div>
  );
}

function About({ picture }: { picture: PictureState }) {
  const { shown, error } = picture;
  if (!shown || error) return null;
  const warnings = shown.warnings;
  return (
    <div aria-live="polite">
      <p class={css.about}>
        <strong data-testid="size">{`${shown.width} × ${shown.height}`}</strong>
        <span>{shown.mediaType.replace("image/", "").toUpperCase()}</span>
        <Bytes value={shown.bytes} />
        <Faint>{duration(shown.took / 1000)}</Faint>
      </p>
      {warnings.map((each) => (
        <p key={each} class={css.warning}>
          {each}
        </p>
      ))}
    </div>
  );
}

/** Relative here; whole where it is copied, as it is put into a page. */
function Address({ address, shown }: { address: string; shown: Shown | undefined }) {
  return (
    <section class={css.part} aria-label={t("address")}>
      <header class={css.partHead}>
        <h2>{t("address")}</h2>
        <span class={css.buttons}>
          <Copy text={location.origin + address} label={t("address.copy")} />
          {shown && (
            <ButtonLink icon="download" href={`${address}?download=1`} download>
              {common("do.download")}
            </ButtonLink>
          )}
        </span>
      </header>
      <code class={css.address}>{address}</code>
      <p class={css.hint}>{t("address.hint", { count: number(address.length) })}</p>
    </section>
  );
}

/** Everything that a recipe can say can be said here, what forms lack too. */
function RecipeJson(props: { recipe: Recipe; onRecipe: (recipe: Recipe) => void }) {
  const shown = JSON.stringify(tidy(props.recipe), null, 2);
  const [typed, setTyped] = useState<string | undefined>();
  const [error, setError] = useState<unknown>();
  const text = typed ?? shown;
  const apply = () => {
    try {
      props.onRecipe(read(text));
      setTyped(undefined);
      setError(undefined);
    } catch (found) {
      setError(found);
    }
  };
  return (
    <section class={css.part} aria-label={t("json")}>
      <header class={css.partHead}>
        <h2>{t("json")}</h2>
        <span class={css.buttons}>
          {typed !== undefined && (
            <>
              <Button
                look="quiet"
                onClick={() => {
                  setTyped(undefined);
                  setError(undefined);
                }}
              >
                {common("do.cancel")}
              </Button>
              <Button look="main" onClick={apply}>
                {t("json.apply")}
              </Button>
            </>
          )}
          <Copy text={text} label={t("json.copy")} />
        </span>
      </header>
      <div class={css.json}>
        <TextField
          label={t("json")}
          isBare
          rows={Math.min(18, text.split("\n").length + 1)}
          value={text}
          onInput={setTyped}
        />
      </div>
      {error !== undefined && <ErrorNote error={error} />}
    </section>
  );
}
