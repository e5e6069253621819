/** What a task has made; or why it failed, and what can be done. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { isOver, type Task } from "../../api/tasks";
import { ButtonLink, Copy, Faint, Icon, Id, Section } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./task.module.css";
import { t } from "./texts";

/** Where the console shows what stands at an address of the API. */
const PAGES: [RegExp, string][] = [
  [/^\/v1\/files\/(fil_\w+)$/, "/files/"],
  [/^\/v1\/images\/analyses\/(fil_\w+)$/, "/files/"],
  [/^\/v1\/psd\/documents\/(doc_\w+)$/, "/documents/"],
  [/^\/v1\/psd\/diffs\/(dif_\w+)$/, "/diffs/"],
  [/^\/v1\/imports\/(imp_\w+)$/, "/imports/"],
  [/^\/v1\/images\/batches\/(bat_\w+)$/, "/images/batches/"],
];

export function Outcome({ task }: { task: Task }) {
  if (task.error) return <Failure task={task} error={task.error} />;
  if (!isOver(task)) return null;
  if (task.state === "cancelled") return <p class={css.calm}>{t("cancelled.hint")}</p>;
  return <Made task={task} />;
}

function Failure({ task, error }: { task: Task; error: NonNullable<Task["error"]> }) {
  const { code, message, where, retryable } = error;
  return (
    <section class={css.failure} aria-label={t("failed")}>
      <Icon name="alert" size={18} />
      <div>
        <h2>{t("failed")}</h2>
        <p class={css.message}>
          <bdi>{message}</bdi>
        </p>
        <p class={css.facts}>
          <code>{code}</code>
          {where && (
            <span>
              {t("where")} <code>{where}</code>
            </span>
          )}
        </p>
        <p>{t(retryable ? "failed.later" : "failed.input")}</p>
        {task.run > 1 && <Faint>{t("failed.runs", { count: task.run })}</Faint>}
      </div>
    </section>
  );
}

function Made({ task }: { task: Task }) {
  const images = imagesIn(task.result);
  const place = task.resource;
  const page = place && pageAt(place);
  return (
    <Section
      title={t("made")}
      actions={page && <ButtonLink href={page}>{t("made.open")}</ButtonLink>}
    >
      {place && (
        <p class={css.copied}>
          <Id>{place}</Id>
          <Copy text={place} label={t("made.copy")} />
        </p>
      )}
      {images.length > 0 && (
        <ul class={css.images}>
          {images.map((image) => (
            <li key={image.url}>
              <a href={image.url} title={image.name}>
                <Thumbnail address={image.url} size={96} />
              </a>
            </li>
          ))}
        </ul>
      )}
      <Json value={task.result} />
    </Section>
  );
}

function pageAt(place: string): string | undefined {
  for (const [pattern, page] of PAGES) {
    const id = pattern.exec(place)?.[1];
    if (id) return at(page + id);
  }
  return undefined;
}

interface Image {
  name: string;
  url: string;
}

const MOST = 24;

/** Of transformations and backgrounds, which say where their images are. */
function imagesIn(result: unknown): Image[] {
  const { variants, images } = (result ?? {}) as Record<string, unknown>;
  const found = [variants, images].filter(Array.isArray).flat() as Partial<Image>[];
  return found
    .filter((each): each is Image => each.url?.startsWith("/v1/") === true)
    .slice(0, MOST);
}

const LONG = 4000;

/** Cut where it is long: nobody reads a megabyte, and a page would stand still. */
function Json({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (value === null || value === undefined) return <Faint>{t("made.nothing")}</Faint>;
  const text = JSON.stringify(value, null, 2);
  const isCut = text.length > LONG && !isWhole;
  return (
    <details class={css.json}>
      <summary>{t("made.json")}</summary>
      <Copy text={text} label={t("made.json.copy")} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by key too */}
      <pre tabIndex={0}>{isCut ? `${text.slice(0, LONG)}…` : text}</pre>
      {isCut && (
        <button type="button" class={css.whole} onClick={() => setWhole(true)}>
          {t("made.json.whole")}
        </button>
      )}
    </details>
  );
}
