/** Older tasks are looked through for those that a filter wants: the API tells them all,
 * the newest first. */
import { useEffect, useState } from "preact/hooks";
import type { LoadedList } from "../../api/loading";
import type { Task } from "../../api/tasks";

const ENOUGH = 60;
/** So far back at a time, then somebody is asked. */
const STRETCH = 2000;

export interface Looking {
  /** There is more, and it is not looked at unless somebody wants it. */
  isPaused: boolean;
  /** How many tasks were looked at. */
  seen: number;
  /** Until when back: ISO 8601. */
  until: string | undefined;
  goOn: () => void;
  /** The end of what was found came into sight. */
  more: () => void;
}

/** `begin`: milliseconds before which nothing is wanted. */
export function useLooking(
  list: LoadedList<Task>,
  found: number,
  begin: number,
  filter: string,
): Looking {
  const [budget, setBudget] = useState(STRETCH);
  const [wanted, setWanted] = useState(ENOUGH);
  const tasks = list.items.value;
  const seen = tasks?.length ?? 0;
  const until = tasks?.at(-1)?.created_at;
  const isPast = until !== undefined && Date.parse(until) < begin;
  const hasMore = list.hasMore.value && !isPast;
  const isLoading = list.isLoading.value;
  useEffect(() => {
    setBudget(seen + STRETCH);
    setWanted(ENOUGH);
  }, [filter]);
  const wants = filter !== "" && hasMore && found < wanted;
  useEffect(() => {
    if (wants && !isLoading && seen < budget) void list.more();
  }, [wants, isLoading, seen, budget]);
  return {
    isPaused: wants && seen >= budget,
    seen,
    until,
    goOn: () => setBudget(seen + STRETCH),
    more: () => {
      if (filter === "") void list.more();
      else setWanted(found + ENOUGH);
    },
  };
}
