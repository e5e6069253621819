"""Rows within a table that are none of it."""

from pathlib import Path

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

HEADER = "Order,Customer,Date,Amount"
ROWS = [f"{1000 + at},Ann,2024-01-{at:02},{at * 7.25:.2f}" for at in range(1, 21)]
TYPES = ["bigint", "text", "date", "numeric"]


def _plan(path: Path, lines: list[str]) -> Plan:
    path.write_text("\n".join([HEADER, *lines, ""]))
    return make_plan([PlannedFile("fil_1", path, "orders.csv")])


def _codes(made: Plan) -> set[str]:
    return {w.code for column in made.findings[0].columns for w in column.warnings}


def _types(made: Plan) -> list[str]:
    return [column.type for column in made.tables[0].columns]


def _rejected(path: Path, made: Plan) -> list[int]:
    table = made.tables[0]
    lines: list[int] = []
    for batch in read_table(path, table):
        cast = cast_batch(batch.frame, table.columns, table.dialect)
        for reasons in cast.reasons.values():
            lines += batch.lines.filter(reasons.is_not_null()).to_list()
    return sorted(set(lines))


def test_a_total_below_the_table_is_a_reject_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    made = _plan(path, [*ROWS, "Total,,,1522.50"])
    assert _types(made) == TYPES
    assert _codes(made) == {"rows_below"}
    assert _rejected(path, made) == [22]


def test_names_that_stand_within_again_are_rejects_that_are_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    made = _plan(path, [*ROWS[:9], HEADER, *ROWS[9:15], HEADER, *ROWS[15:]])
    assert _types(made) == TYPES
    assert _codes(made) == {"names_again"}
    assert _rejected(path, made) == [11, 18]


def test_odd_values_in_the_middle_or_many_at_the_end_keep_a_column_text(
    tmp_path: Path,
) -> None:
    middle = _plan(tmp_path / "a.csv", [*ROWS[:3], "A7,Ann,2024-01-01,1", *ROWS[3:]])
    many = _plan(tmp_path / "b.csv", [*ROWS, *["A7,Ann,2024-01-01,1.00"] * 4])
    for made in (middle, many):
        assert _types(made) == ["text", "text", "date", "numeric"]
        assert "mixed_types" in _codes(made)


def test_notes_behind_an_empty_line_are_said(tmp_path: Path) -> None:
    made = _plan(tmp_path / "a.csv", [*ROWS, "", '20,"records downloaded",,'])
    assert _types(made) == TYPES
    assert {one.code for one in made.findings[0].warnings} == {"rows_below"}

    whole = _plan(tmp_path / "b.csv", [*ROWS[:9], "", *ROWS[9:]])
    assert whole.findings[0].warnings == []
