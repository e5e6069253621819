/** The form of an export: only what goes with what was chosen is asked. */
import { Check, Field, Segments, Select, TextField } from "../../ui";
import css from "./export.module.css";
import { depthsOf, type Format, hasQuality, type Options, scalesOf } from "./options";
import { t } from "./texts";
import type { DocumentView } from "./view";

interface OptionFieldsProps {
  view: DocumentView;
  options: Options;
  onChange: (options: Options) => void;
}

const FORMATS: Format[] = ["png", "webp", "avif", "jpeg", "tiff", "exr"];

export function OptionFields({ view, options, onChange }: OptionFieldsProps) {
  const set = (change: Partial<Options>) => onChange({ ...options, ...change });
  const chosen = view.node(view.chosen.value);
  const isWhole = options.of === "document" || options.of === "slices";
  return (
    <>
      <Select<Options["of"]>
        label={t("export.of")}
        value={options.of}
        options={[
          { value: "document", label: t("export.of.document") },
          ...(chosen
            ? [
                {
                  value: "chosen" as const,
                  label: t("export.of.chosen", { name: chosen.layer.name }),
                },
              ]
            : []),
          { value: "layers", label: t("export.of.layers") },
          { value: "slices", label: t("export.of.slices") },
        ]}
        onChange={(of) => set({ of })}
      />
      <div class={css.grid}>
        <FormatFields options={options} set={set} />
        <SizeFields options={options} set={set} />
        <Background options={options} set={set} />
      </div>
      <div class={css.checks}>
        <Check
          label={t("export.keep")}
          checked={options.keepsColor}
          disabled={options.format === "exr"}
          onChange={(keepsColor) => set({ keepsColor })}
        />
        {isWhole ? (
          <Check
            label={t("export.asShown", { count: view.changed.value.length })}
            checked={options.asShown}
            onChange={(asShown) => set({ asShown })}
          />
        ) : (
          <>
            <Check
              label={t("export.rendered")}
              checked={options.isRendered}
              onChange={(isRendered) => set({ isRendered })}
            />
            <Check
              label={t("export.onCanvas")}
              checked={options.isOnCanvas}
              onChange={(isOnCanvas) => set({ isOnCanvas })}
            />
          </>
        )}
        {options.of === "layers" && (
          <Check
            label={t("export.visible")}
            checked={options.onlyVisible}
            onChange={(onlyVisible) => set({ onlyVisible })}
          />
        )}
      </div>
    </>
  );
}

interface Part {
  options: Options;
  set: (change: Partial<Options>) => void;
}

function FormatFields({ options, set }: Part) {
  const depths = depthsOf(options.format);
  return (
    <>
      <Select<Format>
        label={t("export.format")}
        value={options.format}
        options={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
        onChange={(format) => set({ format, depth: depthsOf(format)[0] ?? "8" })}
      />
      {depths.length > 1 && (
        <Select<Options["depth"]>
          label={t("export.depth")}
          value={options.depth}
          options={depths.map((value) => ({
            value,
            label: t(`export.depth.${value}`),
          }))}
          onChange={(depth) => set({ depth })}
        />
      )}
      {hasQuality(options) && (
        <TextField
          label={t("export.quality")}
          type="number"
          value={options.quality}
          input={{ min: 1, max: 100 }}
          onInput={(quality) => set({ quality })}
        />
      )}
      {options.format === "webp" && (
        <Check
          label={t("export.lossless")}
          checked={options.isLossless}
          onChange={(isLossless) => set({ isLossless })}
        />
      )}
    </>
  );
}

function SizeFields({ options, set }: Part) {
  const isWrong = options.size === "scales" && !scalesOf(options.scales);
  return (
    <>
      <div class={css.size}>
        <Segments<Options["size"]>
          label={t("export.size")}
          value={options.size}
          options={[
            { value: "scales", label: t("export.scales") },
            { value: "box", label: t("export.box") },
          ]}
          onChange={(size) => set({ size })}
        />
      </div>
      {options.size === "scales" ? (
        <TextField
          label={t("export.scales")}
          value={options.scales}
          hint={t("export.scales.hint")}
          error={isWrong ? t("export.scales.wrong") : undefined}
          onInput={(scales) => set({ scales })}
        />
      ) : (
        <>
          <TextField
            label={t("export.width")}
            type="number"
            value={options.width}
            input={{ min: 1, max: 30000 }}
            onInput={(width) => set({ width })}
          />
          <TextField
            label={t("export.height")}
            type="number"
            value={options.height}
            input={{ min: 1, max: 30000 }}
            onInput={(height) => set({ height })}
          />
        </>
      )}
    </>
  );
}

function Background({ options, set }: Part) {
  return (
    <Field label={t("export.background")}>
      {(given) => (
        <span class={css.background}>
          <Check
            label={t("export.background.on")}
            checked={options.background !== ""}
            onChange={(isOn) => set({ background: isOn ? "#ffffff" : "" })}
          />
          <input
            {...given}
            type="color"
            disabled={options.background === ""}
            value={options.background || "#ffffff"}
            onInput={(event) => set({ background: event.currentTarget.value })}
          />
        </span>
      )}
    </Field>
  );
}
