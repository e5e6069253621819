/** The background of a picture taken away or replaced, and both beside each other. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { ended, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { percent } from "../../i18n/formats";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Badge,
  Button,
  ButtonLink,
  Bytes,
  Check,
  Empty,
  ErrorNote,
  Facts,
  Page,
  Progress,
  Select,
} from "../../ui";
import { Compare } from "../../ui/compare";
import { addressOf } from "./address";
import { Fields } from "./field";
import type { Part } from "./form-types";
import { FILLS, PLACEMENT, REFLECTION, SHADOW } from "./forms";
import css from "./images.module.css";
import { Source } from "./source";
import { ImagesTabs } from "./tabs";
import { t } from "./texts";
import { word } from "./words";

type Background = Schemas["BackgroundOut"];

interface Spec {
  fill: Part;
  shadow?: Part;
  reflection?: Part;
  placement?: Part;
}

/** What a fill begins with that has no default. */
const STARTS: Record<string, Part> = {
  solid: { color: "#ffffff" },
  gradient: { colors: ["#ffffff", "#c9d3e6"] },
  picture: { file_id: "" },
};

export default function Backgrounds({ query }: PageProps) {
  const { route } = useLocation();
  const { source, made } = query;
  const [spec, setSpec] = useState<Spec>({ fill: { type: "transparent" } });
  const job = useJob((id) =>
    route(at("/images/backgrounds", { source, made: id }), true),
  );
  const found = useLoaded(
    (signal) => {
      if (!made) return Promise.resolve(null);
      const path = { background_id: made };
      const address = "/v1/images/backgrounds/{background_id}";
      return ok(api.GET(address, { params: { path }, signal }));
    },
    [made],
  );
  const result = found.data.value;
  const shown = source ?? result?.file_id;
  return (
    <Page title={t("title")} bar={<ImagesTabs current="backgrounds" />} isFilled>
      <div class={css.work}>
        <div class={css.forms}>
          <Source
            source={shown}
            onChoose={(chosen) => route(at("/images/backgrounds", { source: chosen }))}
          />
          <SpecForm spec={spec} onChange={setSpec} />
          <Start
            source={shown}
            isBusy={job.isBusy}
            onStart={(file) => void job.start(file, spec)}
          />
        </div>
        <div class={css.result}>
          {job.isBusy && <Working task={job.task} />}
          {job.error !== undefined && <ErrorNote error={job.error} />}
          {found.error.value !== undefined && <ErrorNote error={found.error.value} />}
          {result ? (
            <Made result={result} />
          ) : (
            !job.isBusy && (
              <Empty icon="wand" title={t("background.none")}>
                {t("background.none.hint")}
              </Empty>
            )
          )}
        </div>
      </div>
    </Page>
  );
}

