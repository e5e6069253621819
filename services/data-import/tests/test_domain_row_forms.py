"""Rows as the dialect says: their ends, escapes, and blanks beside delimiters."""

import csv
import io
import random
from pathlib import Path

import pytest

from onemanage.contracts.imports.plans import ColumnPlan, Dialect, TablePlan
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_fast import Ready, read_to_load

type Read = tuple[list[tuple[str | None, ...]], list[int], list[tuple[int, str]]]


def read(
    tmp_path: Path, content: bytes | str, dialect: Dialect, columns: int = 3
) -> Read:
    """Rows, their lines, and lines and reasons of the rejects."""
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    batches = list(read_table(path, _table(dialect, columns)))
    return (
        [row for batch in batches for row in batch.frame.rows()],
        [line for batch in batches for line in batch.lines],
        [(one.line, one.reason) for batch in batches for one in batch.rejects],
    )


def _table(dialect: Dialect, columns: int) -> TablePlan:
    made = [
        ColumnPlan(position=at, header=f"h{at}", name=f"c{at}")
        for at in range(1, columns + 1)
    ]
    return TablePlan(table="t", dialect=dialect, columns=made)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_that_lack_fields_are_filled(tmp_path: Path, newline: str) -> None:
    lines = [
        "a,b,c",
        "1,2",
        "",
        "3,4,5",
        '6,"7,7"',
        "8",
        '9,"a' + newline + 'b"',
        "x,y",
    ]
    found = read(tmp_path, newline.join(lines), Dialect(short_rows="fill"))
    assert found[0] == [
        ("1", "2", ""),
        ("3", "4", "5"),
        ("6", "7,7", ""),
        ("9", f"a{newline}b", ""),
        ("x", "y", ""),
    ]
    assert found[1] == [2, 4, 5, 7, 9]
    assert found[2] == [(6, "too_few_fields")]


def test_what_is_filled_is_null_where_nothing_between_commas_is(tmp_path: Path) -> None:
    dialect = Dialect(short_rows="fill", unquoted_empty_is_null=True)
    assert read(tmp_path, 'a,b,c\n1,""\n', dialect)[0] == [("1", "", None)]


@pytest.mark.parametrize("end", [",", ",,", ',""', ", ", ',"",'])
def test_empty_fields_beyond_the_last_are_left_out(tmp_path: Path, end: str) -> None:
    content = f'a,b,c\n1,2,3{end}\n4,"5,",{end}\n7,8,9\n7,8,9{end},x\n'
    found = read(tmp_path, content, Dialect(long_rows="trim"))
    assert found[0] == [("1", "2", "3"), ("4", "5,", ""), ("7", "8", "9")]
    assert found[2] == [(5, "too_many_fields")]


def test_rows_are_rejected_where_nothing_is_said_of_their_ends(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,c\n1,2\n1,2,3,\n1,2,3\n", Dialect())
    assert found[0] == [("1", "2", "3")]
    assert found[2] == [(2, "too_few_fields"), (3, "too_many_fields")]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("block", [1_000, 4 << 20])
def test_escapes_agree_with_the_csv_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quoting: int, block: int
) -> None:
    monkeypatch.setattr("onemanage.data_import.domain.reading.decode.BLOCK", block)
    chance = random.Random(block + quoting)
    texts = ["", "x", "a,b", 'say "x"', "two\nlines", '"', '""', "C:\\a", "\\", "东莞"]
    rows = [
        ["k", *(chance.choice(texts) * chance.randint(1, 3) for _ in range(3))]
        for _ in range(2_000)
    ]
    out = io.StringIO()
    csv.writer(
        out, quoting=quoting, lineterminator="\n", doublequote=False, escapechar="\\"  # type: ignore[arg-type]  # a number of them
    ).writerows(rows)
    # Outside quotes a backslash is one, as Windows and MySQL have it in plain text.
    text = out.getvalue() if quoting == csv.QUOTE_ALL else _plain_where_bare(rows)
    found = read(tmp_path, text, Dialect(escape="\\", header_row=None), 4)
    assert [list(row) for row in found[0]] == rows
    assert not found[2]


def _plain_where_bare(rows: list[list[str]]) -> str:
    lines = []
    for row in rows:
        fields = [
            (
                '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'
                if any(sign in one for sign in ',"\n')
                else one
            )
            for one in row
        ]
        lines.append(",".join(fields) + "\n")
    return "".join(lines)


def test_an_escaped_quote_in_a_field_without_quotes_is_a_quote(tmp_path: Path) -> None:
    found = read(tmp_path, 'a,b,c\n5\\" pipe,\\"x\\",C:\\new\n', Dialect(escape="\\"))
    assert found[0] == [('5" pipe', '"x"', "C:\\new")]


def test_an_open_quote_costs_its_own_line_alone_with_escapes_too(
    tmp_path: Path,
) -> None:
    content = 'a,b,c\n1,"2\\",3\n4,"5\\"5",6\n7,8,9\n'
    found = read(tmp_path, content, Dialect(escape="\\"))
    assert found[0] == [("4", '5"5', "6"), ("7", "8", "9")]
    assert found[2] == [(2, "unterminated_quote")]


@pytest.mark.parametrize("block", [10, 4 << 20])
def test_blanks_beside_delimiters_are_no_part_of_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr("onemanage.data_import.domain.reading.decode.BLOCK", block)
    content = 'a, b, c\n1,  "x, ""y""" , z z \n  2 ,"  ", \n\n3, 4,5\n'
    found = read(tmp_path, content, Dialect(skip_blanks=True))
    assert found[0] == [("1", 'x, "y"', "z z"), ("2", "  ", ""), ("3", "4", "5")]
    assert found[1] == [2, 3, 5]


def test_several_blanks_are_one_delimiter(tmp_path: Path) -> None:
    content = 'a b c\n  1   2  "x  y"  \n10 20  30\n   \n'
    found = read(tmp_path, content, Dialect(delimiter=" ", skip_blanks=True))
    assert found[0] == [("1", "2", "x  y"), ("10", "20", "30")]
    assert not found[2]


def test_blanks_are_left_out_without_quotes_too(tmp_path: Path) -> None:
    dialect = Dialect(delimiter="|", quote=None, skip_blanks=True)
    found = read(tmp_path, 'a|b|c\n 1 | "x" | y \n', dialect)
    assert found[0] == [("1", '"x"', "y")]


@pytest.mark.parametrize(
    "dialect",
    [
        Dialect(short_rows="fill", long_rows="trim"),
        Dialect(skip_blanks=True),
        Dialect(escape="\\"),
    ],
)
def test_what_is_loaded_is_what_is_read(tmp_path: Path, dialect: Dialect) -> None:
    path = tmp_path / "a.csv"
    rows = [f'{at}, "x \\"{at}" ,z{"," * (at % 2)}\n{at},y\n' for at in range(5_000)]
    path.write_text("a,b,c\n" + "".join(rows))
    table = _table(dialect, 3)
    read_rows = [row for batch in read_table(path, table) for row in batch.frame.rows()]
    rejects = [one for batch in read_table(path, table) for one in batch.rejects]
    made: list[tuple[object, ...]] = []
    for batch in read_to_load(path, table):
        if isinstance(batch, Ready):
            made += [tuple(row.values()) for row in batch.table.to_pylist()]
        else:
            made += batch.frame.rows()
            rejects = rejects[len(batch.rejects) :]
    assert made == read_rows
    assert not rejects
