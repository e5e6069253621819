/** One template: filled with a live result, its slots, and what was merged with it. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { useLoaded } from "../../api/loading";
import { ended } from "../../api/tasks";
import { t as common } from "../../i18n";
import type { PageProps } from "../../routes";
import { may } from "../../session/session";
import {
  ButtonLink,
  Confirm,
  ErrorView,
  Menu,
  Page,
  Skeleton,
  Tabs,
  tell,
} from "../../ui";
import { type Told, toldTemplate } from "./changing";
import { FillView } from "./fill";
import { MergesView } from "./merges";
import { SlotsView } from "./slots";
import { t } from "./texts";

const TABS = ["fill", "slots", "merges"] as const;

export default function TemplatePage({ params, query }: PageProps) {
  const id = params.id ?? "";
  const loaded = useLoaded<Told>((signal) => toldTemplate(id, signal), [id]);
  const found = loaded.data.value;
  if (found && found.template.id === id) {
    return <Found key={id} found={found} tab={query.tab} reload={loaded.reload} />;
  }
  return (
    <Page title={t("title")} above={{ href: at("/templates"), label: t("title") }}>
      {loaded.error.value === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <ErrorView error={loaded.error.value} retry={() => void loaded.reload()} />
      )}
    </Page>
  );
}

interface FoundProps {
  found: Told;
  tab: string | undefined;
  reload: () => Promise<void>;
}

function Found({ found, tab, reload }: FoundProps) {
  const { template } = found;
  const path = `/templates/${template.id}`;
  const current = TABS.find((each) => each === tab) ?? "fill";
  const bar = (
    <Tabs
      label={template.name}
      tabs={TABS.map((each) => ({
        href: at(path, { tab: each === "fill" ? undefined : each }),
        label: t(`tab.${each}`),
        isCurrent: each === current,
        ...(each === "slots" ? { count: template.slots.length } : {}),
      }))}
    />
  );
  return (
    <Page
      title={template.name}
      above={{ href: at("/templates"), label: t("title") }}
      bar={bar}
      actions={
        <>
          <TemplateMenu found={found} />
          <ButtonLink look="main" icon="layers" href={at(`${path}/merge`)}>
            {t("fill.merge")}
          </ButtonLink>
        </>
      }
      isFilled
    >
      {current === "fill" ? (
        <FillView key={template.revision} template={template} />
      ) : current === "slots" ? (
        <SlotsView found={found} reload={reload} />
      ) : (
        <MergesView id={template.id} />
      )}
    </Page>
  );
}

function TemplateMenu({ found }: { found: Told }) {
  const { route } = useLocation();
  const [isAsking, setAsking] = useState(false);
  const { id, name } = found.template;
  const remove = async () => {
    const params = { path: { template_id: id }, header: { prefer: ["wait=20"] } };
    await ended(await ok(api.DELETE("/v1/templates/{template_id}", { params })));
    tell(t("deleted", { name }));
    route(at("/templates"));
  };
  return (
    <>
      <Menu
        label={t("actions")}
        icon="dots"
        items={[
          {
            label: common("do.delete"),
            icon: "trash",
            isDangerous: true,
            reason: may("write") ? undefined : t("change.noScope"),
            onChoose: () => setAsking(true),
          },
        ]}
      />
      {isAsking && (
        <Confirm
          title={common("say.deleteQuestion", { name })}
          action={common("do.delete")}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          <p>{t("delete.text")}</p>
        </Confirm>
      )}
    </>
  );
}
