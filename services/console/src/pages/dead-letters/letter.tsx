/** One dead letter, opened: its traceback and its message. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { t as common } from "../../i18n";
import { moment } from "../../i18n/formats";
import {
  Button,
  Confirm,
  Copy,
  Dialog,
  ErrorNote,
  ErrorView,
  Facts,
  Faint,
  Id,
  Skeleton,
  State,
  tell,
} from "../../ui";
import css from "./dead-letters.module.css";
import { reasonText, t } from "./texts";

type Opened = Schemas["OpenedLetterOut"];

interface LetterProps {
  id: number;
  onClose: () => void;
  /** Replayed or discarded: it is not in the list any more. */
  onGone: () => void;
}

export function LetterPanel({ id, onClose, onGone }: LetterProps) {
  const letter = useLoaded(
    (signal) => {
      const path = { letter_id: id };
      return ok(api.GET("/v1/dead-letters/{letter_id}", { params: { path }, signal }));
    },
    [id],
  );
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const found = letter.data.value;
  const path = { letter_id: id };
  const replay = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await ok(api.POST("/v1/dead-letters/{letter_id}/replay", { params: { path } }));
      tell(t("replayed"));
      onGone();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const actions = found && (
    <>
      <Button icon="trash" onClick={() => setAsking(true)}>
        {t("discard")}
      </Button>
      <Button look="main" icon="refresh" isBusy={isBusy} onClick={() => void replay()}>
        {t("replay")}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t("letter.title", { id: String(id) })}
      size="side"
      onClose={onClose}
      actions={actions}
    >
      {error !== undefined && <ErrorNote error={error} />}
      {found ? (
        <About letter={found} />
      ) : letter.error.value ? (
        <ErrorView error={letter.error.value} retry={() => void letter.reload()} />
      ) : (
        <Skeleton rows={6} />
      )}
      {isAsking && (
        <Confirm
          title={t("discard.question", { id: String(id) })}
          action={t("discard")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await ok(api.DELETE("/v1/dead-letters/{letter_id}", { params: { path } }));
            tell(t("discarded"));
            onGone();
          }}
        >
          <p>{t("discard.hint")}</p>
        </Confirm>
      )}
    </Dialog>
  );
}

function About({ letter }: { letter: Opened }) {
  const { task_id: task, task_state: state, run, task_run: current } = letter;
  const payload =
    typeof letter.payload === "string"
      ? letter.payload
      : JSON.stringify(letter.payload, null, 2);
  return (
    <div class={css.about}>
      <p class={css.error}>
        <bdi>{letter.error}</bdi>
      </p>
      <Facts
        rows={[
          [t("filter.reason"), reasonText(letter.reason)],
          [t("time"), moment(new Date(letter.time))],
          [t("deliveries"), String(letter.deliveries)],
          [t("filter.subject"), <Id key="subject">{letter.subject}</Id>],
          [t("consumer"), <Id key="consumer">{letter.consumer}</Id>],
          [t("workspace"), <Id key="workspace">{letter.workspace_id ?? "–"}</Id>],
          [
            t("task"),
            task ? (
              <span key="task" class={css.task}>
                <a href={at(`/tasks/${task}`)}>
                  <Id>{task}</Id>
                </a>
                {state && <State state={state} />}
                {run !== current && (
                  <Faint>{t("runs", { run: run ?? 0, current: current ?? 0 })}</Faint>
                )}
              </span>
            ) : (
              common("say.none")
            ),
          ],
        ]}
      />
      {letter.traceback && <Long title={t("traceback")} text={letter.traceback} />}
      <Long title={t("payload")} text={payload} />
    </div>
  );
}

function Long({ title, text }: { title: string; text: string }) {
  return (
    <section class={css.long} aria-label={title}>
      <header>
        <h3>{title}</h3>
        <Copy text={text} label={t("copy", { title })} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by key too */}
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}
