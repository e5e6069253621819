"""Files of every form are read as a person reads them, and the plan says how."""

import json
import random
from pathlib import Path

import pytest

from onemanage.contracts.imports.plans import Decision, Dialect, Plan, TableFindings
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table

from .form_files import Kind
from .form_kinds import KINDS

_SEEDS = 5


def plan(
    path: Path, data: bytes | str, hint: Dialect | None = None, *said: str
) -> Plan:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return make_plan([PlannedFile("f", path, path.name)], hint, said or None)


def loaded(path: Path, made: Plan) -> tuple[list[list[str]], list[tuple[int, str]]]:
    """Rows with "" for nothing, and lines and reasons of the rejects."""
    rows: list[list[str]] = []
    rejects: list[tuple[int, str]] = []
    for batch in read_table(path, made.tables[0]):
        rows += [[cell or "" for cell in row] for row in batch.frame.rows()]
        rejects += [(one.line, one.reason) for one in batch.rejects]
    return rows, rejects


def codes(findings: TableFindings) -> set[str]:
    return {one.code for one in findings.warnings}


def decision(made: Plan, about: str) -> Decision:
    return next(one for one in made.findings[0].decisions if one.about == about)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_made_files_of_every_form_are_read_as_they_were_meant(
    tmp_path: Path, kind: Kind
) -> None:
    for seed in range(_SEEDS):
        file = kind.make(random.Random(f"{kind.name} {seed}"))
        path = tmp_path / file.name
        made = plan(path, file.data)
        rows, rejects = loaded(path, made)
        assert [one.header for one in made.tables[0].columns] == file.names
        assert rows == file.rows
        assert len(rejects) == file.rejected


def test_every_decision_says_what_was_seen_how_sure_and_what_else(
    tmp_path: Path,
) -> None:
    made = plan(tmp_path / "a.csv", "id;amount\n1;2,5\n2;3,5\n")
    found = {one.about: one for one in made.findings[0].decisions}
    dialect = made.tables[0].dialect
    for about, one in found.items():
        chosen = getattr(dialect, about.removeprefix("dialect."))
        assert json.loads(one.chosen) == chosen
        assert one.seen
        assert one.sure == "certain"
    assert found["dialect.delimiter"].seen == "3 of 3 rows have 2 fields."
    assert found["dialect.header_row"].instead == ["null"]


def test_what_the_user_says_is_no_decision_of_ours(tmp_path: Path) -> None:
    text = "a,b,c\n1,2,\n3,4\n5,6\n"
    hint = Dialect(short_rows="reject")
    made = plan(tmp_path / "a.csv", text, hint, "short_rows")
    assert made.tables[0].dialect.short_rows == "reject"
    assert decision(made, "dialect.short_rows").sure == "said"
    assert loaded(tmp_path / "a.csv", made)[1] == [
        (3, "too_few_fields"),
        (4, "too_few_fields"),
    ]


def test_short_rows_are_filled_where_many_are_and_the_plan_counts_them(
    tmp_path: Path,
) -> None:
    lines = [f"{at},x{',y' * (at % 3 > 0)}" for at in range(300)]
    made = plan(tmp_path / "a.csv", "\n".join(["id,name,note", *lines]))
    assert made.tables[0].dialect.short_rows == "fill"
    (told,) = [one for one in made.findings[0].warnings if one.code == "short_rows"]
    assert told.message.startswith("100 rows have fewer fields")
    assert "line 2." in told.message
    assert made.findings[0].ragged == 0
    rows, rejects = loaded(tmp_path / "a.csv", made)
    assert rows[:2] == [["0", "x", ""], ["1", "x", "y"]]
    assert not rejects


@pytest.mark.parametrize(
    "lines",
    [
        ["1,x,2024-01-01", "2,2024-01-02", "3,2024-01-03", "4,y,2024-01-04"],
        ["1,x,2024-01-01"] * 60 + ["2,y"] * 2,
        ["1,x,2024-01-01", "2,y,2024-01-02", "3,z"],
    ],
    ids=["a field lacks in the middle", "few of many", "one"],
)
def test_short_rows_are_rejected_where_they_are_no_habit(
    tmp_path: Path, lines: list[str]
) -> None:
    made = plan(tmp_path / "a.csv", "\n".join(["id,name,day", *lines]))
    assert made.tables[0].dialect.short_rows == "reject"
    assert {why for _, why in loaded(tmp_path / "a.csv", made)[1]} == {"too_few_fields"}


