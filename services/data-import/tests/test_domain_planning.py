"""Plans: what a file is, and what its columns are."""

import gzip
import pickle
import zipfile
from pathlib import Path

import pytest

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan, Dialect, Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.errors import (
    Damaged,
    InvalidSource,
    NotATable,
    TooLarge,
)
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table


def plan(
    tmp_path: Path,
    content: bytes | str,
    name: str = "a.csv",
    hint: Dialect | None = None,
) -> Plan:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return make_plan([PlannedFile("f1", path, name)], hint)


def column(tmp_path: Path, *values: str) -> tuple[ColumnPlan, ColumnFindings]:
    """The plan of one column beside another, whose values are these."""
    rows = "".join(f"{at};{value}\n" for at, value in enumerate(values))
    made = plan(tmp_path, "key;value\n" + rows)
    return made.tables[0].columns[1], made.findings[0].columns[1]


def codes(findings: ColumnFindings) -> set[str]:
    return {warning.code for warning in findings.warnings}


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "-2", "+3"], "bigint"),
        (["0", "1", "0", "1"], "bigint"),
        (["true", "FALSE", "True"], "boolean"),
        (["Y", "N", "Y"], "boolean"),
        (["Y", "Y"], "text"),
        (["1.50", "2", "3.125"], "numeric"),
        (["1e3", "2.5e-7"], "double"),
        (["0.15253756332911514", "1.1481722974217573"], "double"),
        (["2024-01-31", "0001-01-01", "9999-12-31"], "date"),
        (["31/01/2024", "01/02/2024"], "date"),
        (["2024年1月31日", "2024年12月1日"], "date"),
        (["08:30", "23:59:59"], "time"),
        (["2024-01-31 08:30:00", "2024-02-01T09:00:00.5"], "timestamp"),
        (["31/01/2024 08:30", "01/02/2024 09:00"], "timestamp"),
        (["2024-01-31T08:30:00Z", "2024-01-31T08:30:00+08:00"], "timestamptz"),
        (["x", "1"], "text"),
        (["", ""], "text"),
        (["+8613800138000", "+4915112345678"], "text"),
        (["12345678901234567", "12345678901234568"], "text"),
    ],
)
def test_a_type_is_found_that_all_values_fit(
    tmp_path: Path, values: list[str], type_: str
) -> None:
    found, findings = column(tmp_path, *values)
    assert found.type == type_
    assert findings.invalid == 0


def test_a_numeric_has_the_scale_of_its_longest_value(tmp_path: Path) -> None:
    found, _ = column(tmp_path, "1.5", "20.125", "3")
    assert (found.type, found.scale) == ("numeric", 3)


def test_types_come_from_the_whole_file(tmp_path: Path) -> None:
    late = ["1"] * 60_000 + ["1.25"]
    assert column(tmp_path, *late)[0].type == "numeric"
    late = ["2024-01-01"] * 60_000 + ["2024-01-01 10:00:00"] * 2_000
    assert column(tmp_path, *late)[0].type == "timestamp"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("007", "leading_zeros"),
        ("1234567890123456", "long_numbers"),
        ("+8613800138000", "phone_numbers"),
    ],
)
def test_numbers_that_are_names_stay_text_with_a_warning(
    tmp_path: Path, value: str, code: str
) -> None:
    found, findings = column(tmp_path, "12", value, "15")
    assert found.type == "text"
    assert [(one.code, one.example) for one in findings.warnings] == [(code, value)]


@pytest.mark.parametrize("header", ["SKU", "Phone", "手机号", "postal code"])
def test_a_header_that_names_codes_keeps_them_text(tmp_path: Path, header: str) -> None:
    made = plan(tmp_path, f"id,{header}\n1,13800138000\n2,13800138001\n")
    assert [one.type for one in made.tables[0].columns] == ["bigint", "text"]
    assert codes(made.findings[0].columns[1]) == {"codes"}


