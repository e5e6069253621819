"""Takes back what an import did, and drops what is not wanted any more."""

from datetime import UTC, datetime

from onemanage.data_import.datasets import tables
from onemanage.data_import.datasets.tables import Connection, TableName
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.imports import ledger
from onemanage.data_import.imports.ledger import Entry
from onemanage.data_import.imports.load_spec import UndoResult
from onemanage.data_import.imports.loading import transaction

_LATER = """
    SELECT import_id FROM import_tables
    WHERE dataset_id = $1 AND undone_at IS NULL AND import_id <> $2
        AND (created_at, import_id) > ($3, $2) AND ($4 OR mode = 'replace')
    ORDER BY created_at LIMIT 1
"""
_FORGET_KEPT = """
    UPDATE import_tables SET kept_table = NULL
    WHERE import_id = $1 AND ordinal = $2
"""


class Undo:
    """Undoes imports: each in one transaction, under the locks that loading takes."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    async def undo(self, import_id: str, workspace_id: str) -> UndoResult:
        """Remove the rows of an append, or bring back what a replace took away.

        An upsert can be undone if it updated nothing. Done again, it changes nothing.
        Raises LoadRefused.
        """
        async with transaction(self._url) as connection:
            await tables.lock(connection, f"import {import_id}")
            found = await connection.fetchrow(
                "SELECT undone_at FROM imports "
                "WHERE import_id = $1 AND workspace_id = $2",
                import_id,
                workspace_id,
            )
            if found is None:
                text = "This workspace has no such import that loaded rows."
                raise LoadRefused("data_import.not_found", text, import_id)
            if found["undone_at"] is not None:
                return UndoResult(import_id=import_id, undone_at=found["undone_at"])
            return await _undo(connection, import_id)

    async def sweep(self) -> int:
        """Drop the kept tables whose time is over; says how many."""
        async with transaction(self._url) as connection:
            return await _drop_kept(connection, "kept_until < $1", datetime.now(UTC))


async def _undo(connection: Connection, import_id: str) -> UndoResult:
    now = datetime.now(UTC)
    entries = await ledger.entries(connection, import_id)
    for name in sorted({one.name.sql for one in entries}):
        await tables.lock(connection, name)
    removed = restored = 0
    # Backwards, as a later part may have added to what an earlier one replaced.
    for entry in reversed(entries):
        if not await _is_there(connection, entry):
            continue
        await _check(connection, import_id, entry, now)
        if entry.kept_table is None:
            removed += await _delete(connection, entry, now)
        else:
            removed += await _row_count(connection, entry)
            restored += await _restore(connection, import_id, entry, now)
    await connection.execute(
        "UPDATE import_tables SET undone_at = $2 WHERE import_id = $1", import_id, now
    )
    await connection.execute(
        "UPDATE imports SET undone_at = $2, status = 'undone' WHERE import_id = $1",
        import_id,
        now,
    )
    return UndoResult(
        import_id=import_id, undone_at=now, rows_removed=removed, rows_restored=restored
    )


async def _is_there(connection: Connection, entry: Entry) -> bool:
    """Whether the data set was not dropped since."""
    found = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM datasets WHERE dataset_id = $1)", entry.dataset_id
    )
    return bool(found)


async def _check(
    connection: Connection, import_id: str, entry: Entry, now: datetime
) -> None:
    """Raises LoadRefused where undoing would lose more than this import's rows."""
    where = entry.name.table
    if entry.rows_updated:
        text = (
            f"The import updated {entry.rows_updated} rows of {where!r}; what stood "
            "there before is not kept. Import the right values instead."
        )
        raise LoadRefused("data_import.not_undoable", text, where)
    replaces = entry.mode == "replace" and entry.replaced
    later = await connection.fetchval(
        _LATER, entry.dataset_id, import_id, entry.created_at, replaces
    )
    if later is not None:
        text = (
            f"The import {later} came later and would lose its rows or its meaning; "
            "undo that one first."
        )
        raise LoadRefused("data_import.not_undoable", text, where)
    over = entry.kept_until is not None and entry.kept_until < now
    if replaces and (entry.kept_table is None or over):
        text = f"What {where!r} was before is kept no longer."
        raise LoadRefused("data_import.not_undoable", text, where)


async def _delete(connection: Connection, entry: Entry, now: datetime) -> int:
    removed = await tables.delete_range(
        connection, entry.name, entry.first_id, entry.last_id
    )
    await connection.execute(
        "UPDATE datasets SET row_count = row_count - $2, updated_at = $3 "
        "WHERE dataset_id = $1",
        entry.dataset_id,
        removed,
        now,
    )
    return removed


async def _row_count(connection: Connection, entry: Entry) -> int:
    count: int = await connection.fetchval(
        "SELECT row_count FROM datasets WHERE dataset_id = $1", entry.dataset_id
    )
    return count


async def _restore(
    connection: Connection, import_id: str, entry: Entry, now: datetime
) -> int:
    """``_id`` goes on from where it is: no number is ever given twice."""
    assert entry.kept_table is not None and entry.kept_row_count is not None
    await tables.drop(connection, entry.name)
    kept = TableName(entry.name.schema, entry.kept_table)
    await tables.rename(connection, kept, entry.name.table)
    await connection.execute(_FORGET_KEPT, import_id, entry.ordinal)
    await connection.execute(
        "UPDATE datasets SET row_count = $2, updated_at = $3 WHERE dataset_id = $1",
        entry.dataset_id,
        entry.kept_row_count,
        now,
    )
    return entry.kept_row_count


async def _drop_kept(connection: Connection, condition: str, value: object) -> int:
    rows = await connection.fetch(
        "SELECT import_id, ordinal, schema_name, kept_table FROM import_tables "
        f"WHERE kept_table IS NOT NULL AND {condition} FOR UPDATE SKIP LOCKED",
        value,
    )
    for row in rows:
        name = TableName(row["schema_name"], row["kept_table"])
        await tables.drop(connection, name)
        await connection.execute(_FORGET_KEPT, row["import_id"], row["ordinal"])
    return len(rows)