def test_remarks_below_a_table_are_never_filled_up(tmp_path: Path) -> None:
    lines = [f"{at},x{',y' * (at % 2)}" for at in range(20)]
    text = "\n".join(["id,name,note", *lines, "Source: our own count"])
    made = plan(tmp_path / "a.csv", text)
    assert made.tables[0].dialect.short_rows == "fill"
    assert loaded(tmp_path / "a.csv", made)[1] == [(22, "too_few_fields")]


def test_a_value_beyond_the_last_column_is_never_left_out(tmp_path: Path) -> None:
    text = "id,name\n" + "1,x,\n" * 50 + "2,y,lost?\n3,z,,\n"
    made = plan(tmp_path / "a.csv", text)
    assert made.tables[0].dialect.long_rows == "trim"
    assert "long_rows" in codes(made.findings[0])
    rows, rejects = loaded(tmp_path / "a.csv", made)
    assert rows == [["1", "x"]] * 50 + [["3", "z"]]
    assert rejects == [(52, "too_many_fields")]


def test_a_last_column_without_a_name_stays_where_it_has_values(
    tmp_path: Path,
) -> None:
    text = "id,name\n" + "1,x,\n" * 5 + "2,y,note\n" * 5
    made = plan(tmp_path / "a.csv", text)
    assert [one.header for one in made.tables[0].columns] == ["id", "name", ""]
    assert "unnamed_columns" in codes(made.findings[0])


def test_names_are_those_of_the_next_columns_where_rows_begin_with_theirs(
    tmp_path: Path,
) -> None:
    made = plan(tmp_path / "a.csv", '"mpg","cyl"\n"Mazda",21.5,6\n"Volvo",30.1,4\n')
    assert [one.header for one in made.tables[0].columns] == ["", "mpg", "cyl"]
    assert "unnamed_columns" in codes(made.findings[0])


def test_what_a_program_writes_about_the_file_is_not_taken_for_names(
    tmp_path: Path,
) -> None:
    booked = '"EXTF";700;21;"Buchungsstapel";13;;"RE";1001;456;"Jan"'
    rows = "".join(f'{at},50;"S";{at};"Text {at}"\n' for at in range(1, 20))
    made = plan(tmp_path / "a.csv", f'{booked}\nUmsatz;"S/H";Konto;Text\n{rows}')
    assert made.tables[0].dialect.header_row == 2
    assert [one.header for one in made.tables[0].columns][:2] == ["Umsatz", "S/H"]

    head = (
        "User: USER,Path: C:\\Data,Test ID: 12\nName: X,Date: 05/01/2024,Time: 15:07\n"
    )
    rows = "".join(f"A{at},Blank,0.{at}\n" for at in range(1, 20))
    made = plan(tmp_path / "b.csv", f"{head}Absorbance\n\nWell,Content,Raw\n{rows}")
    assert made.tables[0].dialect.header_row == 5


def test_a_row_of_years_above_years_is_data(tmp_path: Path) -> None:
    made = plan(tmp_path / "a.csv", "Ohio,2019\nTexas,2020\nIowa,2021\nUtah,2022\n")
    assert made.tables[0].dialect.header_row is None
    assert codes(made.findings[0]) == {"no_header"}


def test_one_year_for_a_name_is_taken_and_said(tmp_path: Path) -> None:
    made = plan(tmp_path / "a.csv", "state,2022\nOhio,5\nTexas,71\nIowa,12\n")
    assert [one.header for one in made.tables[0].columns] == ["state", "2022"]
    assert codes(made.findings[0]) == {"header_unsure"}
    found = decision(made, "dialect.header_row")
    assert (found.sure, found.instead) == ("unsure", ["null"])


def test_groups_above_names_are_put_before_them_and_said(tmp_path: Path) -> None:
    text = ",Sales,,Costs,\nregion,2023,2024,2023,2024\nNorth,1,2,3,4\nSouth,5,6,7,8\n"
    made = plan(tmp_path / "a.csv", text)
    assert [one.header for one in made.tables[0].columns][1:4] == [
        *("Sales 2023", "Sales 2024", "Costs 2023"),
    ]
    assert codes(made.findings[0]) == {"two_header_rows"}


def test_of_two_rows_of_names_the_lower_is_taken_and_that_is_said(
    tmp_path: Path,
) -> None:
    text = "number,pieces,euros\nid,qty,amount\n1,5,2.50\n2,7,3.25\n"
    made = plan(tmp_path / "a.csv", text)
    assert [one.header for one in made.tables[0].columns] == ["id", "qty", "amount"]
    assert "two_header_rows" in codes(made.findings[0])


