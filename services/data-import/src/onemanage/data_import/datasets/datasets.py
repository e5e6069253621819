"""Data sets as they are in PostgreSQL: what there is, columns, rows, a table as CSV.

Everything is read in one read-only transaction that sees one moment of the table.
Names of schema, table and columns come from our rows and PostgreSQL's catalogue.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from onemanage.contracts.datasets.datasets import (
    Cell,
    CutCell,
    Dataset,
    DatasetColumn,
    DatasetPage,
    ListRows,
    RowFilter,
    RowPage,
    RowPlace,
)
from onemanage.data_import.domain.casting.fitting import ROW_ID
from onemanage.data_import.domain.export_format import (
    BYTE_ORDER_MARK,
    decimal_digits,
    select_sql,
)
from onemanage.data_import.domain.formula_text import guarded_name
from onemanage.data_import.domain.planning.names import quoted
from onemanage.data_import.domain.row_pages import (
    PAGE_BYTES,
    InvalidRows,
    Statement,
    can_be_cut,
    cell,
    conditions_sql,
    page_statement,
    size_of,
    table_sql,
    where_sql,
)
from onemanage.platform.database.sessions import NOTICE_THE_DEAD
from onemanage.platform.messaging.queries import seconds_left

type Pool = asyncpg.Pool[asyncpg.Record]
type Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

MAX_PAGE = 1000
_PREFETCH = 50
"""Rows of at most PAGE_BYTES each are in memory at once."""
_TO_TELL = 0.1
"""Seconds before an answer is due by which a statement has ended, to say so."""
_TYPES = {
    "text": "text",
    "boolean": "boolean",
    "bigint": "bigint",
    "numeric": "numeric",
    "double precision": "double",
    "date": "date",
    "time without time zone": "time",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "interval": "interval",
}
_DATASETS = """
    SELECT d.dataset_id, d.workspace_id, d.name, d.schema_name, d.table_name,
           d.row_count, d.created_at, d.updated_at, d.last_import_id,
           (SELECT count(*)::int FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attname <> $1) AS column_count,
           (SELECT max(taken_at) FROM data_import.snapshots s
            WHERE s.dataset_id = d.dataset_id AND NOT s.dropped) AS profiled_at
    FROM data_import.datasets d
    LEFT JOIN pg_namespace n ON n.nspname = d.schema_name
    LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = d.table_name
