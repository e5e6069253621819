/** What a page loads: one thing, or a list that comes in pages. */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

export interface Loaded<T> {
  /** Undefined until it is there; what was there stays while it is loaded again. */
  readonly data: Signal<T | undefined>;
  readonly error: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
  reload(): Promise<void>;
}

type Load<T> = (signal: AbortSignal) => Promise<T>;

class Loading<T> implements Loaded<T> {
  readonly data = signal<T | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly isLoading = signal(true);
  private running = new AbortController();

  constructor(private readonly load: Load<T>) {}

  reload = async (): Promise<void> => {
    this.running.abort();
    const running = new AbortController();
    this.running = running;
    this.isLoading.value = true;
    try {
      const found = await this.load(running.signal);
      if (running.signal.aborted) return;
      this.data.value = found;
      this.error.value = undefined;
    } catch (error) {
      if (!running.signal.aborted) this.error.value = error;
    } finally {
      if (this.running === running) this.isLoading.value = false;
    }
  };

  stop = () => this.running.abort();
}

/** Load now, and again where one of `because` changes; what comes too late is dropped. */
export function useLoaded<T>(load: Load<T>, because: unknown[] = []): Loaded<T> {
  const loading = useMemo(() => new Loading(load), because);
  useEffect(() => {
    void loading.reload();
    return loading.stop;
  }, [loading]);
  return loading;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface LoadedList<T> {
  readonly items: Signal<T[] | undefined>;
  readonly error: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
  readonly hasMore: Signal<boolean>;
  /** From the first page on. */
  reload(): Promise<void>;
  /** The next page; does nothing while one is on its way, or after the last. */
  more(): Promise<void>;
}

type LoadPage<T> = (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;

class LoadingList<T> implements LoadedList<T> {
  readonly items = signal<T[] | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly isLoading = signal(true);
  readonly hasMore = signal(false);
  private running = new AbortController();
  private cursor: string | null = null;

  constructor(private readonly load: LoadPage<T>) {}

  reload = () => this.next(true);
  stop = () => this.running.abort();

  more = async (): Promise<void> => {
    if (this.hasMore.value && !this.isLoading.value) await this.next(false);
  };

  private async next(isFirst: boolean): Promise<void> {
    this.running.abort();
    const running = new AbortController();
    this.running = running;
    this.isLoading.value = true;
    try {
      const page = await this.load(isFirst ? null : this.cursor, running.signal);
      if (running.signal.aborted) return;
      const before = isFirst ? [] : (this.items.value ?? []);
      this.items.value = [...before, ...page.items];
      this.cursor = page.next_cursor;
      this.hasMore.value = page.next_cursor !== null;
      this.error.value = undefined;
    } catch (error) {
      if (!running.signal.aborted) this.error.value = error;
    } finally {
      if (this.running === running) this.isLoading.value = false;
    }
  }
}

/** As `useLoaded`, of a list whose pages are named by cursors. */
export function useList<T>(load: LoadPage<T>, because: unknown[] = []): LoadedList<T> {
  const loading = useMemo(() => new LoadingList(load), because);
  useEffect(() => {
    void loading.reload();
    return loading.stop;
  }, [loading]);
  return loading;
}
