/** All that is known of the layer that was chosen, and of the distance to a second. */
import type { ComponentChildren } from "preact";
import { number, percent } from "../../i18n/formats";
import { Badge, Button, Copy, Facts, Faint, Id, Name } from "../../ui";
import css from "./inspector.module.css";
import { measures } from "./measures";
import type { Effect, Node } from "./model";
import { modeOf } from "./modes";
import { TextPart } from "./text";
import { t, word } from "./texts";
import { effectsOf, lacksOf } from "./truth";
import type { DocumentView } from "./view";

export function Inspector({ view }: { view: DocumentView }) {
  const node = view.node(view.chosen.value);
  if (!node) return <p class={css.none}>{t("inspect.none")}</p>;
  const { layer } = node;
  const { details } = layer;
  return (
    <div class={css.inspector}>
      <header class={css.title}>
        <h2>
          <Name>{layer.name || t("noName")}</Name>
        </h2>
        <Badge tone="calm">{word("kind", layer.kind)}</Badge>
      </header>
      <Distances view={view} />
      <Facts rows={factsOf(view, node)} />
      {details?.text && <TextPart text={details.text} />}
      <Colors colors={details?.colors ?? []} />
      <Effects effects={effectsOf(details)} />
      <Adjusted node={node} />
      <Said node={node} />
    </div>
  );
}

function factsOf(view: DocumentView, node: Node): [string, ComponentChildren][] {
  const { layer } = node;
  const { details } = layer;
  const box = view.boxOf(node.id) ?? layer;
  const rows: [string, ComponentChildren][] = [
    [t("place"), `${number(box.left)}, ${number(box.top)} px`],
    [
      t("size"),
      <span key="size" class={css.line}>
        {`${number(box.width)} × ${number(box.height)} px`}
        <Copy
          text={`width: ${box.width}px;\nheight: ${box.height}px;`}
          label={t("copy.size")}
        />
      </span>,
    ],
    [t("blend"), word("mode", layer.blend_mode)],
    [t("opacity"), percent(layer.opacity)],
  ];
  const fill = details?.fill_opacity ?? 1;
  if (fill < 1) rows.push([t("fillOpacity"), percent(fill)]);
  if (node.base) {
    rows.push([t("clippedTo"), <Name key="base">{node.base.layer.name}</Name>]);
  }
  if (details?.mask) rows.push([t("mask"), maskWords(details.mask)]);
  if (details?.vector_mask) {
    const count = details.vector_mask.subpath_count;
    rows.push([t("vectorMask"), t("paths", { count })]);
  }
  if (details?.smart_object?.file_name) {
    const name = details.smart_object.file_name;
    rows.push([t("smartObject"), <Name key="smart">{name}</Name>]);
  }
  if (details?.locks && details.locks.length > 0) {
    rows.push([t("locks"), details.locks.join(", ")]);
  }
  rows.push([t("layerId"), <Id key="id">{String(layer.id)}</Id>]);
  return rows;
}

function maskWords(mask: {
  box: { width: number; height: number };
  density?: number;
  feather?: number;
  enabled?: boolean;
}): string {
  const { width, height } = mask.box;
  const said = [`${number(width)} × ${number(height)} px`];
  if ((mask.density ?? 1) < 1)
    said.push(`${t("density")} ${percent(mask.density ?? 1)}`);
  if (mask.feather) said.push(`${t("feather")} ${number(mask.feather)} px`);
  if (mask.enabled === false) said.push(t("off"));
  return said.join(" · ");
}

