"""Exports: what goes out can be imported again and is the same. Real servers."""

import csv
import io
from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import fastexcel
import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.datasets.datasets import (
    Cell,
    DatasetExport,
    ExportSpec,
    ListRows,
    RowFilter,
    RowPage,
)
from onemanage.contracts.datasets.tasks import ExportDataset
from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Dialect,
    ImportOptions,
    TablePlan,
)
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.imports.load_spec import LoadSpec, LoadTable
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import MakeDatabase

from .dataset_samples import (
    COLUMNS,
    WORKSPACE,
    World,
    open_world,
)


@pytest.fixture
async def world(database: MakeDatabase, storage: Storage) -> AsyncIterator[World]:
    async with open_world(await database("data_import"), storage) as opened:
        yield opened


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


async def export(
    world: World, dataset_id: str, spec: ExportSpec
) -> tuple[DatasetExport, bytes]:
    command = ExportDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        export_id=new_id("exp"),
        dataset_id=dataset_id,
        spec=spec,
    )
    made = await world.exports.export(command, _silent)
    return made, await world.storage.get_bytes(made.object_key)


async def all_rows(world: World, dataset_id: str) -> RowPage:
    query = ListRows(workspace_id=WORKSPACE, dataset_id=dataset_id)
    page: RowPage = await world.datasets.rows(query)
    return page


def plans() -> list[ColumnPlan]:
    """The columns of the sample as a plan has them."""
    found = []
    for position, (name, kind) in enumerate(COLUMNS.items(), start=1):
        plain = {"double precision": "double", "numeric(12,4)": "numeric"}
        found.append(
            ColumnPlan(
                position=position,
                header=name,
                name=name,
                type=plain.get(kind, kind),
                zone="UTC" if kind == "timestamptz" else None,
                non_finite="keep",
                nulls=[],
                precision=12 if "(" in kind else None,
                scale=4 if "(" in kind else None,
            )
        )
    return found


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "xlsx"])
async def test_an_export_that_is_imported_again_is_the_same_table(
    world: World, kind: str, tmp_path: Path
) -> None:
    dataset_id = await world.table()
    spec = ExportSpec(format=kind, guard_formulas=False)
    _, data = await export(world, dataset_id, spec)
    path = tmp_path / f"export.{kind}"
    path.write_bytes(data)
    source = "excel" if kind == "xlsx" else kind
    plan = TablePlan(
        table="again",
        format=source,
        dialect=Dialect(unquoted_empty_is_null=True),
        columns=plans(),
        sheet="Data",
    )

    read = partial(read_table, path)
    part = LoadTable(plan, read, "0" * 64, folders=(tmp_path,))
    job = LoadSpec("imp_1", "tsk_1", WORKSPACE, ImportOptions(), [part])
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (loaded,) = (await world.loader.load(job, scratch)).tables

    before = await all_rows(world, dataset_id)
    after = await all_rows(world, loaded.dataset_id)
    assert loaded.rejects == []
    kept = before.rows
    if kind == "xlsx":
        kept = [row for row in kept if any(cell is not None for cell in row)]
    assert [same(row) for row in after.rows] == [same(row) for row in kept]


def same(row: list[Cell]) -> list[Cell | Decimal]:
    """Numerics by their value: 0.10 and 0.100 are one number."""
    numerics = [number for number, kind in enumerate(COLUMNS.values()) if "num" in kind]
    return [
        Decimal(value) if at in numerics and isinstance(value, str) else value
        for at, value in enumerate(row)
    ]


async def test_csv_tells_null_from_empty_text_and_keeps_all_digits(
    world: World,
) -> None:
    made, data = await export(world, await world.table(), ExportSpec())

    lines = data.decode().split("\n")
    assert lines[0] == ",".join(COLUMNS)
    assert lines[2] == (
        '"",false,-5,-0.0001,123456789012345678.123456789,NaN,9999-12-31,00:00:00,'
        "2024-02-29T12:30:15.25,1969-12-31T23:59:59Z,"
        "1 mon -2 days +03:00:00"
    )
    assert lines[3] == "," * 10
    assert (made.file_name, made.row_count, made.size) == ("orders.csv", 6, len(data))
    assert made.media_type == "text/csv; charset=utf-8"


