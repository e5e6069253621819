"""Dates, times of the day and lengths of time of workbooks are what a person sees."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table


def imported(path: Path) -> tuple[ColumnPlan, ColumnFindings, list[str]]:
    """The first column: plan, findings, and its values as text."""
    made = make_plan([PlannedFile("f", path, path.name)])
    table = made.tables[0]
    values: list[str] = []
    for batch in read_table(path, table):
        assert not batch.rejects
        frame = cast_batch(batch.frame, table.columns, table.dialect).frame
        values += [str(value) for value in frame.to_series(0)]
    return table.columns[0], made.findings[0].columns[0], values


def book(path: Path, form: str | int, *values: float, **options: Any) -> Path:
    with Workbook(path, options) as made:
        sheet = made.add_worksheet("S")
        sheet.write(0, 0, "value")
        for row, value in enumerate(values, 1):
            sheet.write_number(row, 0, value, made.add_format({"num_format": form}))
    return path


@pytest.mark.parametrize("form", ["[h]:mm:ss", "[hh]:mm", "[mm]:ss", "[Red][h]:mm", 46])
def test_lengths_of_time_are_those_that_excel_shows(
    tmp_path: Path, form: str | int
) -> None:
    path = book(tmp_path / "a.xlsx", form, 25.5 / 24, -0.5, 0.25)
    column, findings, values = imported(path)
    assert (column.type, values) == ("text", ["25:30:00", "-12:00:00", "06:00:00"])
    assert [one.code for one in findings.warnings] == ["durations"]


def test_a_bracket_in_quotes_makes_no_length_of_time(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", 'yyyy-mm-dd "[h]"', 43831, 43832)
    assert imported(path)[2] == ["2020-01-01", "2020-01-02"]


@pytest.mark.parametrize("form", [27, 31, 36, 50, 58])
def test_built_in_dates_of_east_asian_excel_are_dates(
    tmp_path: Path, form: int
) -> None:
    column, _, values = imported(book(tmp_path / "a.xlsx", form, 43831, 43832))
    assert (column.type, values) == ("date", ["2020-01-01", "2020-01-02"])


def test_a_format_that_the_file_declares_wins_over_the_built_in_one(
    tmp_path: Path,
) -> None:
    made = book(tmp_path / "made.xlsx", 31, 43831, 43832)
    path = tmp_path / "a.xlsx"
    own = (
        b'<numFmts count="1"><numFmt numFmtId="31" formatCode="0.00"/></numFmts><fonts'
    )
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/styles.xml":
                data = data.replace(b"<fonts", own, 1)
            target.writestr(name, data)
    column, _, values = imported(path)
    assert (column.type, values) == ("bigint", ["43831", "43832"])


def test_the_first_of_january_1904_is_a_day_like_others(tmp_path: Path) -> None:
    days = datetime(1903, 5, 1), datetime(1904, 1, 1), datetime(1950, 1, 1)
    serials = [float((day - datetime(1899, 12, 30)).days) for day in days]
    column, _, values = imported(book(tmp_path / "a.xlsx", "yyyy-mm-dd", *serials))
    assert column.type == "date"
    assert values == ["1903-05-01", "1904-01-01", "1950-01-01"]


@pytest.mark.parametrize("is_1904", [False, True])
def test_times_of_the_day_have_no_day(tmp_path: Path, is_1904: bool) -> None:
    path = book(tmp_path / "a.xlsx", "hh:mm", 0.25, 0.75, date_1904=is_1904)
    column, _, values = imported(path)
    assert (column.type, values) == ("time", ["06:00:00", "18:00:00"])


def test_a_time_before_the_first_day_is_no_time_of_the_day(tmp_path: Path) -> None:
    column, _, values = imported(book(tmp_path / "a.xlsx", "hh:mm", -0.5, 0.5))
    assert column.type != "time" and "1899-12-30" in values[0]


_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="S">%s</table:table>
</office:spreadsheet></office:body></office:document-content>"""
_ODS_HEADER = (
    '<table:table-row><table:table-cell office:value-type="string">'
    "<text:p>value</text:p></table:table-cell></table:table-row>"
)
_ODS_ROW = (
    '<table:table-row><table:table-cell office:value-type="time" '
    'office:time-value="%s"><text:p>shown</text:p></table:table-cell></table:table-row>'
)


def ods(path: Path, *times: str) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    rows = "".join(_ODS_ROW % one for one in times)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", kind)
        made.writestr("content.xml", _ODS % (_ODS_HEADER + rows))
        made.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            f'manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return path


def test_times_of_ods_are_of_the_day_or_lengths(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", "PT08H30M00S", "PT17H05M09S")
    column, _, values = imported(path)
    assert (column.type, values) == ("time", ["08:30:00", "17:05:09"])
    path = ods(tmp_path / "b.ods", "PT36H00M00S", "-PT00H30M00S")
    column, findings, values = imported(path)
    assert (column.type, values) == ("text", ["36:00:00", "-00:30:00"])
    assert [one.code for one in findings.warnings] == ["durations"]
