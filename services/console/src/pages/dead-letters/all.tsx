/** What is done with all letters of the filter at once. */
import { useState } from "preact/hooks";
import { api, ok } from "../../api/client";
import { Button, Confirm, TextField, tell } from "../../ui";
import type { Filter } from ".";
import { queryOf } from ".";
import css from "./dead-letters.module.css";
import { t } from "./texts";

interface AllProps {
  filter: Filter;
  /** How many are shown, of maybe more. */
  count: number;
  hasMore: boolean;
  onDone: () => void;
}

export function AllActions({ filter, count, hasMore, onDone }: AllProps) {
  const [asked, setAsked] = useState<"replay" | "discard" | undefined>();
  const [typed, setTyped] = useState("");
  const reason = count === 0 ? t("empty") : undefined;
  const query = queryOf(filter);
  const isAll = Object.keys(query).length === 0;
  const many = `${count}${hasMore ? "+" : ""}`;
  const replay = async () => {
    const found = await ok(api.POST("/v1/dead-letters/replay", { params: { query } }));
    const skipped = Object.values(found.skipped).reduce((sum, each) => sum + each, 0);
    tell(
      t("replayed.many", { count: found.replayed }),
      skipped + found.failed > 0
        ? t("replayed.left", { skipped, failed: found.failed })
        : undefined,
    );
    onDone();
  };
  const discard = async () => {
    const params = { query: { ...query, ...(isAll ? { confirm: "all" } : {}) } };
    const found = await ok(api.DELETE("/v1/dead-letters", { params }));
    tell(t("discarded.many", { count: found.discarded }));
    onDone();
  };
  const close = () => {
    setAsked(undefined);
    setTyped("");
  };
  return (
    <>
      <Button icon="trash" reason={reason} onClick={() => setAsked("discard")}>
        {t("discard.all")}
      </Button>
      <Button
        look="main"
        icon="refresh"
        reason={reason}
        onClick={() => setAsked("replay")}
      >
        {t("replay.all")}
      </Button>
      {asked === "replay" && (
        <Confirm
          title={t("replay.all.question", { many })}
          action={t("replay.all")}
          isDangerous={false}
          onConfirm={replay}
          onClose={close}
        >
          <p>{t("replay.hint")}</p>
        </Confirm>
      )}
      {asked === "discard" && (
        <Confirm
          title={t("discard.all.question", { many })}
          action={t("discard.all")}
          onConfirm={async () => {
            if (isAll && typed !== t("discard.word"))
              throw new Error(t("discard.type"));
            await discard();
          }}
          onClose={close}
        >
          <p>{t("discard.hint")}</p>
          {isAll && (
            <div class={css.word}>
              <TextField
                label={t("discard.type")}
                value={typed}
                onInput={setTyped}
                autoFocus
              />
            </div>
          )}
        </Confirm>
      )}
    </>
  );
}
