/** One picture alone, as large as the window: what has an address of tiles has this. */
import { useState } from "preact/hooks";
import type { PageProps } from "../../routes";
import { Page } from "../../ui";
import { DeepZoom } from "../../ui/deep-zoom";
import { t } from "../../ui/deep-zoom-texts";
import css from "./zoom.module.css";

export default function Zoom({ params, query }: PageProps) {
  const source = params.source ?? "";
  const name = query.name ?? source;
  const [pixel, setPixel] = useState<[number, number] | undefined>();
  return (
    <Page
      title={name}
      isFilled
      actions={
        <output class={css.pixel}>
          {pixel && t("pixel", { x: pixel[0], y: pixel[1] })}
        </output>
      }
    >
      <DeepZoom
        info={`/v1/tiles/${encodeURIComponent(source)}/info.json`}
        alt={name}
        onPoint={(x, y) => setPixel([x, y])}
      />
    </Page>
  );
}
