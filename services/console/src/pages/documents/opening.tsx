/** A PSD from this machine: sent, read, and opened. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { at } from "../../addresses";
import { ask } from "../../api/client";
import { made, type Task } from "../../api/tasks";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import { Button, Dialog, ErrorNote } from "../../ui";
import { t } from "./texts";

interface OpeningProps {
  isBusy: boolean;
  onBusy: (isBusy: boolean) => void;
}

export function Opening({ isBusy, onBusy }: OpeningProps) {
  const input = useRef<HTMLInputElement>(null);
  const { route } = useLocation();
  const [failed, setFailed] = useState<{ name: string; error: unknown }>();
  const running = useMemo(() => new AbortController(), []);
  useEffect(() => () => running.abort(), [running]);
  const open = async (file: File) => {
    onBusy(true);
    try {
      const id = await read(file, running.signal);
      route(at(`/documents/${id}`));
    } catch (error) {
      if (!running.signal.aborted) setFailed({ name: file.name, error });
    } finally {
      onBusy(false);
    }
  };
  const close = () => setFailed(undefined);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".psd,.psb,image/vnd.adobe.photoshop"
        hidden
        aria-label={t("open")}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (file) void open(file);
        }}
      />
      <Button
        look="main"
        icon="upload"
        isBusy={isBusy}
        reason={may("write") ? undefined : common("app.noScope", { scope: "write" })}
        onClick={() => input.current?.click()}
      >
        {t(isBusy ? "opening" : "open")}
      </Button>
      {failed && (
        <Dialog
          title={t("failed", { name: failed.name })}
          onClose={close}
          actions={<Button onClick={close}>{common("do.close")}</Button>}
        >
          <ErrorNote error={failed.error} />
          <p>{t("failed.hint")}</p>
        </Dialog>
      )}
    </>
  );
}

/** The id of the document that it has become. Raises a Problem. */
async function read(file: File, signal: AbortSignal): Promise<string> {
  const address = `/v1/psd/documents?name=${encodeURIComponent(file.name)}`;
  const headers = { "Content-Type": "application/octet-stream", Prefer: "wait=10" };
  // A Blob, for which no stream has to be begun anew where the line was away.
  const init = { method: "POST", body: file, headers, signal };
  const response = await ask(address, init);
  return made((await response.json()) as Task, signal);
}