def test_no_row_of_data_is_taken_for_names_because_a_word_stands_in_it(
    tmp_path: Path,
) -> None:
    text = "name,amount\nBob,unknown\nAnn,5\nEve,7\nDan,9\n"
    made = plan(tmp_path / "a.csv", text)
    assert made.tables[0].dialect.header_row == 1
    assert len(loaded(tmp_path / "a.csv", made)[0]) == 4


@pytest.mark.parametrize(
    "text",
    [
        "amount;day\n1,5;2024-01-01\n2,5;2024-01-02\n",
        "amount;n\n1,881;1\n2,554;2\n",
    ],
)
def test_a_decimal_sign_that_was_said_is_not_overridden(
    tmp_path: Path, text: str
) -> None:
    made = plan(tmp_path / "a.csv", text, Dialect(decimal_comma=False), "decimal_comma")
    assert made.tables[0].dialect.decimal_comma is False
    assert decision(made, "dialect.decimal_comma").sure == "said"
    told = {one.code for one in made.findings[0].columns[0].warnings}
    assert told & {"other_decimal_sign", "ambiguous_numbers"}


def test_two_delimiters_that_would_both_do_are_said(tmp_path: Path) -> None:
    text = "a,b;c\n" + "x,y;z\n" * 10
    made = plan(tmp_path / "a.csv", text)
    assert "delimiter_unsure" in codes(made.findings[0])
    found = decision(made, "dialect.delimiter")
    assert found.sure == "unsure" and len(found.instead) == 1


def test_nul_characters_leave_the_names(tmp_path: Path) -> None:
    made = plan(tmp_path / "a.csv", b"i\0d,name\n1,x\n2,y\0\n")
    assert [one.header for one in made.tables[0].columns] == ["id", "name"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"data": [{"a": 1}, {"a": 2}]}', ["1", "2"]),
        ('\n{"data":\n[{"a": 1},\n{"a": 2}\n]\n}\n', ["1", "2"]),
        (
            '{"count": 2, "next": null, "meta": {"x": [{}]}, "results":'
            ' [{"a": 1}, {"a": 2}], "more": [1]}',
            ["1", "2"],
        ),
        ('\ufeff{"rows": [{"a": "]}"}], "total": 1}', ["]}"]),
    ],
)
def test_rows_within_one_object_are_found(
    tmp_path: Path, text: str, rows: list[str]
) -> None:
    made = plan(tmp_path / "a.json", text)
    assert loaded(tmp_path / "a.json", made) == ([[one] for one in rows], [])
    assert codes(made.findings[0]) == {"wrapped_rows"}


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "lines": [{"a": 1}, {"a": 2}]}',
        '{"data": [{"a": 1}]}\n{"data": [{"a": 2}]}\n',
        '{"a": 1, "b": [{"c": 1}], "data": [{"d": 1}]}',
    ],
)
def test_rows_that_have_lists_stay_rows(tmp_path: Path, text: str) -> None:
    made = plan(tmp_path / "a.json", text)
    assert len(loaded(tmp_path / "a.json", made)[0]) == text.count("\n") or 1
    assert not codes(made.findings[0])


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ('"A list"\n"when","what"\n"28.06.2022 23:14:47 UTC","sold"\n' * 2, ",", 2),
        ("key\tday\n1\tSun, 05 Jan 2020\n2\tMon, 06 Jan 2020\n", "\t", 2),
        ("26/09/2019;loja;-8,50\n27/09/2019;taxa;-1,25\n" * 3, ";", 3),
    ],
)
def test_commas_within_days_and_numbers_part_nothing(
    tmp_path: Path, text: str, delimiter: str, width: int
) -> None:
    (table,) = plan(tmp_path / "a.csv", text).tables
    assert (table.dialect.delimiter, len(table.columns)) == (delimiter, width)


def test_signs_before_names_stay_where_all_have_them(tmp_path: Path) -> None:
    text = "# a list\n#id;#day\n1;2024-01-05\n2;2024-01-06\n"
    made = plan(tmp_path / "a.csv", text)
    assert [one.header for one in made.tables[0].columns] == ["#id", "#day"]
    made = plan(tmp_path / "a.csv", text.replace(";#day", ";day"))
    assert [one.header for one in made.tables[0].columns] == ["id", "day"]