def test_dates_that_can_be_read_both_ways_are_said_and_the_choice_too(
    tmp_path: Path,
) -> None:
    found, findings = column(tmp_path, "01/02/2024", "03/04/2024")
    assert (found.type, found.format) == ("date", "%d/%m/%Y")
    (warning,) = findings.warnings
    assert warning.code == "ambiguous_dates"
    assert "%d/%m/%Y" in warning.message and "%m/%d/%Y" in warning.message


def test_one_date_decides_between_day_and_month(tmp_path: Path) -> None:
    found, findings = column(tmp_path, "01/02/2024", "03/14/2024")
    assert (found.format, codes(findings)) == ("%m/%d/%Y", set())


def test_words_for_null_count_only_where_the_rest_is_typed(tmp_path: Path) -> None:
    found, findings = column(tmp_path, "1", "NA", "", "\\N", "3", "-")
    assert (found.type, findings.nulls, findings.invalid) == ("bigint", 4, 0)
    assert set(found.nulls) == {"", "NA", "\\N", "-"}
    found, findings = column(tmp_path, "x", "NA", "", "y")
    assert (found.type, found.nulls, findings.nulls) == ("text", [""], 1)


@pytest.mark.parametrize("count", [1, 60_000])
def test_null_as_databases_dump_it_is_null_in_text_too(
    tmp_path: Path, count: int
) -> None:
    found, findings = column(tmp_path, *["x y"] * count, "\\N", "z")
    assert (found.type, found.nulls, findings.nulls) == ("text", ["", "\\N"], 1)
    assert codes(findings) == {"dumped_nulls"}
    assert column(tmp_path, "C:\\New", "\\N2")[0].nulls == [""]


def test_few_values_that_do_not_fit_are_counted_with_their_first_line(
    tmp_path: Path,
) -> None:
    values = ["5"] * 150 + ["five"] + ["6"] * 50 + ["six"]
    found, findings = column(tmp_path, *values)
    assert (found.type, findings.invalid) == ("bigint", 2)
    assert findings.first_invalid_line == 152
    assert codes(findings) == {"mixed_types"}


def test_many_values_that_do_not_fit_make_text(tmp_path: Path) -> None:
    found, findings = column(tmp_path, *["5"] * 80, *["five"] * 20)
    assert (found.type, findings.invalid) == ("text", 0)
    assert codes(findings) == {"mixed_types"}


def test_what_a_plan_counts_as_invalid_is_what_the_import_rejects(
    tmp_path: Path,
) -> None:
    days = ["2024-01-31"] * 300 + ["2024-02-30", "soon", " 2024-03-01 ", ""]
    prices = ["1.25"] * 300 + ["1,25", "", "1e2", "NA"]
    rows = "".join(f'"{a}","{b}"\n' for a, b in zip(days, prices, strict=True))
    made = plan(tmp_path, "day,price\n" + rows)
    (table,), (findings,) = made.tables, made.findings
    rejected = dict.fromkeys(["day", "price"], 0)
    for batch in read_table(tmp_path / "a.csv", table):
        reasons = cast_batch(batch.frame, table.columns, table.dialect).reasons
        for name, why in reasons.items():
            rejected[name] += int(why.is_not_null().sum())
    assert [one.invalid for one in findings.columns] == list(rejected.values())
    assert findings.columns[0].invalid == 2


def test_a_nul_byte_makes_a_value_of_text_invalid(tmp_path: Path) -> None:
    found, findings = column(tmp_path, "x", "y\0", "z")
    assert (found.type, findings.invalid, findings.first_invalid_line) == ("text", 1, 3)


def test_a_decimal_comma_is_found_where_no_point_is_meant(tmp_path: Path) -> None:
    made = plan(tmp_path, "a;b\n1.234,5;7\n0,25;8\n")
    (table,) = made.tables
    assert table.dialect.decimal_comma
    assert [(one.type, one.scale) for one in table.columns] == [
        ("numeric", 2),
        ("bigint", None),
    ]
    assert made.findings[0].first_rows[0][0] in ("1234.5", "1234.50")


def test_naive_times_are_pointed_out(tmp_path: Path) -> None:
    assert codes(column(tmp_path, "2024-01-31 08:30:00")[1]) == {"naive_times"}


