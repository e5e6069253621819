/** Pictures of the workspace that show nearly the same. */
import { at } from "../../addresses";
import { api, ok, type Schemas } from "../../api/client";
import type { FileRow } from "../../api/files";
import { thumbnailOf } from "../../api/files";
import { useLoaded } from "../../api/loading";
import { ended, type Task } from "../../api/tasks";
import { ErrorNote, Faint, Name, Section, Skeleton } from "../../ui";
import { Thumbnail } from "../../ui/picture";
import css from "./file.module.css";
import { t } from "./texts";

type Found = Schemas["SimilarList"];

const MOST = 24;

export function Similar({ file }: { file: FileRow }) {
  const similar = useLoaded((signal) => look(file.id, signal), [file.id]);
  const found = similar.data.value;
  const lead =
    found && t("similar.lead", { searched: found.searched, images: found.images });
  return (
    <Section title={t("similar")} lead={lead}>
      {found === undefined ? (
        similar.error.value ? (
          <ErrorNote error={similar.error.value} />
        ) : (
          <Skeleton rows={3} />
        )
      ) : found.items.length === 0 ? (
        <Faint>{t("similar.none")}</Faint>
      ) : (
        <ul class={css.similar}>
          {found.items.map((each) => (
            <li key={each.id}>
              <a href={at(`/files/${each.id}`)}>
                <Thumbnail address={thumbnailOf(each.id)} size={56} />
                <Name>{each.name}</Name>
              </a>
              <Faint>
                {t(each.matched === "crop" ? "similar.crop" : "similar.whole", {
                  bits: each.distance,
                })}
              </Faint>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

async function look(id: string, signal: AbortSignal): Promise<Found> {
  const query = { file_id: id, limit: MOST };
  const header = { prefer: ["wait=10"] };
  const ask = () =>
    api.GET("/v1/images/similar", { params: { query, header }, signal });
  const answer = await ask();
  if (answer.response.status !== 202)
    return (await ok(Promise.resolve(answer))) as Found;
  await ended(answer.data as unknown as Task, signal);
  return (await ok(ask())) as Found;
}
