/** Above the picture: how it is drawn, and what of it is not as it should be. */
import { useState } from "preact/hooks";
import { words } from "../../api/problem";
import { t as common } from "../../i18n";
import { percent } from "../../i18n/formats";
import { may } from "../../session/session";
import { Badge, Button, Icon, Segments } from "../../ui";
import css from "./said.module.css";
import { t } from "./texts";
import type { ExactPicture } from "./useexact";
import type { DocumentView, Way } from "./view";

export function Said({ view, exact }: { view: DocumentView; exact: ExactPicture }) {
  const way = view.way.value;
  return (
    <div class={css.said}>
      <div class={css.row}>
        <Segments<Way>
          label={t("way")}
          value={way}
          options={[
            { value: "fast", label: t("way.fast") },
            { value: "exact", label: t("way.exact") },
          ]}
          onChange={(wanted) => {
            view.way.value = wanted;
          }}
        />
        <Measuring view={view} />
        <span class={css.words} aria-live="polite">
          {way === "exact" ? (
            <ExactWords view={view} exact={exact} />
          ) : (
            <FastWords view={view} />
          )}
        </span>
      </div>
    </div>
  );
}

function Measuring({ view }: { view: DocumentView }) {
  const isOn = view.isMeasuring.value;
  const reason = view.chosen.value === null ? t("measure.none") : undefined;
  return (
    <Button
      icon="ruler"
      look={isOn ? "main" : "quiet"}
      reason={reason}
      onClick={() => {
        view.isMeasuring.value = !isOn;
        if (isOn) view.second.value = null;
      }}
    >
      {t("measure")}
    </Button>
  );
}

function ExactWords({ view, exact }: { view: DocumentView; exact: ExactPicture }) {
  const { document } = view.tree;
  if (exact.error !== undefined) {
    const { title, detail } = words(exact.error);
    return (
      <>
        <span class={css.bad}>{`${t("exact.failed")} ${title} ${detail}`}</span>
        <Button look="quiet" icon="refresh" onClick={exact.again}>
          {common("do.retry")}
        </Button>
      </>
    );
  }
  if (view.changed.value.length === 0) {
    if (!document.composite) return <>{t("exact.none")}</>;
    if (view.isLarge && !exact.tiles) {
      return <Badge tone="busy">{t("exact.cutting", { count: exact.cut })}</Badge>;
    }
    const source = t(
      `exact.${document.composite_source ?? "rendered"}` as "exact.rendered",
    );
    return <>{view.isLarge ? `${source} ${t("exact.tiles")}` : source}</>;
  }
  if (exact.address) return <>{`${t("exact.eyes")} ${smaller(view)}`}</>;
  if (!may("write")) return <>{common("app.noScope", { scope: "write" })}</>;
  return (
    <>
      <Badge tone="busy">{t("exact.making")}</Badge> {t("exact.meanwhile")}
    </>
  );
}

/** That it is not as large as the file; empty where it is. */
function smaller(view: DocumentView): string {
  if (!view.isLarge) return "";
  return t("smaller", { percent: percent(view.scene.scale) });
}

/** What a browser leaves out of these layers, in a sentence, and each by name. */
function FastWords({ view }: { view: DocumentView }) {
  const [isOpen, setOpen] = useState(false);
  const { counts, isMissing } = view.lacks.value;
  const failed = view.bitmaps.failed.value.size;
  if (!view.isDrawn.value && view.come.value < 1) {
    // Tenths are enough, for whoever hears it too.
    const part = percent(Math.floor(view.come.value * 10) / 10);
    return <Badge tone="busy">{t("fast.loading", { part })}</Badge>;
  }
  if (counts.size === 0 && failed === 0) {
    return (
      <span class={css.good}>
        <Icon name="check" /> {`${t("fast.same")} ${smaller(view)}`}
      </span>
    );
  }
  return (
    <>
      <span class={isMissing || failed ? css.warn : ""}>
        {`${t(isMissing || failed ? "fast.missing" : "fast.near")} ${smaller(view)}`}
      </span>
      <Button look="quiet" onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? "fast.less" : "fast.what")}
      </Button>
      {isOpen && (
        <ul class={css.list}>
          {[...counts].map(([reason, count]) => (
            <li key={reason}>{t(`lack.${reason}`, { count })}</li>
          ))}
          {failed > 0 && <li>{t("lack.failed", { count: failed })}</li>}
        </ul>
      )}
    </>
  );
}
