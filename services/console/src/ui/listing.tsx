/** A list in whichever state it is: on its way, failed, empty, or its rows. */
import type { ComponentChildren } from "preact";
import type { LoadedList } from "../api/loading";
import type { IconName } from "./icon";
import { Empty, ErrorView, Skeleton } from "./state";
import { type Column, Table, TableFoot } from "./table";

interface ListingProps<T> {
  label: string;
  list: LoadedList<T>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  empty: { icon: IconName; title: string; hint?: string; action?: ComponentChildren };
  onOpen?: (row: T) => void;
  chosen?: string | undefined;
  /** Within a page that scrolls; else it fills its place. */
  isInline?: boolean;
  rowHeight?: number;
}

export function Listing<T>(props: ListingProps<T>) {
  const { list, empty, isInline = false } = props;
  const rows = list.items.value;
  if (rows === undefined) {
    if (list.error.value === undefined) return <Skeleton rows={isInline ? 3 : 12} />;
    return <ErrorView error={list.error.value} retry={() => void list.reload()} />;
  }
  if (rows.length === 0) {
    return (
      <Empty icon={empty.icon} title={empty.title} action={empty.action}>
        {empty.hint}
      </Empty>
    );
  }
  return (
    <>
      <Table {...props} rows={rows} onEnd={() => void list.more()} />
      {!isInline && <TableFoot count={rows.length} isLoading={list.isLoading.value} />}
    </>
  );
}
