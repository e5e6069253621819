/** A new API key. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { t as common } from "../../i18n";
import type { Scope } from "../../session/session";
import { Check, FormDialog, TextField } from "../../ui";
import css from "./keys.module.css";
import { t } from "./texts";

const SCOPES: Scope[] = ["read", "write", "admin"];

interface CreateKeyProps {
  onClose: () => void;
  onMade: (key: Schemas["NewApiKeyOut"]) => void;
}

export function CreateKey({ onClose, onMade }: CreateKeyProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read", "write"]);
  const [day, setDay] = useState("");
  const [networks, setNetworks] = useState("");
  const submit = async () => {
    const body = {
      name: name.trim(),
      scopes,
      // To the end of that day, where the viewer is.
      expires_at: day ? new Date(`${day}T23:59:59`).toISOString() : null,
      networks: networks.split(/[\s,]+/).filter(Boolean),
    };
    onMade(await ok(api.POST("/v1/api-keys", { body })));
  };
  return (
    <FormDialog
      title={t("create.title")}
      action={t("create")}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t("create.name")}
        hint={t("create.name.hint")}
        value={name}
        onInput={setName}
        required
        autoFocus
      />
      <fieldset class={css.scopes}>
        <legend>{t("create.scopes")}</legend>
        {SCOPES.map((each) => (
          <Check
            key={each}
            label={common(`scope.${each}`)}
            checked={scopes.includes(each)}
            onChange={(isOn) =>
              setScopes(
                SCOPES.filter((one) => (one === each ? isOn : scopes.includes(one))),
              )
            }
          />
        ))}
      </fieldset>
      <TextField label={t("create.expires")} type="date" value={day} onInput={setDay} />
      <TextField
        label={t("create.networks")}
        hint={t("create.networks.hint")}
        value={networks}
        onInput={setNetworks}
        rows={2}
      />
    </FormDialog>
  );
}
