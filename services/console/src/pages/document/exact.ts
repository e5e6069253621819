/** The server's own picture of the document: its composite, or one with these eyes. */
import { api, ask, ok } from "../../api/client";
import { made } from "../../api/tasks";

/** A picture of the server as an address within this page. Other than an element's own
 * `src` it is asked for again where the server was busy. */
export async function fetched(address: string, signal: AbortSignal): Promise<string> {
  const response = await ask(address, { signal });
  return URL.createObjectURL(await response.blob());
}

interface Ordered {
  /** Layers whose eyes are otherwise than in the file. */
  show: number[];
  hide: number[];
  /** 1: as large as the document. */
  scale: number;
}

/** An address of the picture within this page; `URL.revokeObjectURL` gives it up. What
 * the server has made is deleted once it is here: a look leaves nothing behind. */
export async function rendered(
  documentId: string,
  { show, hide, scale }: Ordered,
  signal: AbortSignal,
): Promise<string> {
  const body = {
    of: "document" as const,
    show,
    hide,
    rendered: false,
    on_canvas: false,
    format: "png" as const,
    color: "srgb" as const,
    lossless: false,
    scales: [scale],
  };
  const params = {
    path: { document_id: documentId },
    header: { prefer: ["wait=20"] },
  };
  const task = await ok(
    api.POST("/v1/psd/documents/{document_id}/renditions", { body, params, signal }),
  );
  const id = await made(task, signal);
  try {
    return await fetched(`/v1/psd/renditions/${id}/images/1`, signal);
  } finally {
    void forget(id);
  }
}

async function forget(id: string): Promise<void> {
  const params = { path: { rendition_id: id } };
  try {
    await ok(api.DELETE("/v1/psd/renditions/{rendition_id}", { params }));
  } catch (error) {
    // It stays until the workspace's rules delete it; nobody waits for this.
    console.info(`The rendition ${id} was not deleted`, error);
  }
}
