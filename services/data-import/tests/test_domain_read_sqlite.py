import sqlite3
from pathlib import Path

import pytest

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.domain.errors import Damaged, NotATable, WrongPlan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_sqlite import (
    is_sqlite,
    list_tables,
    read_sqlite,
    table_headers,
)


def _made(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return path


def _plan(name: str, *headers: str, leave_out: str = "") -> TablePlan:
    return TablePlan(
        table=name,
        format="sqlite",
        sheet=name,
        columns=[
            ColumnPlan(position=n, header=h, name=h, include=h != leave_out)
            for n, h in enumerate(headers, 1)
        ],
    )


def test_values_of_any_type_are_read_as_text_that_means_the_same(
    tmp_path: Path,
) -> None:
    path = _made(
        tmp_path / "a ?#%.db",
        "CREATE TABLE t (i, r, s, b, n)",
        "INSERT INTO t VALUES (9007199254740993, 0.1, '007 你好', x'00ff', NULL)",
        "INSERT INTO t VALUES (-1, 1e300, '', x'', 5)",
    )
    assert is_sqlite(path) and list_tables(path) == ["t"]
    assert table_headers(path, "t") == ["i", "r", "s", "b", "n"]
    (batch,) = read_sqlite(path, _plan("t", "i", "r", "s", "b", "n"))
    assert batch.frame.rows() == [
        ("9007199254740993", "0.1", "007 你好", "00FF", None),
        ("-1", "1e+300", "", "", "5"),
    ]
    assert batch.lines.to_list() == [1, 2] and batch.rejects == []


def test_only_included_columns_are_read_and_rows_come_in_batches(
    tmp_path: Path,
) -> None:
    path = _made(
        tmp_path / "a.db",
        'CREATE TABLE "we""ird; t" (a, b)',
        'INSERT INTO "we""ird; t" WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL'
        " SELECT v + 1 FROM n WHERE v < 45000) SELECT v, v * 2 FROM n",
    )
    batches = list(read_sqlite(path, _plan('we"ird; t', "a", "b", leave_out="a")))
    assert len(batches) > 1
    assert all(batch.frame.columns == ["2"] for batch in batches)
    assert sum(batch.frame.height for batch in batches) == 45_000
    assert batches[-1].lines[-1] == 45_000 and batches[-1].frame["2"][-1] == "90000"


def test_a_file_is_planned_as_its_tables_are(tmp_path: Path) -> None:
    path = _made(
        tmp_path / "a.db",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT, day TEXT)",
        "INSERT INTO orders VALUES (1, '007', '2024-01-02'), (2, '010', NULL)",
        "CREATE TABLE people (name TEXT)",
        "INSERT INTO people VALUES ('你好')",
    )
    plan = make_plan([PlannedFile("fil_1", path, "shop.sqlite")])
    first, second = plan.tables
    assert (first.table, first.sheet, first.format) == (
        *("shop_orders", "orders", "sqlite"),
    )
    assert [column.type for column in first.columns] == ["bigint", "text", "date"]
    assert plan.findings[0].rows == 2
    assert second.table == "shop_people"
    batches = read_table(path, first)
    assert [row for batch in batches for row in batch.frame.rows()] == [
        ("1", "007", "2024-01-02"),
        ("2", "010", None),
    ]


def test_a_row_with_text_that_is_not_utf_8_is_a_reject(tmp_path: Path) -> None:
    path = _made(
        tmp_path / "a.db",
        "CREATE TABLE t (a, b)",
        "INSERT INTO t VALUES (1, 'good'), (2, CAST(x'ff41' AS TEXT)), (3, 'good')",
    )
    (batch,) = read_sqlite(path, _plan("t", "a", "b"))
    assert batch.frame["1"].to_list() == ["1", "3"] and batch.lines.to_list() == [1, 3]
    (reject,) = batch.rejects
    assert (reject.line, reject.reason) == (2, "not_utf8")
    assert batch.rejected_rows is not None
    assert batch.rejected_rows.rows() == [("2", "\\xffA")]


def test_views_are_read_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = _made(
        tmp_path / "a.db",
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES (1), (2)",
        "CREATE VIEW v AS SELECT a * 10 AS x FROM t",
    )
    before = path.read_bytes()
    assert list_tables(path) == ["t", "v"]
    (batch,) = read_sqlite(path, _plan("v", "x"))
    assert batch.frame["1"].to_list() == ["10", "20"]
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.db"]


def test_what_is_no_sqlite_file_or_no_table_of_it_is_told(tmp_path: Path) -> None:
    text = tmp_path / "a.csv"
    text.write_text("a,b\n1,2\n")
    assert not is_sqlite(text)
    with pytest.raises(NotATable):
        list_tables(text)
    path = _made(tmp_path / "a.db", "CREATE TABLE t (a)")
    with pytest.raises(WrongPlan):
        list(read_sqlite(path, _plan("nowhere", "a")))
    with pytest.raises(WrongPlan):
        list(read_sqlite(path, _plan("t", "a", "b")))


def test_a_file_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    path = _made(
        tmp_path / "a.db",
        "CREATE TABLE t (a)",
        "INSERT INTO t WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL"
        " SELECT v + 1 FROM n WHERE v < 20000) SELECT hex(randomblob(20)) FROM n",
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Damaged):
        list(read_sqlite(path, _plan("t", "a")))


@pytest.mark.parametrize(
    "module", ["fts5(body)", "fts4(body)", "rtree(id, low, high)", '"fts5"(body)']
)
def test_a_virtual_table_is_left_out_and_said_with_what_belongs_to_it(
    tmp_path: Path, module: str
) -> None:
    path = _made(
        tmp_path / "a.db",
        "CREATE TABLE notes (id, body)",
        "INSERT INTO notes VALUES (1, 'hello')",
        f'CREATE VIRTUAL TABLE "no te" USING {module}',
        "CREATE VIEW over AS SELECT * FROM [no te]",
        "CREATE TABLE note_data (x)",
    )
    assert list_tables(path) == ["notes", "note_data"]
    plan = make_plan([PlannedFile("f", path, "a.db")])
    assert [table.sheet for table in plan.tables] == ["notes", "note_data"]
    told = [one.message for one in plan.findings[0].warnings]
    assert [one.partition(":")[0] for one in told] == ["no te", "over"]
    assert f"virtual table of {module.strip(chr(34))[:4]}" in told[0]
    (batch,) = read_table(path, plan.tables[0])
    assert batch.frame.rows() == [("1", "hello")]


def test_a_file_of_virtual_tables_alone_holds_no_table(tmp_path: Path) -> None:
    path = _made(tmp_path / "a.db", "CREATE VIRTUAL TABLE t USING fts5(body)")
    with pytest.raises(NotATable, match="virtual table"):
        make_plan([PlannedFile("f", path, "a.db")])
