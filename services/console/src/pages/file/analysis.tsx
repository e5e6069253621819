/** What imaging sees in a picture: colours, light, faces, and what it says of itself. */
import { api, ok, type Schemas } from "../../api/client";
import type { FileRow } from "../../api/files";
import { useLoaded } from "../../api/loading";
import { ended, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { duration, number, percent } from "../../i18n/formats";
import { Copy, ErrorNote, Facts, Section, Skeleton } from "../../ui";
import css from "./file.module.css";
import { t } from "./texts";

type Asset = Schemas["AssetOut"];
type Seen = Asset["analysis"];

export function Analysis({ file }: { file: FileRow }) {
  const asset = useLoaded((signal) => looked(file.id, signal), [file.id]);
  const found = asset.data.value;
  return (
    <Section title={t("analysis")}>
      {found ? (
        <>
          <Palette seen={found.analysis} />
          <Facts rows={facts(found.analysis)} />
          {found.analysis.warnings?.map((each) => (
            <p key={each} class={css.hint}>
              {each}
            </p>
          ))}
        </>
      ) : asset.error.value ? (
        <ErrorNote error={asset.error.value} />
      ) : (
        <Skeleton rows={5} />
      )}
    </Section>
  );
}

/** It is looked at where nobody has, and then followed. */
async function looked(id: string, signal: AbortSignal): Promise<Asset> {
  const path = { file_id: id };
  const header = { prefer: ["wait=10"] };
  const ask = () =>
    api.GET("/v1/images/analyses/{file_id}", { params: { path, header }, signal });
  const answer = await ask();
  if (answer.response.status !== 202)
    return (await ok(Promise.resolve(answer))) as Asset;
  await ended(answer.data as unknown as Task, signal);
  return (await ok(ask())) as Asset;
}

function Palette({ seen }: { seen: Seen }) {
  const palette = seen.palette ?? [];
  if (palette.length === 0) return null;
  return (
    <ul class={css.palette} aria-label={t("palette")}>
      {palette.map(({ color, share }) => (
        <li key={color}>
          <span class={css.swatch} style={{ background: color }} />
          <code>{color}</code>
          <span>{percent(share)}</span>
          <Copy text={color} label={t("color.copy", { color })} />
        </li>
      ))}
    </ul>
  );
}

type Row = [string, string];

function facts(seen: Seen): Row[] {
  const rows: (Row | false | undefined)[] = [
    [t("pixels"), `${number(seen.width)} × ${number(seen.height)}`],
    [
      t("format"),
      [seen.format.toUpperCase(), bits(seen), seen.profile].filter(Boolean).join(" · "),
    ],
    (seen.frames ?? 1) > 1 && [t("frames"), number(seen.frames ?? 1)],
    (seen.pages ?? 1) > 1 && [t("pages"), number(seen.pages ?? 1)],
    [t("alpha"), seen.has_alpha ? percent(seen.transparent ?? 0) : common("say.none")],
    [t("brightness"), percent(seen.brightness ?? 0)],
    [t("contrast"), percent(seen.contrast ?? 0)],
    [t("blurriness"), percent(seen.blurriness ?? 0)],
    [t("faces"), number(seen.faces?.length ?? 0)],
    ...shot(seen),
    ...described(seen),
  ];
  return rows.filter((each): each is Row => Array.isArray(each));
}

const bits = ({ bits: count }: Seen): string => (count ? t("bits", { count }) : "");

function shot({ shot: taken }: Seen): (Row | false)[] {
  if (!taken) return [];
  const camera = [taken.make, taken.model].filter(Boolean).join(" ");
  const how = [
    taken.exposure ? duration(taken.exposure) : "",
    taken.aperture ? `f/${number(taken.aperture)}` : "",
    taken.iso ? `ISO ${taken.iso}` : "",
    taken.focal_length ? `${number(taken.focal_length)} mm` : "",
  ].filter(Boolean);
  return [
    camera !== "" && [t("camera"), camera],
    how.length > 0 && [t("exposure"), how.join(" · ")],
    taken.taken_at ? [t("taken"), taken.taken_at] : false,
  ];
}

function described({ description: said }: Seen): (Row | false)[] {
  if (!said) return [];
  const about = said.title || said.headline || said.description;
  return [
    about ? [t("described"), about] : false,
    said.creators?.length ? [t("creators"), said.creators.join(", ")] : false,
    said.rights ? [t("rights"), said.rights] : false,
    said.keywords?.length ? [t("keywords"), said.keywords.join(", ")] : false,
  ];
}