"""
_COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, NULL) AS kind,
           a.atttypmod AS modifier
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND a.attname <> $3
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""


class NoDataset(LookupError):
    """There is none of this id in the workspace (any more)."""

    def __init__(self, dataset_id: str) -> None:
        super().__init__(f"There is no data set {dataset_id} in this workspace.")
        self.dataset_id = dataset_id


@asynccontextmanager
async def open_pool(url: str, size: int = 4) -> AsyncIterator[Pool]:
    """Connections that say dates in ISO and moments in UTC.

    No statement is kept prepared, for tables change under it.
    """
    settings = {"timezone": "UTC", "datestyle": "ISO, YMD", "extra_float_digits": "1"}
    settings |= {"intervalstyle": "postgres"}
    settings |= NOTICE_THE_DEAD
    pool = asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        statement_cache_size=0,
        server_settings=settings,
    )
    async with pool:
        yield pool


class Reading:
    """One moment of one data set, as long as its transaction is open."""

    def __init__(
        self,
        connection: Connection,
        dataset: Dataset,
        table: str,
        taken_at: datetime,
    ) -> None:
        self._connection, self._table = connection, table
        self.dataset, self.taken_at = dataset, taken_at

    async def page(self, query: ListRows) -> RowPage:
        """Raises InvalidRows."""
        if not 1 <= query.limit <= MAX_PAGE:
            raise InvalidRows(f"A page has 1 to {MAX_PAGE} rows.")
        asked = page_statement(
            self._table,
            self.dataset.columns,
            names=query.columns,
            filters=query.filters,
            sort=query.sort,
            after=query.after,
            limit=query.limit,
        )
        try:
            return await self._page(asked, query.limit)
        except asyncpg.QueryCanceledError as error:
            raise InvalidRows(
                "Finding these rows takes longer than we let it; filter them more, "
                "or do not sort."
            ) from error
        except asyncpg.DataError as error:
            raise InvalidRows(f"A filter does not fit: {error}.") from error

    async def _page(self, asked: Statement, limit: int) -> RowPage:
        rows: list[list[Cell]] = []
        cut: list[CutCell] = []
        size = 0
        place: RowPlace | None = None
        found = self._connection.cursor(
            asked.sql, *asked.parameters, prefetch=min(_PREFETCH, limit + 1)
        )
        async for record in found:
            row, cut_here = _row(record, asked.columns, len(rows))
            size += size_of(row)
            if rows and (len(rows) == limit or size > PAGE_BYTES):
                break
            place = RowPlace(row_id=record[0], value=record[1])
            rows.append(row)
            cut += cut_here
        else:
            place = None  # there are no more
        names = [column.name for column in asked.columns]
        return RowPage(columns=names, rows=rows, last=place, cut=cut)

    async def copy_csv(
        self,
        path: Path,
        columns: Sequence[DatasetColumn],
        filters: Sequence[RowFilter] = (),
        *,
        header: bool = False,
        guard_formulas: bool = False,
        byte_order_mark: bool = False,
    ) -> int:
        """Write rows in the order they were loaded in; how many. Raises InvalidRows.

        NULL is nothing between two commas, and an empty text is ``""``.
        """
        parameters: list[Any] = []
        where = self._where(filters, parameters)
        selected = ", ".join(
            f"{select_sql(column, guard_formulas=guard_formulas)} "
            f"AS {quoted(guarded_name(column.name) if guard_formulas else column.name)}"
            for column in columns
        )
        sql = f"SELECT {selected} FROM {self._table}{where} ORDER BY {quoted(ROW_ID)}"
        with path.open("wb") as file:
            if byte_order_mark:
                file.write(BYTE_ORDER_MARK)
            try:
                done = await self._connection.copy_from_query(
                    sql, *parameters, output=file, format="csv", header=header
                )
            except asyncpg.DataError as error:
                raise InvalidRows(f"A filter does not fit: {error}.") from error
        return int(done.rpartition(" ")[2])

    async def count(self, filters: Sequence[RowFilter], upto: int) -> int:
        """How many rows there are, or ``upto``. Raises InvalidRows."""
        parameters: list[Any] = []
        where = self._where(filters, parameters)
        sql = (
            f"SELECT count(*) FROM "
            f"(SELECT 1 FROM {self._table}{where} LIMIT {int(upto)}) AS found"
        )
        found: int = await self._connection.fetchval(sql, *parameters)
        return found

    async def with_digits(
        self, columns: Sequence[DatasetColumn]
    ) -> list[DatasetColumn]:
        """Numerics that take any number of digits, with those that they have.

        So they become decimals of a file, which need both.
        """
        open_ended = [c for c in columns if c.type == "numeric" and c.scale is None]
        found: dict[str, DatasetColumn] = {}
        for column in open_ended:
            name = quoted(column.name)
            row = await self._connection.fetchrow(
                f"SELECT max(scale({name})) AS scale, "
                f"max(length(trunc(abs({name}))::text)) AS whole, "
                f"bool_or({name} IN ('NaN', 'Infinity', '-Infinity')) AS odd "
                f"FROM {self._table}"
            )
            if row is None or row["odd"]:
                continue
            scale, whole = row["scale"] or 0, row["whole"] or 1
            bounded = msgspec.structs.replace(
                column, precision=whole + scale, scale=scale
            )
            if decimal_digits(bounded) != decimal_digits(column):
                found[column.name] = bounded
        return [found.get(column.name, column) for column in columns]

    def _where(self, filters: Sequence[RowFilter], parameters: list[Any]) -> str:
        known = {column.name: column for column in self.dataset.columns}
        return where_sql(conditions_sql(known, filters, parameters))


class Datasets:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list(
        self, workspace_id: str, limit: int, after: str | None
    ) -> DatasetPage:
        """By name, those behind ``after``; without their columns."""
        rows = await self._pool.fetch(
            f"{_DATASETS} WHERE d.workspace_id = $2 "
            'AND d.name COLLATE "C" > $3 ORDER BY d.name COLLATE "C" LIMIT $4',
            ROW_ID,
            workspace_id,
            after or "",
            limit + 1,
        )
        items = [_dataset(row, []) for row in rows[:limit]]
        return DatasetPage(items=items, has_more=len(rows) > limit)

    async def exists(self, workspace_id: str, dataset_id: str) -> bool:
        """Whether the workspace has it."""
        found = await self._pool.fetchval(
            "SELECT 1 FROM data_import.datasets "
            "WHERE workspace_id = $1 AND dataset_id = $2",
            workspace_id,
            dataset_id,
        )
        return found is not None

    async def get(self, workspace_id: str, dataset_id: str) -> Dataset:
        """With its columns. Raises NoDataset."""
        async with self.answering(workspace_id, dataset_id) as reading:
            return reading.dataset

    async def rows(self, query: ListRows) -> RowPage:
        """Raises NoDataset, InvalidRows."""
        async with self.answering(query.workspace_id, query.dataset_id) as reading:
            return await reading.page(query)

    @asynccontextmanager
    async def answering(
        self, workspace_id: str, dataset_id: str
    ) -> AsyncIterator[Reading]:
        """For an answer: ended before it is due. Raises NoDataset.

        On one core, for others are answered at the same time.
        """
        milliseconds = max(1, round(1000 * (seconds_left() - _TO_TELL)))
        settings = (
            f"SET LOCAL statement_timeout = {milliseconds}; "
            "SET LOCAL max_parallel_workers_per_gather = 0"
        )
        async with self.reading(workspace_id, dataset_id, settings) as reading:
            yield reading

    @asynccontextmanager
    async def reading(
        self, workspace_id: str, dataset_id: str, settings: str = ""
    ) -> AsyncIterator[Reading]:
        """For a task: without a limit of time. Raises NoDataset.

        ``settings`` are statements, for this transaction.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            if settings:
                await connection.execute(settings)
            row = await connection.fetchrow(
                f"{_DATASETS} WHERE d.workspace_id = $2 AND d.dataset_id = $3",
                ROW_ID,
                workspace_id,
                dataset_id,
            )
            if row is None:
                raise NoDataset(dataset_id)
            schema, table = row["schema_name"], row["table_name"]
            columns = [
                _column(found)
                for found in await connection.fetch(_COLUMNS, schema, table, ROW_ID)
            ]
            taken_at = await connection.fetchval("SELECT now()")
            dataset = _dataset(row, columns)
            yield Reading(connection, dataset, table_sql(schema, table), taken_at)


