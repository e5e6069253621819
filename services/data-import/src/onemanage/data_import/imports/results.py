"""What is told of an import, in one message whatever it has of tables and rejects."""

import msgspec
from msgspec.structs import replace

from onemanage.contracts.base import utc_now
from onemanage.contracts.imports.imports import Import, ImportedTable, RunImport
from onemanage.contracts.imports.plans import TablePlan
from onemanage.contracts.imports.sources import Source
from onemanage.data_import.domain.rejects_told import MOST_COUNTS
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.imports.load_spec import LoadedTable, LoadResult
from onemanage.data_import.naming import named

MOST_BYTES = 600 * 1024
"""A message has at most 1 MiB, and there is something around the result."""
_FEWER = (30, 10, 3, 1, 0)


def fitted(found: Import) -> Import:
    """With as many counts, warnings and added columns of each table as have room.

    The figures of all tables stay, so the result may still be too large.
    """
    for most in (MOST_COUNTS, *_FEWER):
        # What is told of a column that was added is short, and there may be 1,600.
        columns = None if most == MOST_COUNTS else most
        made = replace(
            found,
            tables=[
                replace(
                    table,
                    reject_counts=table.reject_counts[:most],
                    warnings=table.warnings[:most],
                    added_columns=table.added_columns[:columns],
                )
                for table in found.tables
            ],
        )
        if len(msgspec.json.encode(made)) <= MOST_BYTES:
            return made
    return made


def check_size(
    command: RunImport,
    sources: list[Source],
    plans: list[TablePlan],
    result: LoadResult,
) -> None:
    """Raises LoadRefused for what could not be told once it is committed.

    ``plans`` are those of the tables of ``result``, in the same order.
    """
    pairs = zip(plans, result.tables, strict=True)
    told = Import(
        import_id=command.import_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        status=result.status,
        sources=[named(source) for source in sources],
        tables=[imported_table(plan, loaded) for plan, loaded in pairs],
        read=result.rows_read,
        loaded=result.rows_loaded,
        updated=0,
        rejected=result.rows_rejected,
        rows_per_second=0.0,
        seconds=result.seconds,
        created_at=utc_now(),
        plan_id=command.plan_id,
        resubmits=command.resubmits,
    )
    if len(msgspec.json.encode(fitted(told))) > MOST_BYTES:
        raise too_many_tables(len(plans))


def too_many_tables(count: int) -> LoadRefused:
    """For whose results one message has no room."""
    text = (
        f"{count:,} tables are too many at once: what becomes of them does not fit into "
        "one answer. Import fewer files or sheets at once."
    )
    return LoadRefused("data_import.too_many_tables", text)


def imported_table(plan: TablePlan, loaded: LoadedTable) -> ImportedTable:
    """As it is told, whether it is committed yet or not."""
    return ImportedTable(
        table=loaded.table,
        dataset_id=loaded.dataset_id,
        mode=loaded.mode,
        read=loaded.rows_read,
        loaded=loaded.rows_loaded,
        updated=loaded.rows_updated,
        rejected=loaded.rows_rejected,
        file_id=plan.file_id,
        member=plan.member,
        sheet=plan.sheet,
        added_columns=loaded.added_columns,
        reject_counts=loaded.reject_counts,
        rejects_key=loaded.rejects_key,
        warnings=loaded.warnings,
        repeats=loaded.repeats,
        kept_until=loaded.kept_until,
    )