/** To a second layer, in words besides the lines on the picture. */
function Distances({ view }: { view: DocumentView }) {
  const [one, other] = [view.boxOf(view.chosen.value), view.boxOf(view.second.value)];
  const second = view.node(view.second.value);
  if (view.isMeasuring.value && !second) {
    return <p class={css.hint}>{t("measure.pick")}</p>;
  }
  if (!one || !other || !second) return null;
  const found = measures(one, other);
  return (
    <section class={css.part} aria-live="polite">
      <h3>{t("measure.to", { name: second.layer.name || t("noName") })}</h3>
      {found.length === 0 && <Faint>{t("measure.overlap")}</Faint>}
      <Facts
        rows={found.map((each) => [
          t(`measure.${each.side}`),
          `${number(Math.round(each.length))} px`,
        ])}
      />
      <Button
        look="quiet"
        onClick={() => {
          view.second.value = null;
          view.isMeasuring.value = false;
        }}
      >
        {t("measure.end")}
      </Button>
    </section>
  );
}

export function Swatch({ color }: { color: string }) {
  return (
    <span class={css.color}>
      <span class={css.swatch} style={{ background: color }} aria-hidden="true" />
      <code>{color}</code>
      <Copy text={color} label={t("copy.color", { color })} />
    </span>
  );
}

function Colors({ colors }: { colors: string[] }) {
  if (colors.length === 0) return null;
  return (
    <section class={css.part}>
      <h3>{t("colors")}</h3>
      <div class={css.colors}>
        {colors.map((each) => (
          <Swatch key={each} color={each} />
        ))}
      </div>
    </section>
  );
}

function Effects({ effects }: { effects: Effect[] }) {
  if (effects.length === 0) return null;
  return (
    <section class={css.part}>
      <h3>{t("effects")}</h3>
      <ul>
        {effects.map((each, at) => (
          <li key={at} class={css.effect}>
            <span>{word("effect", each.kind)}</span>
            <Faint>{effectWords(each)}</Faint>
          </li>
        ))}
      </ul>
    </section>
  );
}

function effectWords(effect: Effect): string {
  const said: string[] = [];
  const { blend_mode, opacity, distance, size, angle, spread } = effect;
  if (blend_mode && blend_mode !== "normal") said.push(word("mode", blend_mode));
  if ((opacity ?? 1) < 1) said.push(percent(opacity ?? 1));
  if (distance) said.push(`${t("effect.distance")} ${number(distance)} px`);
  if (size) said.push(`${t("size")} ${number(size)} px`);
  if (spread) said.push(`${t("effect.spread")} ${percent(spread)}`);
  if (angle) said.push(`${number(Math.round(angle))}°`);
  if (effect.fill?.color) said.push(effect.fill.color);
  return said.join(" · ");
}

/** What an adjustment does, in the numbers of Photoshop's dialogs. */
function Adjusted({ node }: { node: Node }) {
  const adjustment = node.layer.details?.adjustment;
  if (!adjustment) return null;
  const parameters = Object.entries(adjustment.parameters ?? {});
  return (
    <section class={css.part}>
      <h3>{word("adjust", adjustment.kind)}</h3>
      <Facts
        rows={parameters
          .slice(0, 24)
          .map(([name, value]) => [
            name.replaceAll("_", " "),
            typeof value === "object" ? (
              <code key={name}>{JSON.stringify(value)}</code>
            ) : (
              String(value)
            ),
          ])}
      />
    </section>
  );
}

/** What is not drawn, here or on the server, and what could not be read. */
function Said({ node }: { node: Node }) {
  const { layer } = node;
  const here = lacksOf(node).map(({ reason }) =>
    reason === "mode"
      ? t("lack.modeAs", {
          mode: word("mode", layer.blend_mode),
          other: modeOf(layer.blend_mode).operation,
        })
      : t(`lack.${reason}.one`),
  );
  const warnings = [...layer.warnings, ...(layer.details?.warnings ?? [])];
  if (here.length + layer.unsupported.length + warnings.length === 0) return null;
  return (
    <section class={css.part}>
      <Notes title={t("inspect.fast")} notes={here} />
      <Notes title={t("inspect.server")} notes={layer.unsupported} />
      <Notes title={t("inspect.warnings")} notes={warnings} />
    </section>
  );
}

function Notes({ title, notes }: { title: string; notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class={css.notes}>
        {notes.map((each) => (
          <li key={each}>
            <bdi>{each}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}
