"""Plans of wide and of long tables: many columns are looked at together."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from onemanage.contracts.imports.plans import Plan, Reject
from onemanage.data_import.domain.planning.asking import Asking, Question, answered
from onemanage.data_import.domain.planning.date_forms import forms_of
from onemanage.data_import.domain.planning.different import different
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.planning.rejected import Rejected

DAYS = [date(1999, 1, 1) + timedelta(days=at * 37) for at in range(120)]
COLUMNS = {
    "iso": [str(day) for day in DAYS],
    "german": [f"{day:%d.%m.%Y}" for day in DAYS],
    "american": [f"{day:%m/%d/%y}" for day in DAYS],
    "stamps": [f"{day} 0{at % 10}:30:00" for at, day in enumerate(DAYS)],
    "days_and_stamps": [
        f"{day}{' 10:00:00' * (at > 60)}" for at, day in enumerate(DAYS)
    ],
    "months": [f"{day:%d-%b-%Y}" for day in DAYS],
    "whole": [str(at * 977) for at in range(120)],
    "late": [*map(str, range(119)), "1.25"],
    "dollars": [f"${at * 977:,}.50" for at in range(120)],
    "per_cent": [f"{at / 8}%" for at in range(120)],
    "large": [str(2**62 + at * 2**56) for at in range(120)],
    "measured": [f"{at / 7}" for at in range(120)],
    "spoilt": ["x", *map(str, range(119))],
    "missing": ["n/a", "", *map(str, range(118))],
    "codes": [f"{at:05}" for at in range(120)],
    "words": [f"word {at % 7}" for at in range(120)],
    "answers": ["yes", "no"] * 60,
}


def plan(path: Path, columns: dict[str, list[str]]) -> Plan:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f'"{one}"' for one in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return make_plan([PlannedFile("f1", path, path.name)])


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_planned_among_others_as_it_is_alone(
    tmp_path: Path, name: str
) -> None:
    among = plan(tmp_path / "among.csv", COLUMNS)
    alone = plan(tmp_path / "alone.csv", {"key": COLUMNS["words"], name: COLUMNS[name]})
    at = list(COLUMNS).index(name)
    one, other = among.tables[0].columns[at], alone.tables[0].columns[1]
    assert (one.type, one.format, one.nulls) == (other.type, other.format, other.nulls)
    seen, again = among.findings[0].columns[at], alone.findings[0].columns[1]
    assert (seen.invalid, seen.first_invalid_line) == (
        again.invalid,
        again.first_invalid_line,
    )
    assert (seen.nulls, seen.examples) == (again.nulls, again.examples)
    assert seen.warnings == again.warnings


def test_a_thousand_columns_are_each_of_their_own_type(tmp_path: Path) -> None:
    names = [name for name in COLUMNS if name != "codes"]
    wide = {f"{name}_{at}": COLUMNS[name] for at in range(62) for name in names}
    made = plan(tmp_path / "wide.csv", wide).tables[0].columns
    types = [column.type for column in made]
    assert types == types[: len(names)] * 62
    assert set(types) >= {"date", "timestamp", "bigint", "numeric", "double", "boolean"}


def test_rows_of_many_batches_are_counted_with_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = 400_000
    lines = [f"{at},{DAYS[at % 120]},{at % 9}.5\n" for at in range(rows)]
    lines[rows // 2] = "soon,2024-02-30,1.5\n"
    lines[rows - 1] = "later,2024-01-01,\n"
    path.write_text("id,day,price\n" + "".join(lines))
    (findings,) = make_plan([PlannedFile("f1", path, "a.csv")]).findings
    assert (findings.rows, findings.rows_exact) == (rows, True)
    found = [(one.invalid, one.first_invalid_line) for one in findings.columns]
    assert found == [(2, rows // 2 + 2), (1, rows // 2 + 2), (0, None)]
    assert findings.columns[2].nulls == 1


def test_the_first_value_that_tells_is_the_example(tmp_path: Path) -> None:
    hours = [f"{at}:15:00" for at in range(40)]
    made = plan(tmp_path / "a.csv", {"key": [str(at) for at in range(40)], "h": hours})
    (warning,) = made.findings[0].columns[1].warnings
    assert (warning.code, warning.example) == ("durations", "24:15:00")


def test_questions_that_are_alike_are_one_call() -> None:
    calls: list[int] = []

    def is_long(texts: pl.Series, least: int) -> pl.Series:
        calls.append(len(texts))
        return texts.str.len_bytes() >= least

    def asking(texts: list[str]) -> Asking[list[bool]]:
        series = pl.Series(texts, dtype=pl.String)
        (few,) = yield (Question(series, is_long, (2,)),)
        (many,) = yield (Question(series.filter(few), is_long, (4,)),)
        return [*few, *many]

    found = answered([asking(["a", "bcd"]), asking([]), asking(["abcd"])])
    assert found == [[False, True, False], [], [True, True]]
    assert calls == [3, 2]


@pytest.mark.parametrize("height", [9, 9_000])
def test_different_texts_are_counted_in_the_order_of_their_rows(height: int) -> None:
    texts = [None if at % 9 == 4 else f"t{at % 9}" for at in range(height)]
    values = pl.Series(texts, dtype=pl.String)
    first, second = different([values, values.reverse()])
    kept = [0, 1, 2, 3, 5, 6, 7, 8]
    assert first.texts.to_list() == [f"t{at}" for at in kept]
    assert first.rows.to_list() == kept
    assert first.counts.to_list() == [height // 9] * 8
    assert second.texts.to_list() == [f"t{8 - at}" for at in kept]


def test_of_rejected_rows_the_first_lines_of_all_batches_are_told() -> None:
    rejected = Rejected()
    for start in (900, 100, 500):
        rejected.see(
            [
                Reject(line=start + at, column=None, value="", reason="r", message="m")
                for at in range(50)
            ]
        )
    (warning,) = rejected.warnings()
    assert rejected.rows == 150
    assert "150 rows" in warning.message
    assert "lines 100, 101, 102, 103, 104, …" in warning.message


def test_dates_that_are_written_alike_have_the_same_forms() -> None:
    window = date(2046, 12, 31)
    assert forms_of(["05.12.2024"], window) == forms_of(["31.01.1987"], window)
    assert forms_of(["5. März 2024"], window) == [("date", "%d. %b %Y;months=de")]
