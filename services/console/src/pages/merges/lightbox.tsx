/** One picture of a merge, large, with the arrows to those beside it. */
import { useEffect } from "preact/hooks";
import { t as common } from "../../i18n";
import { Button, ButtonLink, Bytes, Dialog, Faint } from "../../ui";
import type { MergedRow } from "./gallery";
import css from "./merges.module.css";
import { t } from "./texts";

interface LightboxProps {
  rows: MergedRow[];
  at: number;
  onGo: (at: number) => void;
  onClose: () => void;
}

export function Lightbox({ rows, at, onGo, onClose }: LightboxProps) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "ArrowRight" && at + 1 < rows.length) onGo(at + 1);
      else if (event.key === "ArrowLeft" && at > 0) onGo(at - 1);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [at, rows]);
  const row = rows[at];
  if (!row) return null;
  return (
    <Dialog
      title={row.name}
      size="large"
      onClose={onClose}
      actions={
        <>
          <Button disabled={at === 0} onClick={() => onGo(at - 1)}>
            {t("gallery.previous")}
          </Button>
          <Button disabled={at + 1 >= rows.length} onClick={() => onGo(at + 1)}>
            {t("gallery.next")}
          </Button>
        </>
      }
    >
      <Faint>{t("gallery.row", { number: row.number })}</Faint>
      {row.warnings.map((each) => (
        <p key={each} class={css.warning}>
          {each}
        </p>
      ))}
      {row.images.map((each) => (
        <figure key={each.name} class={css.large}>
          <img src={each.url} alt={each.name} width={each.width} height={each.height} />
          <figcaption>
            <bdi>{each.name}</bdi>
            <Faint>
              {each.width} × {each.height} · <Bytes value={each.size} />
            </Faint>
            <ButtonLink icon="download" href={each.url} download={each.name}>
              {common("do.download")}
            </ButtonLink>
          </figcaption>
        </figure>
      ))}
    </Dialog>
  );
}