def test_first_rows_are_shown_as_they_would_load(tmp_path: Path) -> None:
    content = "id,day,ok\n1,31/12/2024,TRUE\n2,,false\nx\n" + "3,30/12/2024,true\n" * 99
    (findings,) = plan(tmp_path, content).findings
    assert findings.first_rows[:2] == [
        ["1", "2024-12-31", "true"],
        ["2", None, "false"],
    ]
    assert (findings.rows, findings.ragged, findings.rows_exact) == (102, 1, True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "\x01", "\x1f", "~", "^"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "note", "n"], ["x", '"a,b;c|d"', "1"], ["y", "z", "2"]]
    content = "\n".join(delimiter.join(row) for row in rows)
    (table,) = plan(tmp_path, content).tables
    assert table.dialect.delimiter == delimiter
    assert [one.name for one in table.columns] == ["name", "note", "n"]


def test_single_quotes_are_found(tmp_path: Path) -> None:
    content = "a,b\n" + "'x,y','z'\n" * 10
    (table,) = plan(tmp_path, content).tables
    assert table.dialect.quote == "'"
    assert len(table.columns) == 2


@pytest.mark.parametrize(
    ("content", "row", "headers"),
    [
        ("a,b\n1,2\n", 1, ["a", "b"]),
        ("name,city\nx,y\nz,w\n", 1, ["name", "city"]),
        ("Orders of May\n\na,b,c\n1,2,3\n4,5,6\n", 3, ["a", "b", "c"]),
        ("Orders of May,,\na,b,c\n1,2,3\n4,5,6\n", 2, ["a", "b", "c"]),
        ("1,x\n2,y\n3,x\n", None, ["", ""]),
        ("2024-01-01,1\n2024-01-02,2\n", None, ["", ""]),
        ("a,a,\n1,2,3\n", 1, ["a", "a", ""]),
    ],
)
def test_the_row_with_the_names_is_found(
    tmp_path: Path, content: str, row: int | None, headers: list[str]
) -> None:
    (table,) = plan(tmp_path, content).tables
    assert table.dialect.header_row == row
    assert [one.header for one in table.columns] == headers


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, codec: str, encoding: str) -> None:
    text = "order id,city,customer name\n" + "1,东莞,张伟\n2,深圳,李娜\n" * 5
    made = plan(tmp_path, text.encode(codec))
    assert made.tables[0].dialect.encoding == encoding
    assert made.findings[0].first_rows[0] == ["1", "东莞", "张伟"]


def test_latin_1_is_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "id,name\n1,Müller\n2,José García\n3,Bäcker\n4,100 €\n"
    made = plan(tmp_path, text.encode("cp1252"))
    assert made.tables[0].dialect.encoding == "latin-1"
    assert [row[1] for row in made.findings[0].first_rows] == [
        "Müller",
        "José García",
        "Bäcker",
        "100 €",
    ]


def test_the_last_bytes_of_a_long_file_decide_its_encoding(tmp_path: Path) -> None:
    content = b"id,name\n" + b"1,plain\n" * 700_000 + "2,Müller\n".encode("latin-1")
    made = plan(tmp_path, content)
    assert made.tables[0].dialect.encoding == "latin-1"
    assert made.findings[0].rows == 700_001


def test_a_few_bad_bytes_do_not_make_a_file_latin_1(tmp_path: Path) -> None:
    content = "id,city\n" + "1,Zürich\n2,東京\n" * 50
    made = plan(tmp_path, content.encode() + b"3,\xff\n4,x\n")
    (table,), (findings,) = made.tables, made.findings
    assert table.dialect.encoding == "utf-8"
    assert (findings.rows, findings.ragged) == (102, 1)
    assert [one.code for one in findings.warnings] == ["bad_encoding"]


def test_a_hint_overrides_what_the_file_looks_like(tmp_path: Path) -> None:
    hint = Dialect(delimiter=";", header_row=None)
    (table,) = plan(tmp_path, "a,b;c\n1,2;3\n", hint=hint).tables
    assert [one.header for one in table.columns] == ["", ""]
    assert table.dialect.delimiter == ";"


