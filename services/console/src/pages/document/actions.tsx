/** What can be done with the whole document. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { api, ok } from "../../api/client";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, Confirm, Menu, tell } from "../../ui";
import { Compare } from "./compare";
import { Export } from "./export";
import { t } from "./texts";
import type { DocumentView } from "./view";

type Open = "export" | "compare" | "delete" | null;

export function Actions({ view }: { view: DocumentView }) {
  const [open, setOpen] = useState<Open>(null);
  const { document } = view.tree;
  const { id } = document;
  const reason = may("write") ? undefined : common("app.noScope", { scope: "write" });
  const close = () => setOpen(null);
  return (
    <>
      <Button icon="compare" onClick={() => setOpen("compare")}>
        {t("compare")}
      </Button>
      <Button
        look="main"
        icon="download"
        reason={reason}
        onClick={() => setOpen("export")}
      >
        {t("export")}
      </Button>
      <Menu
        label={common("do.more")}
        icon="dots"
        items={[
          {
            label: t("archive"),
            icon: "download",
            href: `/v1/psd/documents/${id}/archive`,
            download: true,
          },
          {
            label: t("manifest"),
            icon: "document",
            href: `/v1/psd/documents/${id}/manifest`,
            download: true,
          },
          {
            label: common("do.delete"),
            icon: "trash",
            isDangerous: true,
            reason,
            onChoose: () => setOpen("delete"),
          },
        ]}
      />
      {open === "export" && <Export view={view} onClose={close} />}
      {open === "compare" && <Compare document={document} onClose={close} />}
      {open === "delete" && (
        <DeleteDocument id={id} name={document.name} onClose={close} />
      )}
    </>
  );
}

function DeleteDocument(props: { id: string; name: string; onClose: () => void }) {
  const { id, name, onClose } = props;
  const { route } = useLocation();
  return (
    <Confirm
      title={common("say.deleteQuestion", { name })}
      action={common("do.delete")}
      onClose={onClose}
      onConfirm={async () => {
        const params = { path: { document_id: id } };
        await ok(api.DELETE("/v1/psd/documents/{document_id}", { params }));
        tell(t("deleted", { name }));
        route(at("/documents"));
      }}
    >
      <p>{t("delete.text")}</p>
    </Confirm>
  );
}