def _row(
    record: asyncpg.Record, columns: Sequence[DatasetColumn], number: int
) -> tuple[list[Cell], list[CutCell]]:
    texts, lengths = record[2], iter(record[3])
    cut = []
    for column, text in zip(columns, texts, strict=True):
        if not can_be_cut(column):
            continue
        length = next(lengths)
        if text is not None and length > len(text):
            cut.append(CutCell(row=number, column=column.name, characters=length))
    pairs = zip(columns, texts, strict=True)
    return [cell(column.type, text) for column, text in pairs], cut


def _dataset(row: asyncpg.Record, columns: list[DatasetColumn]) -> Dataset:
    given = {
        name: row[name]
        for name in Dataset.__struct_fields__
        if name not in ("columns",)
    }
    return Dataset(**given, columns=columns)


def _column(row: asyncpg.Record) -> DatasetColumn:
    kind, modifier = _TYPES.get(row["kind"], "text"), row["modifier"]
    if kind != "numeric" or modifier < 0:
        return DatasetColumn(name=row["name"], type=kind)
    # As numerictypmodin packs them; the scale has 11 bits and a sign.
    packed = modifier - 4
    scale = ((packed & 0x7FF) ^ 0x400) - 0x400
    return DatasetColumn(
        name=row["name"], type=kind, precision=packed >> 16 & 0xFFFF, scale=scale
    )