def test_members_of_a_zip_are_tables_and_gzip_is_seen_through(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("in/orders.csv", "a,b\n1,2\n")
        packed.writestr("__MACOSX/._orders.csv", "junk")
        packed.writestr("people.tsv", "name\tage\nx\t3\n")
    made = make_plan([PlannedFile("f1", tmp_path / "a.zip", "a.zip")])
    assert [(one.table, one.member) for one in made.tables] == [
        ("orders", "in/orders.csv"),
        ("people", "people.tsv"),
    ]
    packed_again = gzip.compress(b"a,b\n1,2\n")
    (table,) = plan(tmp_path, packed_again, "my data.csv.gz").tables
    assert (table.table, table.file_id) == ("my_data", "f1")


def test_what_is_no_table_in_a_zip_is_left_out_and_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("manual.pdf", b"%PDF-1.7 x")
        packed.writestr("a.csv", "a,b\n1,2\n")
        packed.writestr("b.csv", "a,b\n1,2\n")
    made = make_plan([PlannedFile("f1", tmp_path / "a.zip", "a.zip")])
    assert [one.table for one in made.tables] == ["a", "b"]
    first, second = made.findings
    assert [one.code for one in first.warnings] == ["left_out"]
    assert "manual.pdf" in first.warnings[0].message
    assert not second.warnings


def test_of_many_files_the_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("k,v\n1,2\n")
    (tmp_path / "2").write_bytes(b"%PDF-1.7 x")
    files = [PlannedFile(at, tmp_path / at, f"{at}.csv") for at in ("1", "2")]
    with pytest.raises(NotATable) as refused:
        make_plan(files)
    assert refused.value.where == "2.csv"


def test_a_refusal_leaves_the_child_process_whole(tmp_path: Path) -> None:
    with pytest.raises(NotATable) as refused:
        plan(tmp_path, b"")
    copy = pickle.loads(pickle.dumps(refused.value))
    assert isinstance(copy, NotATable)
    assert (copy.code, str(copy)) == ("data_import.empty", str(refused.value))


def test_tables_of_many_files_have_different_names(tmp_path: Path) -> None:
    files = []
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "a.csv"
        path.write_text("k,v\n1,2\n")
        files.append(PlannedFile(folder, path, "a.csv"))
    made = make_plan(files)
    assert [(one.table, one.file_id) for one in made.tables] == [
        ("a", "x"),
        ("a_2", "y"),
    ]


def test_out_of_time_a_plan_says_that_it_has_not_seen_all(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 4_000_000)
    (findings,) = make_plan([PlannedFile("f", path, "a.csv")], seconds=0.0).findings
    assert not findings.rows_exact
    assert 0 < findings.rows < 4_000_000


@pytest.mark.parametrize(
    ("name", "content", "kind", "code", "words"),
    [
        ("a.csv", b"", NotATable, "empty", "is empty"),
        ("a.csv", b" \n\n", NotATable, "empty", "blanks"),
        ("a.xlsx", b"%PDF-1.7 x", NotATable, "not_a_table", "a PDF"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), NotATable, "not_a_table", "PNG"),
        ("a.csv", bytes(range(256)) * 9, NotATable, "not_a_table", "binary"),
        ("a.xls", b"<html><table></table>", NotATable, "not_a_table", "HTML"),
        ("a.json", b"[[1], [2]]", NotATable, "not_a_table", "JSON list"),
        ("a.xlsx", b"PK\x03\x04" + bytes(99), Damaged, "damaged", "cut off"),
        ("a.parquet", b"PAR1" + bytes(99), Damaged, "damaged", "Parquet"),
        ("a.arrow", b"ARROW1\0\0" + bytes(99), Damaged, "damaged", "Arrow"),
        ("a.csv", b",".join([b"x"] * 1700), TooLarge, "too_many_columns", "1,700"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_it_is(
    tmp_path: Path,
    name: str,
    content: bytes,
    kind: type[InvalidSource],
    code: str,
    words: str,
) -> None:
    with pytest.raises(kind, match=words) as refused:
        plan(tmp_path, content, name)
    assert refused.value.code == f"data_import.{code}"
