/** Something that a form or a button does: whether it is under way, and how it failed. */
import { useState } from "preact/hooks";

export interface Doing {
  isBusy: boolean;
  error: unknown;
  /** Whether it was done; where not, `error` says why. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (found) {
      setError(found);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, run };
}
