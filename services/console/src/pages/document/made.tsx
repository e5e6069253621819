/** What an export has made: each image, and all of them in one archive. */
import type { Schemas } from "../../api/client";
import { number } from "../../i18n/formats";
import { ButtonLink, Bytes, Faint, Name } from "../../ui";
import css from "./export.module.css";
import { t } from "./texts";

const SHOWN = new Set(["image/png", "image/webp", "image/avif", "image/jpeg"]);
const MOST = 60;

export function Made({ rendition }: { rendition: Schemas["RenditionWithImages"] }) {
  const { images, warnings, id } = rendition;
  return (
    <>
      <div class={css.madeHead}>
        <p>
          {t("export.made", { count: images.length })}{" "}
          <Faint>
            <Bytes value={rendition.size} />
          </Faint>
        </p>
        {images.length > 1 && (
          <ButtonLink
            icon="download"
            href={`/v1/psd/renditions/${id}/archive`}
            download
          >
            {t("export.archive")}
          </ButtonLink>
        )}
      </div>
      {warnings.length > 0 && (
        <ul class={css.warnings}>
          {warnings.slice(0, 20).map((each) => (
            <li key={each}>
              <bdi>{each}</bdi>
            </li>
          ))}
        </ul>
      )}
      <ul class={css.images}>
        {images.slice(0, MOST).map((image) => (
          <li key={image.number}>
            <a href={image.url} download={image.name} class={css.image}>
              <span class={css.frame}>
                {SHOWN.has(image.media_type) ? (
                  <img src={image.url} alt="" loading="lazy" />
                ) : (
                  <code>{image.media_type.split("/").at(-1)}</code>
                )}
              </span>
              <Name>{image.name}</Name>
            </a>
            <Faint>
              {`${number(image.width)} × ${number(image.height)} · `}
              <Bytes value={image.size} />
            </Faint>
          </li>
        ))}
      </ul>
      {images.length > MOST && <Faint>{t("export.more", { count: MOST })}</Faint>}
    </>
  );
}
