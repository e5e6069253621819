/** The recipe ordered: all of its files made and kept, whatever the address can say. */
import { useEffect, useRef, useState } from "preact/hooks";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { ended, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, ButtonLink, Bytes, ErrorNote, Name, Progress } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./images.module.css";
import { type Recipe, tidy } from "./recipe";
import { t } from "./texts";

type Transformation = Schemas["TransformationOut"];

interface Ordered {
  task?: Task;
  made?: Transformation;
  error?: unknown;
}

export function OrderAll({ source, recipe }: { source: string; recipe: Recipe }) {
  const [ordered, setOrdered] = useState<Ordered | undefined>();
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const what = sourceOf(source);
  const start = async () => {
    running.current?.abort();
    const given = new AbortController();
    running.current = given;
    const { signal } = given;
    setOrdered({});
    try {
      const body = {
        ...what,
        recipe: tidy(recipe) as never,
      };
      const params = { header: { prefer: ["wait=5"] } };
      const asked = api.POST("/v1/images/transformations", { body, params, signal });
      const first = (await ok(asked)) as Task;
      const task = await ended(first, signal, (told) => setOrdered({ task: told }));
      setOrdered({ task, made: task.result as unknown as Transformation });
    } catch (error) {
      if (!signal.aborted) setOrdered({ error });
    }
  };
  const isBusy = ordered !== undefined && !ordered.made && ordered.error === undefined;
  const reason = !may("write")
    ? common("app.noScope", { scope: "write" })
    : what
      ? undefined
      : t("order.source");
  return (
    <section class={css.part} aria-label={t("order")}>
      <header class={css.partHead}>
        <div>
          <h2>{t("order")}</h2>
          <p class={css.hint}>{t("order.hint")}</p>
        </div>
        <Button isBusy={isBusy} reason={reason} onClick={() => void start()}>
          {t("order.do", { count: recipe.variants.length })}
        </Button>
      </header>
      {isBusy && <Waiting task={ordered.task} />}
      {ordered?.error !== undefined && <ErrorNote error={ordered.error} />}
      {ordered?.made && <Made made={ordered.made} task={ordered.task} />}
    </section>
  );
}

function Waiting({ task }: { task: Task | undefined }) {
  const { done = 0, total = 0 } = (task?.progress ?? {}) as Record<string, number>;
  return <Progress label={t("order")} done={done} total={total} />;
}

function Made({ made, task }: { made: Transformation; task: Task | undefined }) {
  return (
    <>
      <ul class={css.made}>
        {made.variants.map((image) => (
          <li key={image.name}>
            <Thumbnail address={image.url} />
            <Name>{image.name}</Name>
            <span>{`${image.width} × ${image.height}`}</span>
            <Bytes value={image.size} />
            <ButtonLink icon="download" look="quiet" href={image.url} download>
              {common("do.download")}
            </ButtonLink>
          </li>
        ))}
      </ul>
      <p class={css.buttons}>
        <ButtonLink
          icon="download"
          href={`/v1/images/transformations/${made.id}/archive`}
          download
        >
          {t("order.archive")}
        </ButtonLink>
        {task && <a href={at(`/tasks/${task.id}`)}>{t("order.task")}</a>}
      </p>
    </>
  );
}

/** As orders name it; undefined where they cannot. */
function sourceOf(source: string) {
  if (source.startsWith("fil_")) return { file_id: source };
  const [document = "", layer] = source.split(":");
  if (!document.startsWith("doc_")) return undefined;
  return {
    layer: {
      document_id: document,
      layer_id: layer === undefined ? null : Number(layer),
    },
  };
}
