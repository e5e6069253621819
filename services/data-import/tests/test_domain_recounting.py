"""What is found in a new file by the types of an earlier import."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnFindings, Plan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.planning.recounting import recounted


def again(path: Path, text: str, **said: Any) -> tuple[ColumnFindings, Plan]:
    """The first column with what an import before has ``said`` of it; and the plan of
    the file itself."""
    path.write_text(text)
    files = [PlannedFile("f1", path, path.name)]
    proposed = make_plan(files)
    (table,) = proposed.tables
    columns = [replace(table.columns[0], **said), *table.columns[1:]]
    plan = replace(proposed, tables=[replace(table, columns=columns)])
    return recounted(files, proposed, plan).findings[0].columns[0], proposed


def codes(findings: ColumnFindings) -> list[str]:
    return [one.code for one in findings.warnings]


def test_warnings_of_a_format_are_of_that_format_alone(tmp_path: Path) -> None:
    text = "day,n\n05.01.24,1\n06.02.24,2\n"
    same, proposed = again(tmp_path / "a.csv", text, name="on")
    other, _ = again(tmp_path / "a.csv", text, format="%m.%d.%y;until=2046-12-31")

    assert codes(same) == ["ambiguous_dates", "two_digit_years"]
    assert same == proposed.findings[0].columns[0]
    assert codes(other) == []


def test_nulls_that_are_none_by_the_earlier_plan_are_not_said_to_be(
    tmp_path: Path,
) -> None:
    text = "note,n\nx y,1\n\\N,2\n"
    findings, proposed = again(tmp_path / "a.csv", text, nulls=[""])

    assert codes(proposed.findings[0].columns[0]) == ["dumped_nulls"]
    assert (codes(findings), findings.nulls) == ([], 0)


def test_bad_values_that_become_null_are_counted_as_bad_ones(tmp_path: Path) -> None:
    text = "n,m\n1,1\nx,2\n,3\ny,4\n"
    findings, _ = again(tmp_path / "a.csv", text, type="bigint", on_bad_value="null")

    assert (findings.invalid, findings.nulls) == (2, 1)
    assert findings.first_invalid_line == 3
    assert codes(findings) == ["remembered_type"]