/** One at a time; another start gives up on the one before. */
function useJob(done: (id: string) => void) {
  const [task, setTask] = useState<Task | undefined>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (file: string, spec: Spec) => {
    running.current?.abort();
    const given = new AbortController();
    running.current = given;
    const { signal } = given;
    setBusy(true);
    setError(undefined);
    try {
      const body = { file_id: file, spec: spec as never };
      const params = { header: { prefer: ["wait=10"] } };
      const asked = api.POST("/v1/images/backgrounds", { body, params, signal });
      const over = await ended((await ok(asked)) as Task, signal, setTask);
      done(String((over.result as Record<string, unknown> | null)?.id));
    } catch (found) {
      if (!signal.aborted) setError(found);
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };
  return { task, isBusy, error, start };
}

function Start(props: {
  source: string | undefined;
  isBusy: boolean;
  onStart: (file: string) => void;
}) {
  const { source, isBusy, onStart } = props;
  const reason = !may("write")
    ? common("app.noScope", { scope: "write" })
    : source?.startsWith("fil_")
      ? undefined
      : t("background.source");
  return (
    <div class={css.buttons}>
      <Button
        look="main"
        icon="wand"
        isBusy={isBusy}
        reason={reason}
        onClick={() => source && onStart(source)}
      >
        {t("background.do")}
      </Button>
    </div>
  );
}

function SpecForm({ spec, onChange }: { spec: Spec; onChange: (spec: Spec) => void }) {
  const type = String(spec.fill.type);
  const fill = FILLS.find((each) => each.name === type);
  const parts = [
    { name: "shadow", fields: SHADOW },
    { name: "reflection", fields: REFLECTION },
  ] as const;
  return (
    <section class={css.part} aria-label={t("background.title")}>
      <h2>{t("background.title")}</h2>
      <Select
        label={t("background.fill")}
        value={type}
        options={FILLS.map(({ name }) => ({ value: name, label: word(name) }))}
        onChange={(chosen) => {
          onChange({ ...spec, fill: { type: chosen, ...STARTS[chosen] } });
        }}
      />
      {fill && fill.fields.length > 0 && (
        <Fields
          fields={fill.fields}
          part={spec.fill}
          onChange={(changed) => onChange({ ...spec, fill: changed })}
        />
      )}
      {parts.map(({ name, fields }) => (
        <div key={name} class={css.part}>
          <Check
            label={t(`background.${name}`)}
            checked={spec[name] !== undefined}
            onChange={(isWanted) => {
              const { [name]: _, ...others } = spec;
              onChange(isWanted ? { ...others, [name]: {} } : others);
            }}
          />
          {spec[name] && (
            <Fields
              fields={fields}
              part={spec[name]}
              onChange={(changed) => onChange({ ...spec, [name]: changed })}
            />
          )}
        </div>
      ))}
      <details class={css.more}>
        <summary>{t("background.placement")}</summary>
        <Fields
          fields={PLACEMENT}
          part={spec.placement ?? {}}
          few={9}
          onChange={(placement) => onChange({ ...spec, placement })}
        />
      </details>
    </section>
  );
}

function Working({ task }: { task: Task | undefined }) {
  const { done = 0, total = 0 } = (task?.progress ?? {}) as Record<string, number>;
  return <Progress label={t("background.working")} done={done} total={total} />;
}

const DOUBT = 0.5;

function Made({ result }: { result: Background }) {
  const image = result.images.find((each) => each.name === "image");
  const mask = result.images.find((each) => each.name === "mask");
  const { removal } = result;
  if (!image) return null;
  return (
    <>
      <Compare
        label={t("background.compare")}
        before={{
          src: addressOf(result.file_id, "w_1600/f_auto"),
          name: t("background.before"),
        }}
        after={{ src: image.url, name: t("background.after") }}
      />
      <Facts
        rows={[
          [
            t("background.confidence"),
            <span key="sure" class={css.buttons}>
              {percent(removal.confidence)}
              {removal.confidence < DOUBT && (
                <Badge tone="warn">{t("background.look")}</Badge>
              )}
            </span>,
          ],
          [t("background.method"), method(removal.method)],
          [t("background.coverage"), percent(removal.coverage)],
          [
            t("background.image"),
            <span key="image">
              {`${image.width} × ${image.height} · `}
              <Bytes value={image.size} />
            </span>,
          ],
        ]}
      />
      {[...result.warnings, ...removal.warnings].map((each) => (
        <p key={each} class={css.warning}>
          {each}
        </p>
      ))}
      <div class={css.buttons}>
        <ButtonLink look="main" icon="download" href={image.url} download>
          {common("do.download")}
        </ButtonLink>
        {mask && (
          <ButtonLink icon="download" href={mask.url} download>
            {t("background.mask")}
          </ButtonLink>
        )}
        <ButtonLink href={at("/images", { source: result.id })}>
          {t("background.goOn")}
        </ButtonLink>
        <a href={at(`/tasks/${result.task_id}`)}>{t("order.task")}</a>
      </div>
    </>
  );
}

const METHODS = ["network", "color", "alpha", "none"] as const;

function method(name: string): string {
  const known = METHODS.find((each) => each === name);
  return known ? t(`method.${known}`) : name;
}
