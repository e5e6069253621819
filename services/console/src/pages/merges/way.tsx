/** A merge under way. */
import type { Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { duration, number } from "../../i18n/formats";
import { Faint, Progress, State } from "../../ui";
import type { Merge } from "./merge";
import css from "./merges.module.css";
import { isMergesKey, t } from "./texts";

export function Way({ merge, task }: { merge: Merge; task: Task | undefined }) {
  const { step = "", done = 0, total = 0 } = task?.progress ?? {};
  const rate = task?.progress?.per_second;
  const left = task?.progress?.seconds_left;
  const key = `step.${step}`;
  const said = [
    isMergesKey(key) ? t(key) : step,
    total > 0 ? t("merge.progress", { done, total }) : "",
    rate ? t("merge.rate", { rate: number(Math.round(rate * 10) / 10) }) : "",
    left ? common("say.secondsLeft", { time: duration(left) }) : "",
  ].filter(Boolean);
  return (
    <div class={css.way}>
      <State state={task?.state ?? merge.state} />
      <Progress label={t("merge.pictures")} done={done} total={total} />
      <Faint>{said.join(" · ")}</Faint>
    </div>
  );
}
