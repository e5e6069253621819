/** One data set: its rows, and what is in its columns. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/loading";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import { Button, ErrorView, Page, Skeleton, Tabs } from "../../ui";
import { ofText } from "../../ui/filters";
import { DropDialog } from "./drop";
import { ExportDialog } from "./export";
import { ProfileView } from "./profile";
import { RowsView } from "./rows";
import { t } from "./texts";

export type DataSet = Schemas["DatasetWithColumns"];

export default function DataSetPage({ params, query }: PageProps) {
  const id = params.id ?? "";
  const loaded = useLoaded<DataSet>(
    (signal) =>
      ok(
        api.GET("/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: id } },
          signal,
        }),
      ),
    [id],
  );
  const found = loaded.data.value;
  if (found && found.id === id) return <Found key={id} found={found} query={query} />;
  return (
    <Page title={t("title")} above={{ href: at("/datasets"), label: t("title") }}>
      {loaded.error.value === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <ErrorView error={loaded.error.value} retry={() => void loaded.reload()} />
      )}
    </Page>
  );
}

interface FoundProps {
  found: DataSet;
  query: Record<string, string>;
}

function Found({ found, query }: FoundProps) {
  const { route } = useLocation();
  const [dialog, setDialog] = useState<"export" | "drop" | undefined>();
  const path = `/datasets/${found.id}`;
  const isProfile = query.tab === "profile";
  const go = (what: Record<string, string | undefined>) =>
    route(at(path, { sort: query.sort, filters: query.filters, ...what }), true);
  const bar = (
    <Tabs
      label={found.name}
      tabs={[
        {
          href: at(path, { sort: query.sort, filters: query.filters }),
          label: t("tab.rows"),
          isCurrent: !isProfile,
        },
        {
          href: at(path, { ...query, tab: "profile" }),
          label: t("tab.profile"),
          isCurrent: isProfile,
        },
      ]}
    />
  );
  const actions = (
    <>
      <Button
        icon="trash"
        reason={may("write") ? undefined : t("drop.noScope")}
        onClick={() => setDialog("drop")}
      >
        {t("drop")}
      </Button>
      <Button
        look="main"
        icon="download"
        reason={may("write") ? undefined : t("export.noScope")}
        onClick={() => setDialog("export")}
      >
        {t("export")}
      </Button>
    </>
  );
  const filters = ofText(query.filters);
  return (
    <Page
      title={found.name}
      above={{ href: at("/datasets"), label: t("title") }}
      actions={actions}
      bar={bar}
      isFilled
    >
      {isProfile ? (
        <ProfileView found={found} />
      ) : (
        <RowsView found={found} filters={filters} sort={query.sort} go={go} />
      )}
      {dialog === "export" && (
        <ExportDialog
          found={found}
          filters={filters}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "drop" && (
        <DropDialog
          found={found}
          onClose={() => setDialog(undefined)}
          onDone={() => route(at("/datasets"))}
        />
      )}
    </Page>
  );
}
