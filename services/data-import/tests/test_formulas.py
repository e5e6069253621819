"""Rejects that a spreadsheet does not run, and that come back as they were."""

import csv
import importlib
import io
from typing import Any

import polars as pl

from onemanage.contracts.datasets.datasets import ListRows, RowPage
from onemanage.contracts.imports.imports import kept_rejects
from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.datasets import queries as dataset_queries
from onemanage.data_import.domain.formulas import guarded, unguarded

service_tests: Any = importlib.import_module("services.data-import.tests.test_service")
world = service_tests.world

NOTES = [
    *("=1+1", "'=x", "''@y", "@z", "+1 (2)", "-a", "\t=b", "＝c"),
    *("-5", "+1.5e3", "-1,5%", "plain", "'tis", "a=1", "", "say, '=d"),
]


def test_guards_are_taken_off_again_and_numbers_have_none() -> None:
    values = pl.Series([*NOTES, None])
    safe = guarded(values)
    assert safe.to_list()[:8] == [f"'{one}" for one in NOTES[:8]]
    assert safe.to_list()[8:] == [*NOTES[8:], None]
    assert unguarded(safe).to_list() == [*NOTES, None]


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


async def test_rejects_are_guarded_and_come_back_as_they_were(world: Any) -> None:
    rows = [[f"{at}", "abc", note] for at, note in enumerate(NOTES)]
    document = await world.plan(1, _csv([["Order", "Amount", "=Note"], *rows]))
    first = await world.run(1, document)
    key = first.tables[0].rejects_key
    safe = (await world.deps.storage.get_bytes(key)).decode()
    kept = (await world.deps.storage.get_bytes(kept_rejects(key))).decode()

    read = list(csv.reader(io.StringIO(safe, newline="")))
    assert read[0][2] == "'=Note"
    assert [row[2] for row in read[1:9]] == [f"'{one}" for one in NOTES[:8]]
    assert [row[2] for row in read[9:]] == NOTES[8:]
    plain = list(csv.reader(io.StringIO(kept, newline="")))
    assert [row[2] for row in plain] == ["=Note", *NOTES]

    for number, text in enumerate((safe, kept), 2):
        fixed = await world.file(number, text.replace("abc", "1.00"), "fixed.csv")
        done = await world.run(
            number, document, sources=[fixed], plan=Plan(tables=[]), resubmits="imp_1"
        )
        assert (done.loaded, done.rejected) == (len(NOTES), 0)
        dataset_id = done.tables[0].dataset_id
        page = await _rows(world, dataset_id)
        notes = [row[-1] or "" for row in page.rows]
        assert notes[-len(NOTES) :] == NOTES


async def _rows(world: Any, dataset_id: str) -> RowPage:
    query = ListRows(
        workspace_id=service_tests.WORKSPACE, dataset_id=dataset_id, limit=500
    )
    return await dataset_queries.list_rows(query, world.deps)


async def test_where_nothing_had_to_be_guarded_there_is_one_file(world: Any) -> None:
    document = await world.plan(1, "Order,Amount\n1,abc\n-5,x\n")
    key = (await world.run(1, document)).tables[0].rejects_key
    assert await world.deps.storage.keys(key.rpartition("/")[0]) == [key]
