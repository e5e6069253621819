/** Which files, and what becomes of each. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { thumbnailOf } from "../../api/files";
import { useLoaded } from "../../api/loading";
import type { Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import {
  Button,
  Check,
  Dialog,
  Empty,
  ErrorNote,
  Faint,
  Name,
  Segments,
  Select,
  Skeleton,
} from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./images.module.css";
import { usePictures } from "./source";
import { t } from "./texts";

interface NewBatchProps {
  /** As JSON, where the builder has sent it. */
  recipe: string | undefined;
  onClose: () => void;
  onStarted: (task: Task) => void;
}

type Treatment = "recipe" | "preset" | "background";
const MOST = 10_000;

export function NewBatch({ recipe, onClose, onStarted }: NewBatchProps) {
  const pictures = usePictures();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [treatment, setTreatment] = useState<Treatment>(recipe ? "recipe" : "preset");
  const [preset, setPreset] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { file_ids: [...chosen], ...what(treatment, recipe, preset) };
      const asked = api.POST("/v1/images/batches", {
        body: body as Schemas["BatchRequest"],
      });
      onStarted((await ok(asked)) as Task);
    } catch (found) {
      setError(found);
      setBusy(false);
    }
  };
  const reason =
    chosen.size === 0
      ? t("batch.noFiles")
      : treatment === "preset" && !preset
        ? t("batch.noPreset")
        : chosen.size > MOST
          ? t("batch.most", { most: MOST })
          : undefined;
  return (
    <Dialog
      title={t("batch.new")}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("do.cancel")}</Button>
          <Button
            look="main"
            isBusy={isBusy}
            reason={reason}
            onClick={() => void start()}
          >
            {t("batch.start", { count: chosen.size })}
          </Button>
        </>
      }
    >
      <TreatmentForm
        treatment={treatment}
        onTreatment={setTreatment}
        hasRecipe={recipe !== undefined}
        preset={preset}
        onPreset={setPreset}
      />
      {error !== undefined && <ErrorNote error={error} />}
      {pictures.rows === undefined ? (
        pictures.error ? (
          <ErrorNote error={pictures.error} />
        ) : (
          <Skeleton rows={5} />
        )
      ) : pictures.rows.length === 0 ? (
        <Empty icon="image" title={t("source.empty")}>
          {t("source.empty.hint")}
        </Empty>
      ) : (
        <Files pictures={pictures} chosen={chosen} onChoose={setChosen} />
      )}
    </Dialog>
  );
}

function what(treatment: Treatment, recipe: string | undefined, preset: string) {
  if (treatment === "background") return { background: {} };
  if (treatment === "preset") return { preset };
  return { recipe: JSON.parse(recipe ?? "{}") as Record<string, unknown> };
}

function TreatmentForm(props: {
  treatment: Treatment;
  onTreatment: (treatment: Treatment) => void;
  hasRecipe: boolean;
  preset: string;
  onPreset: (name: string) => void;
}) {
  const { treatment, onTreatment, hasRecipe, preset, onPreset } = props;
  const presets = useLoaded((signal) => {
    const params = { query: { limit: 100 } };
    return ok(api.GET("/v1/images/presets", { params, signal }));
  });
  const names = (presets.data.value?.items ?? []).map((each) => each.name);
  const ways: Treatment[] = [
    ...(hasRecipe ? (["recipe"] as const) : []),
    "preset",
    "background",
  ];
  return (
    <div class={css.treatment}>
      <Segments
        label={t("batch.treatment")}
        value={treatment}
        options={ways.map((value) => ({ value, label: t(`batch.by.${value}`) }))}
        onChange={onTreatment}
      />
      {treatment === "preset" && (
        <Select
          label={t("batch.by.preset")}
          isBare
          value={preset}
          options={[
            {
              value: "",
              label: t(names.length > 0 ? "batch.choose" : "presets.empty"),
            },
            ...names.map((value) => ({ value, label: value })),
          ]}
          onChange={onPreset}
        />
      )}
    </div>
  );
}

function Files(props: {
  pictures: ReturnType<typeof usePictures>;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}) {
  const { pictures, chosen, onChoose } = props;
  const rows = pictures.rows ?? [];
  const isAll = rows.every((each) => chosen.has(each.id));
  return (
    <>
      <div class={css.partHead}>
        <Check
          label={t("batch.all", { count: rows.length })}
          checked={isAll}
          onChange={(isWanted) => {
            onChoose(new Set(isWanted ? rows.map((each) => each.id) : []));
          }}
        />
        <Faint>{t("batch.chosen", { count: chosen.size })}</Faint>
      </div>
      <ul class={css.grid}>
        {rows.map((file) => (
          <li key={file.id}>
            <label class={css.tile}>
              <input
                type="checkbox"
                checked={chosen.has(file.id)}
                onChange={(event) => {
                  const changed = new Set(chosen);
                  if (event.currentTarget.checked) changed.add(file.id);
                  else changed.delete(file.id);
                  onChoose(changed);
                }}
              />
              <Thumbnail address={thumbnailOf(file.id)} size={96} />
              <Name>{file.name}</Name>
            </label>
          </li>
        ))}
      </ul>
      {pictures.hasMore && (
        <Button look="quiet" onClick={pictures.more}>
          {common("do.loadMore")}
        </Button>
      )}
    </>
  );
}
