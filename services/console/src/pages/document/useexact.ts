/** The server's picture with the eyes as they are: ordered a moment after the last
 * change, and only where it is looked at. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { Problem } from "../../api/problem";
import { may } from "../../session/session";
import { type Tiles, tilesOf } from "../../ui/deep-zoom-viewer";
import { fetched, rendered } from "./exact";
import type { DocumentView } from "./view";

export interface ExactPicture {
  /** Null where there is none (yet) for these eyes. */
  address: string | null;
  /** With the eyes as the file has them; null where there is none. */
  composite: string | null;
  /** The same in tiles, of a picture that is too large to be fetched whole. */
  tiles: Tiles | null;
  /** How many tiles there are so far. */
  cut: number;
  isMaking: boolean;
  error: unknown;
  again: () => void;
  /** Some of what was shown could not be loaded. */
  onBroken: (why?: unknown) => void;
}

const SETTLED = 500;
const KEPT = 8;

export function useExact(view: DocumentView): ExactPicture {
  const { document } = view.tree;
  const made = useSignal<ReadonlyMap<string, string>>(new Map());
  const isMaking = useSignal(false);
  const error = useSignal<unknown>(undefined);
  const turn = useSignal(0);
  const key = useComputed(() => view.changed.value.join("."));
  useSignalEffect(() => {
    const [wanted, changed, way] = [key.value, view.changed.value, view.way.value];
    turn.value;
    error.value = undefined;
    if (way !== "exact" || wanted === "" || !may("write")) return;
    if (made.peek().has(wanted)) return;
    const running = new AbortController();
    const hide = changed.filter((id) => view.closed.peek().has(id));
    const show = changed.filter((id) => !view.closed.peek().has(id));
    const timer = setTimeout(async () => {
      isMaking.value = true;
      try {
        const { scale } = view.scene;
        const ordered = { show, hide, scale };
        const address = await rendered(document.id, ordered, running.signal);
        made.value = kept(made.peek(), wanted, address);
      } catch (found) {
        if (!running.signal.aborted) error.value = found;
      } finally {
        if (!running.signal.aborted) isMaking.value = false;
      }
    }, SETTLED);
    return () => {
      clearTimeout(timer);
      running.abort();
      isMaking.value = false;
    };
  });
  const composite = useSignal<string | null>(null);
  useSignalEffect(() => {
    turn.value;
    if (!document.composite || view.isLarge || composite.peek()) return;
    const running = new AbortController();
    fetched(`/v1/psd/documents/${document.id}/composite`, running.signal)
      .then((address) => {
        composite.value = address;
      })
      .catch((found) => {
        if (!running.signal.aborted) error.value = found;
      });
    return () => running.abort();
  });
  const tiles = useSignal<Tiles | null>(null);
  const cut = useSignal(0);
  useSignalEffect(() => {
    turn.value;
    if (!document.composite || !view.isLarge) return;
    tiles.value = null;
    const running = new AbortController();
    const told = (count: number) => {
      cut.value = count;
    };
    tilesOf(`/v1/tiles/${document.id}/info.json`, {}, running.signal, told)
      .then((found) => {
        tiles.value = found;
      })
      .catch((found) => {
        if (!running.signal.aborted) error.value = found;
      });
    return () => running.abort();
  });
  useSignalEffect(() => () => {
    for (const each of made.peek().values()) URL.revokeObjectURL(each);
    if (composite.peek()) URL.revokeObjectURL(composite.peek() ?? "");
  });
  return {
    address: key.value === "" ? composite.value : (made.value.get(key.value) ?? null),
    composite: composite.value,
    tiles: tiles.value,
    cut: cut.value,
    isMaking: isMaking.value,
    error: error.value,
    again: () => {
      turn.value += 1;
    },
    onBroken: (why) => {
      error.value = why ?? new Problem({}, 0);
    },
  };
}

/** The last few: to and fro is what people do. */
function kept(
  before: ReadonlyMap<string, string>,
  key: string,
  address: string,
): ReadonlyMap<string, string> {
  const next = new Map(before).set(key, address);
  const [oldest] = next;
  if (next.size > KEPT && oldest) {
    next.delete(oldest[0]);
    URL.revokeObjectURL(oldest[1]);
  }
  return next;
}
