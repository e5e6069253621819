"""Whatever strikes in the middle of a load leaves nothing, and the next try does it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from onemanage.data_import.imports.load_spec import LoadProgress, LoadResult, LoadSpec
from onemanage.platform.sandbox.errors import SandboxKilled
from onemanage.testing.fixtures import MakeDatabase, eventually
from tests.loads import (
    World,
    columns,
    csv,
    job,
    marker_of,
    part,
    read_slowly,
    world,
)

_ROWS = 400_000
"""Enough to be read in three batches."""


@pytest.fixture
async def here(database: MakeDatabase, tmp_path: Path) -> AsyncIterator[World]:
    async with world(await database("data_import"), tmp_path) as made:
        yield made


@pytest.fixture
def large(tmp_path: Path) -> LoadSpec:
    """What is not read to its end until it was struck."""
    path = tmp_path / "large.csv"
    rows = "".join(f"{at},some text of row {at}\n" for at in range(_ROWS))
    path.write_text("n,t\n" + rows)
    marker_of(path).touch()
    read = partial(read_slowly, path)
    return job("imp_1", part(path, columns(n="bigint", t="text"), read=read))


async def _struck(
    here: World, one: LoadSpec, strike: Callable[[Path], Awaitable[None]]
) -> BaseException | None:
    """Load, and call ``strike`` once in the middle of the COPY; what came of it."""
    scratch = here.scratch()
    marker = marker_of(one.tables[0].folders[0] / "large.csv")
    struck = False

    async def on_progress(progress: LoadProgress) -> None:
        nonlocal struck
        assert progress.rows_read < _ROWS
        if not struck:
            struck = True
            await strike(scratch)
            marker.unlink()

    try:
        await here.loader.load(one, scratch, on_progress=on_progress)
    except BaseException as error:  # whatever comes is the test's to judge
        return error
    finally:
        assert struck
    return None


async def _is_untouched(here: World) -> None:
    """Returns when PostgreSQL has noticed; nothing of the import is there."""

    async def alone() -> bool:
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname = current_database() AND backend_type = 'client backend'"
        )
        return (await here.rows(others)) == [(0,)]

    await eventually(alone)
    assert await here.rows("SELECT to_regclass('ws_wsp_1.t')::text") == [(None,)]
    assert await here.rows("SELECT 1 FROM data_import.imports") == []
    assert await here.rows("SELECT 1 FROM data_import.datasets") == []


async def _loads_now(here: World, one: LoadSpec) -> None:
    result = await here.load(one)
    assert not result.repeated
    assert result.rows_read == result.rows_loaded + result.rows_rejected == _ROWS
    counts = "SELECT count(*), min(_id), max(_id), count(DISTINCT n) FROM ws_wsp_1.t"
    assert await here.rows(counts) == [(_ROWS, 1, _ROWS, _ROWS)]


async def test_a_child_that_is_killed_in_mid_copy_leaves_nothing(
    here: World, large: LoadSpec
) -> None:
    async def kill(scratch: Path) -> None:
        os.kill(_writer_of(scratch / "rows-0"), signal.SIGKILL)

    error = await _struck(here, large, kill)

    assert isinstance(error, SandboxKilled)
    await _is_untouched(here)
    await _loads_now(here, large)


async def test_a_connection_that_drops_in_mid_copy_leaves_nothing(
    here: World, large: LoadSpec
) -> None:
    async def drop(scratch: Path) -> None:
        await here.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )

    error = await _struck(here, large, drop)

    assert isinstance(error, asyncpg.PostgresError | OSError)
    await _is_untouched(here)
    await _loads_now(here, large)


async def test_a_cancelled_import_leaves_nothing(here: World, large: LoadSpec) -> None:
    loading: asyncio.Task[BaseException | None]

    async def cancel(scratch: Path) -> None:
        loading.cancel()

    loading = asyncio.create_task(_struck(here, large, cancel))
    error = await loading

    assert isinstance(error, asyncio.CancelledError)
    await _is_untouched(here)


async def test_a_fault_before_the_commit_leaves_nothing(
    here: World, tmp_path: Path
) -> None:
    one = job("imp_1", part(csv(tmp_path / "a.csv", "n", "1"), columns(n="bigint")))

    async def fail(result: LoadResult) -> None:
        assert result.rows_loaded == 1
        raise OSError("the object storage is away")

    with pytest.raises(OSError, match="storage is away"):
        await here.loader.load(one, here.scratch(), before_commit=fail)

    await _is_untouched(here)


async def test_two_imports_into_one_table_at_once_wait_for_each_other(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", *map(str, range(1000)))
    jobs = [job(f"imp_{at}", part(path, columns(n="bigint"))) for at in range(3)]

    results = await asyncio.gather(*map(here.load, jobs), here.load(jobs[0]))

    counts = "SELECT count(*), min(_id), max(_id), count(DISTINCT _id) FROM ws_wsp_1.t"
    assert await here.rows(counts) == [(3000, 1, 3000, 3000)]
    assert sum(one.repeated for one in results) == 1
    ranges = sorted((one.tables[0].first_id, one.tables[0].last_id) for one in results)
    assert len(set(ranges)) == 3


async def test_too_many_columns_are_refused_in_words(
    here: World, tmp_path: Path
) -> None:
    names = {f"c{at}": "numeric(12,2)" for at in range(1500)}
    path = csv(tmp_path / "a.csv", ",".join(names), ",".join(["1234567.89"] * 1500))

    with pytest.raises(Exception, match="wider columns than fit"):
        await here.load(job("imp_1", part(path, columns(**names))))

    await _is_untouched(here)


def _writer_of(fifo: Path) -> int:
    """The process, other than this one, that has it open."""
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        if int(pid) == os.getpid():
            continue
        try:
            opened = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:  # it has ended, or is another user's
            continue
        if str(fifo) in opened:
            return int(pid)
    raise AssertionError(f"nobody writes {fifo}")
