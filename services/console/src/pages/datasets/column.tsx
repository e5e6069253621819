/** The profile of one column: its figures, its histogram, and both as tables. */
import type { ComponentChildren } from "preact";
import { number, percent } from "../../i18n/formats";
import { Count, Dialog, Facts, Name } from "../../ui";
import css from "./datasets.module.css";
import { Histogram } from "./histogram";
import type { Profile } from "./profile";
import { t } from "./texts";

interface ColumnPanelProps {
  profile: Profile;
  rows: number;
  onClose: () => void;
}

export function ColumnPanel({ profile, rows, onClose }: ColumnPanelProps) {
  return (
    <Dialog title={profile.name} size="side" onClose={onClose}>
      <Facts rows={facts(profile, rows)} />
      {profile.histogram.length > 0 && (
        <section class={css.part}>
          <h3>{t("profile.histogram")}</h3>
          <Histogram
            name={profile.name}
            bins={profile.histogram}
            width={500}
            height={140}
          />
          <details>
            <summary>{t("profile.asTable")}</summary>
            <Figures
              label={t("profile.histogram")}
              heads={[t("profile.low"), t("profile.high"), t("profile.count")]}
              rows={profile.histogram.map((each) => [each.low, each.high, each.count])}
            />
          </details>
        </section>
      )}
      {profile.top.length > 0 && (
        <section class={css.part}>
          <h3>{t("profile.top")}</h3>
          <Figures
            label={t("profile.topOf", { name: profile.name })}
            heads={[t("profile.values"), t("profile.count"), t("profile.share")]}
            rows={profile.top.map((each) => [
              each.value,
              each.count,
              percent(each.count / Math.max(1, rows)),
            ])}
          />
        </section>
      )}
      {profile.quantiles.length > 0 && (
        <section class={css.part}>
          <h3>{t("profile.quantiles")}</h3>
          <Facts
            rows={profile.quantiles.map((each) => [
              t("profile.quantile", { part: percent(each.fraction) }),
              each.value,
            ])}
          />
        </section>
      )}
    </Dialog>
  );
}

function facts(profile: Profile, rows: number): [string, ComponentChildren][] {
  const { nulls } = profile;
  const share = percent(nulls / Math.max(1, rows));
  const found: [string, ComponentChildren][] = [
    [t("profile.type"), <code key="type">{profile.type}</code>],
    [t("profile.values"), <Count key="count" value={profile.count} />],
    [t("profile.nulls"), `${number(nulls)} (${share})`],
    [t("profile.distinct"), <Count key="distinct" value={profile.distinct} />],
  ];
  const more: [string, string | number | null][] = [
    [t("profile.min"), profile.min],
    [t("profile.max"), profile.max],
    [t("profile.mean"), profile.mean === null ? null : number(profile.mean)],
    [t("profile.minLength"), profile.min_length],
    [t("profile.maxLength"), profile.max_length],
  ];
  for (const [name, value] of more) {
    if (value !== null) found.push([name, <bdi key={name}>{value}</bdi>]);
  }
  return found;
}

interface FiguresProps {
  label: string;
  heads: string[];
  rows: (string | number)[][];
}

function Figures({ label, heads, rows }: FiguresProps) {
  return (
    <table class={css.figures} aria-label={label}>
      <thead>
        <tr>
          {heads.map((each) => (
            <th key={each} scope="col">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((each, column) => (
              <td key={column}>
                {typeof each === "number" ? (
                  <Count value={each} />
                ) : (
                  <Name>{each}</Name>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
