/** A picture that the server makes: fetched with the session, and said in words where it
 * cannot be made. What was there stays until the next one is. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client";
import css from "./picture.module.css";
import { ErrorNote, Skeleton } from "./state";

export interface Shown {
  /** Of the bytes, in this tab. */
  url: string;
  width: number;
  height: number;
  bytes: number;
  mediaType: string;
  /** Milliseconds until it was here. */
  took: number;
  warnings: string[];
}

export interface PictureState {
  shown: Shown | undefined;
  error: unknown;
  isLoading: boolean;
}

const ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif";

/** `patience` milliseconds are waited for a further change of the address. */
export function usePicture(address: string | undefined, patience = 0): PictureState {
  const [state, setState] = useState<PictureState>({
    shown: undefined,
    error: undefined,
    isLoading: address !== undefined,
  });
  useEffect(() => {
    if (address === undefined) return;
    const given = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    const timer = setTimeout(() => {
      load(address, given.signal).then(
        (shown) => {
          if (given.signal.aborted) URL.revokeObjectURL(shown.url);
          else setState({ shown, error: undefined, isLoading: false });
        },
        (error: unknown) => {
          if (given.signal.aborted) return;
          setState((before) => ({ ...before, error, isLoading: false }));
        },
      );
    }, patience);
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [address, patience]);
  const url = state.shown?.url;
  useEffect(() => {
    if (url) return () => URL.revokeObjectURL(url);
  }, [url]);
  return state;
}

async function load(address: string, signal: AbortSignal): Promise<Shown> {
  const begun = performance.now();
  const response = await ask(address, { signal, headers: { Accept: ACCEPT } });
  const blob = await response.blob();
  const took = performance.now() - begun;
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
  return {
    url,
    width: image.naturalWidth,
    height: image.naturalHeight,
    bytes: blob.size,
    mediaType: blob.type,
    took,
    warnings: JSON.parse(response.headers.get("X-Image-Warnings") ?? "[]") as string[],
  };
}

/** On a ground that shows what is transparent. */
export function PictureView(props: {
  picture: PictureState;
  alt: string;
  /** Below the error: what else can be done. */
  otherwise?: ComponentChildren;
}) {
  const { picture, alt, otherwise } = props;
  const { shown, error, isLoading } = picture;
  return (
    <div class={css.place} aria-busy={isLoading}>
      {shown && !error ? (
        <img class={css.picture} src={shown.url} alt={alt} />
      ) : (
        isLoading && <Skeleton rows={1} height={180} />
      )}
      {error !== undefined && !isLoading && (
        <div class={css.error}>
          <ErrorNote error={error} />
          {otherwise}
        </div>
      )}
      {isLoading && shown && <span class={css.loading} />}
    </div>
  );
}

/** A small one in a list, fetched when it comes into sight; none where none can be made. */
export function Thumbnail({ address, size = 40 }: { address: string; size?: number }) {
  const [isBroken, setBroken] = useState(false);
  const sides = { width: `${size}px`, height: `${size}px` };
  if (isBroken) return <span class={css.thumb} style={sides} />;
  return (
    <img
      class={css.thumb}
      style={sides}
      src={address}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
    />
  );
}
