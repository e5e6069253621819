"""Tables to load and what loads them, for the tests of loading."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from onemanage.contracts.imports.plans import ColumnPlan, ImportOptions, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.reading.read_fast import Ready, read_to_load
from onemanage.data_import.imports.load_spec import LoadResult, LoadSpec, LoadTable
from onemanage.data_import.imports.loading import Loader
from onemanage.testing.sandboxes import shared_sandbox

WORKSPACE = "wsp_1"


def columns(**types: str) -> list[ColumnPlan]:
    """Of a source with these headers; "numeric(10,2)" is one of the types."""
    return [
        _column(position, name, type_)
        for position, (name, type_) in enumerate(types.items(), start=1)
    ]


def _column(position: int, name: str, type_: str) -> ColumnPlan:
    type_, _, digits = type_.partition("(")
    precision, scale = map(int, digits.rstrip(")").split(",")) if digits else (0, 0)
    return ColumnPlan(
        position=position,
        header=name,
        name=name,
        type=type_,
        precision=precision or None,
        scale=scale if precision else None,
    )


def csv(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def part(
    path: Path,
    planned: list[ColumnPlan],
    table: str = "t",
    read: Callable[[TablePlan], Iterator[Batch | Ready]] | None = None,
) -> LoadTable:
    plan = TablePlan(table=table, columns=planned)
    source = hashlib.sha256(path.read_bytes()).hexdigest()
    reads = read or partial(read_to_load, path)
    return LoadTable(plan, reads, source, folders=(path.parent,))


def marker_of(path: Path) -> Path:
    """As long as it is there, ``read_slowly`` does not read all."""
    return path.with_suffix(".slow")


def read_slowly(path: Path, table: TablePlan) -> Iterator[Batch | Ready]:
    """As a load reads it; but where it is marked it waits for longer than reports are
    apart after the first batch, and after the second until it is marked no more."""
    marker = marker_of(path)
    for number, batch in enumerate(read_to_load(path, table)):
        yield batch
        if number == 0 and marker.exists():
            time.sleep(0.3)
        while number == 1 and marker.exists():
            time.sleep(0.02)


def job(import_id: str, *tables: LoadTable, **options: Any) -> LoadSpec:
    return LoadSpec(
        import_id=import_id,
        task_id=f"tsk_{import_id}",
        workspace_id=WORKSPACE,
        options=ImportOptions(**options),
        tables=list(tables),
    )


class World:
    """A loader, a database, and scratch directories."""

    def __init__(self, url: str, loader: Loader, directory: Path) -> None:
        self.url, self.loader, self._directory = url, loader, directory
        self._runs = 0

    def scratch(self) -> Path:
        self._runs += 1
        made = self._directory / f"scratch-{self._runs}"
        made.mkdir()
        return made

    async def load(self, one: LoadSpec) -> LoadResult:
        return await self.loader.load(one, self.scratch())

    async def rows(self, query: str = 'SELECT * FROM "ws_wsp_1"."t"') -> list[Any]:
        """As tuples."""
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


@asynccontextmanager
async def world(url: str, directory: Path) -> AsyncIterator[World]:
    async with shared_sandbox("onemanage.data_import.domain") as sandbox:
        yield World(url, Loader(url, sandbox), directory)
