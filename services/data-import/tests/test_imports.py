"""What an import tells while it runs, and what stops it."""

import asyncio
from typing import Any

import pytest

from onemanage.data_import.imports.imports import ImportProgress, whole_or_not_at_all
from onemanage.data_import.imports.load_spec import LoadProgress, LoadResult


@pytest.mark.parametrize("expected", [400, 0])
async def test_progress_tells_of_all_tables_together(expected: int) -> None:
    told: list[tuple[Any, ...]] = []

    async def report(step: str, done: int, total: int, **more: Any) -> None:
        told.append((step, done, total, more["counts"], more["seconds_left"]))

    tell = ImportProgress(report, expected)
    await tell(LoadProgress("a", 0, 100, 90, 10, 0))
    await tell(LoadProgress("b", 1, 50, 50, 0, 0))

    (_, _, _, _, first_left), (step, done, total, counts, left) = told
    assert (step, done, total) == ("rows", 150, expected)
    assert counts == {"loaded": 140, "rejected": 10}
    assert (first_left is None) == (left is None) == (expected == 0)


@pytest.mark.parametrize("committing", [False, True])
async def test_cancelled_before_the_commit_it_stops_and_during_it_it_ends(
    committing: bool,
) -> None:
    begun, commit, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def load() -> LoadResult:
        if committing:
            commit.set()
        begun.set()
        await may_end.wait()
        return LoadResult(import_id="imp_1", tables=[], seconds=1.0)

    loading = asyncio.create_task(load())
    waiting = asyncio.create_task(whole_or_not_at_all(loading, commit))
    await begun.wait()
    waiting.cancel()
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.wait({waiting})

    assert loading.cancelled() == waiting.cancelled() == (not committing)
