/** The manifest, which has a document's layers with all their details at once. */
import { ask } from "../../api/client";
import type { DocumentRow, Layer, Manifest } from "./model";

/** As it stands beside the images: its ids carry longer names. */
interface Stored {
  document: Omit<DocumentRow, "id"> & { document_id: string };
  layers: (Omit<Layer, "id"> & { layer_id: number })[];
}

export async function manifestOf(id: string, signal: AbortSignal): Promise<Manifest> {
  const response = await ask(`/v1/psd/documents/${id}/manifest`, { signal });
  const { document, layers } = (await response.json()) as Stored;
  return {
    document: { ...document, id: document.document_id },
    layers: layers.map((layer) => ({ ...layer, id: layer.layer_id })),
  };
}
