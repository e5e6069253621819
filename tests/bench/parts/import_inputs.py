"""Tables of twelve mixed columns for the benches of importing, and who loads them."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import asyncpg
import numpy as np
import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, ImportOptions, TablePlan
from onemanage.data_import.datasets.tables import TableName
from onemanage.data_import.domain.reading.read_fast import read_to_load
from onemanage.data_import.imports.load_spec import LoadResult, LoadSpec, LoadTable
from onemanage.data_import.imports.loading import Loader
from onemanage.local.output import log_file
from onemanage.local.servers import servers_in_thread
from onemanage.platform.database.migrations import migrate
from onemanage.platform.sandbox.sandbox import open_sandbox

TYPES = {
    "id": "bigint",
    "customer": "bigint",
    "sku": "text",
    "title": "text",
    "note": "text",
    "price": "numeric(12,2)",
    "ratio": "double precision",
    "paid": "boolean",
    "day": "date",
    "at": "timestamp",
    "country": "text",
    "quantity": "bigint",
}
_WORDS = np.array(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda omicron".split()
)
_NAMES = {"double precision": "double", "numeric(12,2)": "numeric"}
_BLOCK = 250_000
_numbers = count(1)


def write_csv(path: Path, rows: int, *, bad: bool = False, seed: int = 1) -> Path:
    """About 125 bytes a row. ``bad``: every hundredth has a cell of another kind."""
    with path.open("wb") as file:
        for start in range(0, rows, _BLOCK):
            size = min(_BLOCK, rows - start)
            frame = _frame(start, size, np.random.default_rng([seed, start]))
            if bad:
                frame = _hurt(frame)
            frame.write_csv(
                file, include_header=not start, datetime_format="%Y-%m-%d %H:%M:%S"
            )
    return path


def write_xlsx(path: Path, rows: int, *, seed: int = 1) -> Path:
    """The same columns in a workbook's only sheet, called Sheet1."""
    frame = _frame(0, rows, np.random.default_rng([seed, 0]))
    frame.with_columns(pl.col("price").cast(pl.Float64)).write_excel(path)
    return path


def _frame(start: int, size: int, random: np.random.Generator) -> pl.DataFrame:
    def words() -> pl.Series:
        return pl.Series(_WORDS[random.integers(0, len(_WORDS), size)])

    day = np.datetime64("2015-01-01")
    seconds = random.integers(0, 4000 * 86400, size)
    price = pl.Series(random.integers(0, 10**7, size) / 100)
    return pl.DataFrame(
        {
            "id": np.arange(start, start + size),
            "customer": random.integers(1, 10**9, size),
            "sku": "SKU-" + pl.Series(random.integers(10**7, 10**8, size)).cast(str),
            "title": words() + ", " + words(),
            "note": words() + " " + words() + " " + words(),
            "price": price.cast(pl.Decimal(12, 2)),
            "ratio": random.random(size) * 1e6,
            "paid": random.random(size) < 0.5,
            "day": day + random.integers(0, 4000, size),
            "at": day.astype("datetime64[us]") + seconds * 10**6,
            "country": np.array(["DE", "CN", "US"])[random.integers(0, 3, size)],
            "quantity": random.integers(0, 1000, size),
        }
    )


def _hurt(frame: pl.DataFrame) -> pl.DataFrame:
    at = pl.int_range(pl.len())
    return frame.with_columns(
        pl.when(at % 300 == which * 100)
        .then(pl.lit(wrong))
        .otherwise(pl.col(name).cast(pl.String))
        .alias(name)
        for which, (name, wrong) in enumerate(
            {"price": "1.005", "day": "yesterday", "quantity": "many"}.items()
        )
    )


def plan(table: str) -> TablePlan:
    columns = []
    for position, (name, sql) in enumerate(TYPES.items(), start=1):
        numeric = sql.startswith("numeric")
        columns.append(
            ColumnPlan(
                position=position,
                header=name,
                name=name,
                type=_NAMES.get(sql, sql),
                precision=12 if numeric else None,
                scale=2 if numeric else None,
            )
        )
    return TablePlan(table=table, columns=columns)


class Imports:
    """Our own side: a loader in this process, its children in the sandbox."""

    def __init__(self, url: str, loader: Loader, folder: Path) -> None:
        self._url, self._loader, self._folder = url, loader, folder

    async def load(self, path: Path) -> LoadResult:
        """The whole import into a new table, from a file on the disk to the commit."""
        name = f"t{next(_numbers)}"
        planned = plan(name)
        if path.suffix == ".xlsx":
            planned = replace(planned, format="excel", sheet="Sheet1")
        read = partial(read_to_load, path)
        part = LoadTable(planned, read, name, folders=(path.parent,))
        job = LoadSpec(name, name, "bench", ImportOptions(), [part])
        scratch = self._folder / name
        scratch.mkdir()
        return await self._loader.load(job, scratch)

    async def drop(self, result: LoadResult) -> None:
        made = result.tables[0]
        connection = await asyncpg.connect(self._url)
        table = TableName.of_workspace("bench", made.table).sql
        await connection.execute(f"DROP TABLE {table}")
        await connection.execute(
            "DELETE FROM datasets WHERE dataset_id = $1", made.dataset_id
        )
        await connection.close()


@asynccontextmanager
async def imports(url: str, folder: Path) -> AsyncIterator[Imports]:
    preload = ("onemanage.data_import.domain.casting.encode",)
    async with open_sandbox(memory_limit=4 << 30, preload=preload) as sandbox:
        await sandbox.warm()
        yield Imports(url, Loader(url, sandbox), folder)
        await asyncio.sleep(0)


class Servers(NamedTuple):
    """A migrated database on this machine, and an empty directory."""

    url: str
    admin_url: str
    folder: Path


@contextmanager
def database() -> Iterator[tuple[str, Path]]:
    """Its address, and the directory."""
    with servers() as started:
        yield started.url, started.folder


@contextmanager
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        log = log_file(work / "servers.log")
        with servers_in_thread(Path(folder), log) as addresses:
            url = addresses.database_url("data_import")
            migrate("data_import", url, addresses.database_admin_url)
            yield Servers(url, addresses.database_admin_url, work)


if __name__ == "__main__":
    write = write_xlsx if sys.argv[1].endswith(".xlsx") else write_csv
    write(Path(sys.argv[1]), int(sys.argv[2]))
