/** A file made of a data set. */
import { useState } from "preact/hooks";
import { api, ok, type Schemas } from "../../api/client";
import { ended, madeBy } from "../../api/tasks";
import { t as common } from "../../i18n";
import {
  Button,
  ButtonLink,
  Bytes,
  Check,
  Dialog,
  ErrorNote,
  Name,
  Progress,
  Segments,
} from "../../ui";
import type { Filter } from "../../ui/filters";
import type { DataSet } from "./dataset";
import css from "./datasets.module.css";
import { t } from "./texts";

const FORMATS = ["csv", "xlsx", "parquet", "arrow"] as const;
type Format = (typeof FORMATS)[number];

interface ExportDialogProps {
  found: DataSet;
  filters: Filter[];
  onClose: () => void;
}

export function ExportDialog({ found, filters, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<Format>("csv");
  const [isGuarded, setGuarded] = useState(true);
  const [hasMark, setMark] = useState(false);
  const [isFiltered, setFiltered] = useState(filters.length > 0);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<Schemas["ExportOut"] | undefined>();
  const [error, setError] = useState<unknown>();
  const make = async () => {
    setBusy(true);
    setError(undefined);
    setMade(undefined);
    try {
      const body: Schemas["ExportRequest"] = {
        format,
        columns: [],
        filters: isFiltered ? filters.map(asCondition) : [],
        guard_formulas: isGuarded,
        byte_order_mark: hasMark,
      };
      setMade(await exported(found.id, body));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const actions = made ? (
    <ButtonLink look="main" icon="download" href={made.url} download={made.file_name}>
      {common("do.download")}
    </ButtonLink>
  ) : (
    <Button look="main" isBusy={isBusy} onClick={() => void make()}>
      {t("export.go")}
    </Button>
  );
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setMade(undefined);
      set(value);
    };
  return (
    <Dialog
      title={t("export.title", { name: found.name })}
      onClose={onClose}
      actions={actions}
    >
      <Segments
        label={t("export.format")}
        value={format}
        options={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
        onChange={changing(setFormat)}
      />
      {filters.length > 0 && (
        <Check
          label={t("export.filtered", { count: filters.length })}
          checked={isFiltered}
          onChange={changing(setFiltered)}
        />
      )}
      {format === "csv" && (
        <>
          <Check
            label={t("export.guard")}
            checked={isGuarded}
            onChange={changing(setGuarded)}
          />
          <Check
            label={t("export.bom")}
            checked={hasMark}
            onChange={changing(setMark)}
          />
        </>
      )}
      {isBusy && <Progress label={t("export.making")} done={0} total={0} />}
      {made && (
        <p class={css.made} role="status">
          <Name>{made.file_name}</Name> · {t("export.done", { count: made.row_count })}{" "}
          · <Bytes value={made.size} />
        </p>
      )}
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}

async function exported(
  id: string,
  body: Schemas["ExportRequest"],
): Promise<Schemas["ExportOut"]> {
  const params = { path: { dataset_id: id }, header: { prefer: ["wait=20"] } };
  const asked = api.POST("/v1/datasets/{dataset_id}/exports", { params, body });
  const task = await ended(await ok(asked));
  const path = { dataset_id: id, export_id: madeBy(task) };
  return ok(
    api.GET("/v1/datasets/{dataset_id}/exports/{export_id}", { params: { path } }),
  );
}

function asCondition({ column, operator, value }: Filter): Schemas["FilterIn"] {
  if (operator === "is_null" || operator === "is_value") {
    const isNull = operator === "is_null";
    return { column, operator: "is_null", value: `${isNull}`, values: [] };
  }
  if (operator !== "in") return { column, operator, value, values: [] };
  return { column, operator, values: value.split(",").map((each) => each.trim()) };
}
