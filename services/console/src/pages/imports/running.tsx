/** An import under way, or one that came to nothing. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { cancel, failure, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { duration, number } from "../../i18n/formats";
import {
  Button,
  ButtonLink,
  Empty,
  ErrorNote,
  Progress,
  State,
  tellError,
} from "../../ui";
import css from "./imports.module.css";
import { t } from "./texts";

interface RunningProps {
  task: Task;
  planId: string | undefined;
}

export function Running({ task, planId }: RunningProps) {
  const back = planId && (
    <ButtonLink href={at(`/imports/plans/${planId}`)}>{t("import.toPlan")}</ButtonLink>
  );
  if (task.state === "cancelled") {
    return <Empty icon="stop" title={t("import.cancelled")} action={back} />;
  }
  if (task.state === "failed") {
    return (
      <div class={css.failed}>
        <h2>{t("import.failed")}</h2>
        <ErrorNote error={failure(task)} />
        {back}
      </div>
    );
  }
  return <Way task={task} />;
}

function Way({ task }: { task: Task }) {
  const [isAsked, setAsked] = useState(false);
  const { done = 0, total = 0, per_second, seconds_left, counts } = task.progress ?? {};
  const stop = () => {
    setAsked(true);
    cancel(task.id).catch((error: unknown) => {
      setAsked(false);
      tellError(error);
    });
  };
  const said = [
    total > 0
      ? t("import.progress", { done, total })
      : t("import.done", { count: done }),
    per_second ? t("import.rate", { rate: number(Math.round(per_second)) }) : "",
    seconds_left ? common("say.secondsLeft", { time: duration(seconds_left) }) : "",
    counts?.rejected ? `${t("import.rejected")}: ${number(counts.rejected)}` : "",
  ].filter(Boolean);
  return (
    <section class={css.running}>
      <State state={task.state} />
      <Progress label={t("import.running")} done={done} total={total} />
      <p>{said.join(" · ")}</p>
      <Button icon="stop" isBusy={isAsked} onClick={stop}>
        {t("import.cancel")}
      </Button>
    </section>
  );
}
