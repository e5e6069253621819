"""What the loader writes down in the service's own tables, and finds there again.

Everything takes the caller's connection and is part of the caller's transaction.
"""

from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from onemanage.contracts.base import derived_id
from onemanage.contracts.imports.plans import Plan
from onemanage.contracts.imports.sources import DatabaseSource, Source
from onemanage.data_import.datasets.tables import Connection, TableName
from onemanage.data_import.domain.digest import load_digest, shape_of
from onemanage.data_import.imports.load_spec import (
    LoadedTable,
    LoadResult,
    LoadSpec,
    LoadTable,
)

_TOLD = ("reject_counts", "rejects", "added_columns", "warnings")


class Dataset(NamedTuple):
    """A row of ``datasets``; None of its fields before the first import of it."""

    dataset_id: str
    name: TableName
    row_count: int
    next_id: int
    is_new: bool


class Kept(NamedTuple):
    """What a replace took away, for undo."""

    table: str
    next_id: int
    row_count: int
    until: datetime


class Entry(NamedTuple):
    """One table of an import as the ledger has it."""

    ordinal: int
    dataset_id: str
    name: TableName
    mode: str
    first_id: int
    last_id: int
    rows_loaded: int
    rows_updated: int
    kept_table: str | None
    kept_row_count: int | None
    kept_until: datetime | None
    created_at: datetime

    @property
    def replaced(self) -> bool:
        """Whether there was a table before, kept or not."""
        return self.kept_until is not None


async def find_result(
    connection: Connection, import_id: str, workspace_id: str
) -> LoadResult | None:
    """What an import did that is committed."""
    seconds = await connection.fetchval(
        "SELECT seconds FROM imports WHERE import_id = $1 AND workspace_id = $2",
        import_id,
        workspace_id,
    )
    if seconds is None:
        return None
    rows = await connection.fetch(
        "SELECT * FROM import_tables WHERE import_id = $1 ORDER BY ordinal", import_id
    )
    tables = [_loaded(row) for row in rows]
    return LoadResult(
        import_id=import_id, tables=tables, seconds=seconds, repeated=True
    )


def _loaded(row: asyncpg.Record) -> LoadedTable:
    fields = {
        name: msgspec.json.decode(row[name]) if name in _TOLD else row[name]
        for name in LoadedTable.__struct_fields__
        if name != "table"
    }
    return msgspec.convert(fields | {"table": row["table_name"]}, LoadedTable)


async def dataset(
    connection: Connection, name: TableName, workspace_id: str
) -> Dataset:
    """The data set of that name, which may be new."""
    row = await connection.fetchrow(
        "SELECT * FROM datasets WHERE workspace_id = $1 AND name = $2",
        workspace_id,
        name.table,
    )
    if row is None:
        new = derived_id("dst", workspace_id, name.table)
        return Dataset(new, name, 0, 1, is_new=True)
    name = TableName(row["schema_name"], row["table_name"])
    return Dataset(
        row["dataset_id"], name, row["row_count"], row["next_id"], is_new=False
    )


async def put_dataset(
    connection: Connection, made: Dataset, job: LoadSpec, now: datetime
) -> None:
    """Its row as ``job`` leaves it: counts, the next ``_id`` and the last import."""
    await connection.execute(
        "INSERT INTO datasets (dataset_id, workspace_id, name, schema_name, "
        "table_name, row_count, next_id, created_at, updated_at, last_import_id) "
        "VALUES ($1, $2, $3, $4, $3, $5, $6, $7, $7, $8) "
        "ON CONFLICT (dataset_id) DO UPDATE SET row_count = EXCLUDED.row_count, "
        "next_id = EXCLUDED.next_id, updated_at = EXCLUDED.updated_at, "
        "last_import_id = EXCLUDED.last_import_id",
        made.dataset_id,
        job.workspace_id,
        made.name.table,
        made.name.schema,
        made.row_count,
        made.next_id,
        now,
        job.import_id,
    )


async def earlier_import(
    connection: Connection, workspace_id: str, table: str, digest: str
) -> str | None:
    """The last one that loaded the same source by the same plan into that table."""
    found: str | None = await connection.fetchval(
        "SELECT import_id FROM import_tables WHERE workspace_id = $1 "
        "AND table_name = $2 AND digest = $3 AND undone_at IS NULL "
        "ORDER BY created_at DESC LIMIT 1",
        workspace_id,
        table,
        digest,
    )
    return found


async def put_import(
    connection: Connection, job: LoadSpec, result: LoadResult, now: datetime
) -> None:
    """The row of the import as a whole, without passwords."""
    plan = Plan(tables=[one.plan for one in job.tables], options=job.options)
    row = {
        "import_id": job.import_id,
        "workspace_id": job.workspace_id,
        "task_id": job.task_id,
        "status": result.status,
        "plan": _json(plan),
        "files": _json([_without_password(one) for one in job.files]),
        "rows_read": result.rows_read,
        "rows_loaded": result.rows_loaded,
        "rows_rejected": result.rows_rejected,
        "warnings": _json(result.warnings),
        "seconds": result.seconds,
        "plan_id": job.plan_id,
        "resubmits": job.resubmits,
        "created_at": now,
    }
    await _insert(connection, "imports", row)


async def put_table(
    connection: Connection,
    job: LoadSpec,
    ordinal: int,
    loaded: LoadedTable,
    name: TableName,
    kept: Kept | None,
    now: datetime,
) -> None:
    """The row of one table of the import, ``ordinal`` from 0 among those loaded.

    ``kept`` is what a replace took away; None where there was nothing.
    """
    part: LoadTable = job.tables[ordinal]
    fields = msgspec.structs.asdict(loaded)
    del fields["table"]
    row = fields | {name: _json(fields[name]) for name in _TOLD}
    row |= {
        "import_id": job.import_id,
        "ordinal": ordinal,
        "workspace_id": job.workspace_id,
        "schema_name": name.schema,
        "table_name": name.table,
        "digest": load_digest(part.source, part.plan, job.options),
        "shape": shape_of([one.header for one in part.plan.columns]),
        "table_plan": _json(part.plan),
        "created_at": now,
    }
    if kept is not None:
        row |= {
            "kept_table": kept.table,
            "kept_next_id": kept.next_id,
            "kept_row_count": kept.row_count,
            "kept_until": kept.until,
        }
    await _insert(connection, "import_tables", row)


async def entries(connection: Connection, import_id: str) -> list[Entry]:
    """In the order in which they were loaded; none where there is no such import."""
    rows = await connection.fetch(
        "SELECT * FROM import_tables WHERE import_id = $1 ORDER BY ordinal", import_id
    )
    return [
        Entry(
            name=TableName(row["schema_name"], row["table_name"]),
            **{one: row[one] for one in Entry._fields if one != "name"},
        )
        for row in rows
    ]


def _without_password(source: Source) -> Source:
    if isinstance(source, DatabaseSource):
        return msgspec.structs.replace(source, sealed_password="")
    return source


async def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values()
    )


def _json(value: object) -> str:
    """For jsonb, which holds no NUL; a rejected cell may."""
    return msgspec.json.encode(value).replace(rb"\u0000", rb"\ufffd").decode()
