/** A recipe saved under a name, or the preset changed that it came from. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, ButtonLink, Dialog, ErrorNote, TextField, tell } from "../../ui";
import css from "./images.module.css";
import { isTaken, type Preset, type Seen, savePreset } from "./preset-store";
import { type Recipe, tidy } from "./recipe";
import { t } from "./texts";

const NAME = "[A-Za-z0-9][A-Za-z0-9_\\-]{0,63}";

interface SaveProps {
  recipe: Recipe;
  seen: Seen | null;
  onSaved: () => void;
}

export function SaveActions({ recipe, seen, onSaved }: SaveProps) {
  const { route } = useLocation();
  const [isNaming, setNaming] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const change = async ({ preset, etag }: Seen) => {
    setBusy(true);
    setError(undefined);
    try {
      await savePreset(preset.name, recipe, preset, etag);
      tell(t("save.done", { name: preset.name }));
      onSaved();
    } catch (found) {
      setError(found);
    } finally {
      setBusy(false);
    }
  };
  const batch = at("/images/batches", {
    new: "1",
    recipe: JSON.stringify(tidy(recipe)),
  });
  return (
    <>
      <div class={css.buttons}>
        {seen && (
          <Button
            look="main"
            isBusy={isBusy}
            reason={reason}
            onClick={() => void change(seen)}
          >
            {t("save.change", { name: seen.preset.name })}
          </Button>
        )}
        <Button
          look={seen ? "plain" : "main"}
          reason={reason}
          onClick={() => setNaming(true)}
        >
          {t("save.as")}
        </Button>
        <ButtonLink href={batch}>{t("save.batch")}</ButtonLink>
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {isNaming && (
        <NameDialog
          recipe={recipe}
          like={seen?.preset}
          onClose={() => setNaming(false)}
          onSaved={(name) => {
            tell(t("save.done", { name }));
            route(at("/images", { preset: name }));
          }}
        />
      )}
    </>
  );
}

interface NameProps {
  recipe: Recipe;
  like: Preset | undefined;
  onClose: () => void;
  onSaved: (name: string) => void;
}

/** Asks once more where the name is taken: that one would be gone. */
function NameDialog({ recipe, like, onClose, onSaved }: NameProps) {
  const [name, setName] = useState("");
  const [taken, setTaken] = useState<string | undefined>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if (taken !== name && (await isTaken(name))) {
        setTaken(name);
        return;
      }
      await savePreset(name, recipe, like);
      onClose();
      onSaved(name);
    } catch (found) {
      setError(found);
    } finally {
      setBusy(false);
    }
  };
  const isAsking = taken !== undefined && taken === name;
  return (
    <Dialog title={t("save.as")} onClose={onClose}>
      <form class={css.form} onSubmit={(event) => void submit(event)}>
        <TextField
          label={t("save.name")}
          hint={t("save.name.hint")}
          value={name}
          onInput={setName}
          required
          autoFocus
          input={{ pattern: NAME, maxLength: 64 }}
        />
        {isAsking && (
          <p class={css.warning} role="alert">
            {t("save.taken", { name })}
          </p>
        )}
        {error !== undefined && <ErrorNote error={error} />}
        <div class={css.buttons}>
          <Button onClick={onClose}>{common("do.cancel")}</Button>
          <Button look={isAsking ? "danger" : "main"} type="submit" isBusy={isBusy}>
            {isAsking ? t("save.replace") : common("do.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
