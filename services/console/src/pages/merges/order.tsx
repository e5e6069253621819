/** A merge is ordered: a table, which column fills which slot, and what is made. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  Button,
  ErrorNote,
  ErrorView,
  Page,
  Section,
  Segments,
  Skeleton,
  TextField,
} from "../../ui";
import { type Filter, Filters, told } from "../../ui/filters";
import { DataChoice } from "./data";
import { Mapping } from "./mapping";
import css from "./merges.module.css";
import { type Output, Outputs } from "./outputs";
import { type Row, type Source, sampleOf } from "./source";
import { t } from "./texts";

type Template = Schemas["TemplateOut"];
type OnEmpty = Schemas["MergeRequest"]["on_empty"];
type MissingFonts = Schemas["MergeRequest"]["missing_fonts"];

export default function OrderPage({ params }: PageProps) {
  const id = params.id ?? "";
  const loaded = useLoaded(
    (signal) =>
      ok(
        api.GET("/v1/templates/{template_id}", {
          params: { path: { template_id: id } },
          signal,
        }),
      ),
    [id],
  );
  const found = loaded.data.value;
  if (found) return <Order key={found.id} template={found} />;
  return (
    <Page
      title={t("templates")}
      above={{ href: at("/templates"), label: t("templates") }}
    >
      {loaded.error.value === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <ErrorView error={loaded.error.value} retry={() => void loaded.reload()} />
      )}
    </Page>
  );
}

function Order({ template }: { template: Template }) {
  const { route } = useLocation();
  const [source, setSource] = useState<Source | undefined>();
  const [filters, setFilters] = useState<Filter[]>([]);
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const [outputs, setOutputs] = useState<Output[]>([{ format: "png", width: "" }]);
  const [name, setName] = useState("{_number}");
  const [onEmpty, setOnEmpty] = useState<OnEmpty>("keep");
  const [fonts, setFonts] = useState<MissingFonts>("fail");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const sample = useLoaded((signal) => sampleOf(source, signal), [source]);
  const row = sample.data.value;
  const order = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const body: Schemas["MergeRequest"] = {
        ...(source?.kind === "file"
          ? { file_id: source.id }
          : { dataset_id: source?.id ?? null }),
        mapping,
        filters: source?.kind === "dataset" ? filters.map(told) : [],
        outputs: outputs.map(({ format, width }) => ({
          format,
          quality: 90,
          width: width === "" ? null : Number(width),
        })),
        name,
        on_empty: onEmpty,
        missing_fonts: fonts,
      };
      const path = { template_id: template.id };
      const asked = api.POST("/v1/templates/{template_id}/merges", {
        params: { path },
        body,
      });
      const task = await ok(asked);
      route(at(`/merges/${task.resource?.split("/").at(-1)}`));
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  const reason = !may("write")
    ? t("order.noScope")
    : source === undefined
      ? t("order.noData")
      : undefined;
  const action = (
    <Button look="main" reason={reason} isBusy={isBusy} onClick={() => void order()}>
      {t("order.go")}
    </Button>
  );
  return (
    <Page
      title={t("order.title", { name: template.name })}
      above={{ href: at(`/templates/${template.id}`), label: template.name }}
      actions={action}
    >
      <div aria-live="polite">{error !== undefined && <ErrorNote error={error} />}</div>
      <Section title={t("order.data")}>
        <DataChoice
          source={source}
          onChoose={(next) => {
            setSource(next);
            setFilters([]);
            setMapping({});
          }}
        />
      </Section>
      {source?.kind === "dataset" && row && (
        <Section title={t("order.filters")} lead={t("order.filters.lead")}>
          <Filters columns={row.columns} filters={filters} onChange={setFilters} />
        </Section>
      )}
      {source && (
        <Section title={t("order.mapping")} lead={t("order.mapping.lead")}>
          {sample.error.value !== undefined && <ErrorNote error={sample.error.value} />}
          <Mapping
            slots={template.slots}
            row={row}
            mapping={mapping}
            onChange={setMapping}
          />
        </Section>
      )}
      <Section title={t("order.outputs")}>
        <Outputs outputs={outputs} onChange={setOutputs} />
      </Section>
      <Section title={t("order.rest")}>
        <div class={css.rest}>
          <NamePattern name={name} row={row} onInput={setName} />
          <Choice
            title={t("order.empty")}
            value={onEmpty}
            options={(["keep", "hide", "reject"] as const).map((value) => ({
              value,
              label: t(`empty.${value}`),
            }))}
            onChange={setOnEmpty}
          />
          <Choice
            title={t("order.fonts")}
            value={fonts}
            options={(["fail", "substitute"] as const).map((value) => ({
              value,
              label: t(`fonts.${value}`),
            }))}
            onChange={setFonts}
          />
        </div>
      </Section>
    </Page>
  );
}

interface ChoiceProps<V extends string> {
  title: string;
  value: V;
  options: { value: V; label: string }[];
  onChange: (value: V) => void;
}

function Choice<V extends string>({ title, value, options, onChange }: ChoiceProps<V>) {
  return (
    <div class={css.choice}>
      <h3>{title}</h3>
      <Segments label={title} value={value} options={options} onChange={onChange} />
    </div>
  );
}

interface NamePatternProps {
  name: string;
  row: Row | undefined;
  onInput: (name: string) => void;
}

/** What the first picture would be called is seen while the pattern is written. */
function NamePattern({ name, row, onInput }: NamePatternProps) {
  const unknown =
    row &&
    [...name.matchAll(/\{([^{}]*)\}/g)].find(
      ([, column = ""]) => !column.startsWith("_") && !row.columns.includes(column),
    );
  const shown = name.replace(/\{([^{}]*)\}/g, (whole, column: string) => {
    if (column === "_number" || column === "_line") return "1";
    return row?.values.get(column) ?? whole;
  });
  const example = row?.columns[0] ? `{${row.columns[0]}}-{_number}` : "{sku}-{lang}";
  return (
    <TextField
      label={t("order.name")}
      value={name}
      error={unknown ? t("order.nameUnknown", { name: unknown[1] ?? "" }) : undefined}
      hint={
        name === "{_number}" || !row
          ? t("order.name.hint", { example })
          : t("order.nameExample", { name: shown })
      }
      onInput={onInput}
    />
  );
}
