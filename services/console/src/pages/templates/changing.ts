/** A template with the tag of what it was when it was read, and changes of it. */
import { api, ok, type Schemas } from "../../api/client";
import { Problem } from "../../api/problem";
import { ended } from "../../api/tasks";
import { t } from "./texts";

export type Template = Schemas["TemplateOut"];
export type Slot = Schemas["SlotOut"];
export type Change = Partial<Schemas["SlotChangeBody"]> & { name: string };

export interface Told {
  template: Template;
  etag: string | undefined;
}

export async function toldTemplate(id: string, signal?: AbortSignal): Promise<Told> {
  const asked = api.GET("/v1/templates/{template_id}", {
    params: { path: { template_id: id } },
    ...(signal ? { signal } : {}),
  });
  const template = await ok(asked);
  return { template, etag: (await asked).response.headers.get("ETag") ?? undefined };
}

/** Refused where somebody else was first, which the answer says in words. */
export async function changed(found: Told, changes: Change[]): Promise<void> {
  const asked = api.PATCH("/v1/templates/{template_id}", {
    params: {
      path: { template_id: found.template.id },
      header: {
        prefer: ["wait=20"],
        ...(found.etag ? { "If-Match": found.etag } : {}),
      },
    },
    body: { changes } as Schemas["TemplateChange"],
  });
  try {
    await ended(await ok(asked));
  } catch (error) {
    const isLate =
      error instanceof Problem &&
      (error.status === 412 || error.code.includes("changed_meanwhile"));
    if (!isLate) throw error;
    throw new Problem({ detail: t("change.conflict") }, 412);
  }
}

export const missingFonts = (slots: Slot[]): string[] => [
  ...new Set(slots.flatMap((each) => each.missing_fonts)),
];