async def test_formulas_are_guarded_unless_that_is_not_wanted(world: World) -> None:
    values = ["=1+1", "+1", "-2", "@x", "\t=1", "＝1", "a=1", "", None]
    dataset_id = await world.table(
        columns={"a": "text", "b": "bigint"}, rows=[(value, "-1") for value in values]
    )
    plain = await export(world, dataset_id, ExportSpec(guard_formulas=False))
    spec = ExportSpec(byte_order_mark=True)
    guarded = await export(world, dataset_id, spec)

    def column(data: bytes) -> list[str]:
        text = data.decode("utf-8-sig")
        return [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]

    assert column(plain[1]) == [value or "" for value in values]
    assert column(guarded[1])[:6] == [f"'{value}" for value in values[:6]]
    assert column(guarded[1])[6:] == ["a=1", "", ""]
    assert guarded[1].startswith(b"\xef\xbb\xbf")
    assert guarded[1].decode("utf-8-sig").count(",-1\n") == len(values)


async def test_text_in_xlsx_is_never_a_formula_and_numbers_are_numbers(
    world: World, tmp_path: Path
) -> None:
    rows = [("=1+1", "1", "0.1", "2024-02-29"), ("x", None, "2.5", None)]
    columns = {
        "a": "text",
        "b": "bigint",
        "c": "double precision",
        "d": "date",
    }
    dataset_id = await world.table(columns=columns, rows=rows)
    _, data = await export(world, dataset_id, ExportSpec(format="xlsx"))
    (tmp_path / "a.xlsx").write_bytes(data)

    sheet = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0).to_polars()

    assert sheet.columns == list(columns)
    assert sheet.get_column("a").to_list() == ["=1+1", "x"]
    assert sheet.get_column("b").to_list() == [1.0, None]
    assert sheet.get_column("c").to_list() == [0.1, 2.5]
    assert str(sheet.get_column("d")[0]).startswith("2024-02-29")


async def test_more_rows_than_a_sheet_has_are_refused_before_they_are_written(
    world: World,
) -> None:
    dataset_id = await world.table(columns={"a": "bigint"}, rows=[])
    await world.execute(
        'INSERT INTO "ws_wsp_1".orders SELECT n, n FROM generate_series(1, 1048576) n'
    )
    spec = ExportSpec(format="xlsx")

    with pytest.raises(InvalidInput, match="room for 1,048,575 rows") as refused:
        await export(world, dataset_id, spec)

    assert refused.value.code == "export.too_many_rows"
    few = RowFilter(column="a", operator="le", value="3")
    made, _ = await export(
        world, dataset_id, msgspec.structs.replace(spec, filters=[few])
    )
    assert made.row_count == 3


async def test_a_text_that_no_cell_holds_is_named(world: World) -> None:
    rows = [("short",), ("x" * 32_768,)]
    dataset_id = await world.table(columns={"long": "text"}, rows=rows)

    with pytest.raises(InvalidInput, match="32,767 characters") as refused:
        await export(world, dataset_id, ExportSpec(format="xlsx"))

    assert refused.value.where == "row 2, column long"


async def test_only_the_columns_and_rows_that_are_asked_for_are_exported(
    world: World,
) -> None:
    spec = ExportSpec(
        columns=["price", "count"],
        filters=[RowFilter(column="count", operator="eq", value="42")],
    )

    made, data = await export(world, await world.table(), spec)

    assert data.decode() == "price,count\n9999.9999,42\n1.0000,42\n"
    assert made.spec == spec


async def test_a_rerun_rewrites_the_same_object(world: World, storage: Storage) -> None:
    command = ExportDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        export_id=new_id("exp"),
        dataset_id=await world.table(),
        spec=ExportSpec(format="parquet"),
    )
    first = await world.exports.export(command, _silent)
    second = await world.exports.export(command, _silent)

    found = await world.made.export(WORKSPACE, command.export_id)
    assert first.object_key == second.object_key
    assert await storage.keys("artifacts/") == [first.object_key]
    assert found == second


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (ExportSpec(format="pdf"), "export.invalid"),
        (ExportSpec(columns=["nothing"]), "export.invalid"),
    ],
)
async def test_an_export_that_cannot_be_made_says_why(
    world: World, spec: ExportSpec, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await export(world, await world.table(), spec)

    assert refused.value.code == code


async def test_a_data_set_that_is_gone_cannot_be_exported(world: World) -> None:
    with pytest.raises(InvalidInput, match="no data set") as refused:
        await export(world, "dst_9", ExportSpec())

    assert refused.value.code == "data_import.no_dataset"
