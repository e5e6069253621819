"""Delimited text: every row is read or rejected, and its line is right."""

import csv
import gzip
import io
import random
import zipfile
from pathlib import Path
from typing import Literal

import pytest

from onemanage.contracts.imports.plans import ColumnPlan, Dialect, TablePlan
from onemanage.data_import.domain import rows
from onemanage.data_import.domain.errors import Damaged, TooLarge
from onemanage.data_import.domain.reading import archive
from onemanage.data_import.domain.reading.read import read_table


def table(
    columns: int,
    dialect: Dialect = Dialect(),
    *,
    skip: tuple[int, ...] = (),
    format: str = "csv",
    member: str | None = None,
    sheet: str | None = None,
) -> TablePlan:
    return TablePlan(
        table="t",
        format=format,
        member=member,
        sheet=sheet,
        dialect=dialect,
        columns=[
            ColumnPlan(
                position=at, header=f"h{at}", name=f"c{at}", include=at not in skip
            )
            for at in range(1, columns + 1)
        ],
    )


class Read:
    """All that a reader gives, joined."""

    def __init__(self, path: Path, plan: TablePlan) -> None:
        self.batches = list(read_table(path, plan))
        self.rows = [row for batch in self.batches for row in batch.frame.rows()]
        self.lines = [line for batch in self.batches for line in batch.lines]
        self.rejects = [one for batch in self.batches for one in batch.rejects]
        self.raw = [
            tuple(field for field in row if field is not None)
            for batch in self.batches
            if batch.rejected_rows is not None
            for row in batch.rejected_rows.rows()
        ]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(one.line, one.reason) for one in self.rejects]


def read(
    tmp_path: Path,
    content: bytes,
    columns: int = 3,
    dialect: Dialect = Dialect(),
    skip: tuple[int, ...] = (),
) -> Read:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return Read(path, table(columns, dialect, skip=skip))


def test_fields_are_text_as_they_are_written(tmp_path: Path) -> None:
    found = read(tmp_path, b'a,b,c\n 007,"x, ""y""",\nNaN,\\N,1e3\n')
    assert found.rows == [(" 007", 'x, "y"', ""), ("NaN", "\\N", "1e3")]
    assert found.lines == [2, 3]


def test_lines_are_right_after_newlines_in_quotes_and_blank_lines(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, b'a,b,c\n\n1,"2\n\n2",3\n\r\n4,5,6\n7\n8,9,0')
    assert found.rows == [("1", "2\n\n2", "3"), ("4", "5", "6"), ("8", "9", "0")]
    assert found.lines == [3, 7, 9]
    assert found.reasons == [(8, "too_few_fields")]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_any_newline_ends_a_row(tmp_path: Path, newline: bytes) -> None:
    content = newline.join([b"a,b,c", b"1,2,3", b"", b'4,"5', b'5",6', b"7,8"])
    found = read(tmp_path, content)
    text = newline.decode()
    assert found.rows == [("1", "2", "3"), ("4", f"5{text}5", "6")]
    assert found.lines == [2, 4]
    assert found.reasons == [(6, "too_few_fields")]


def test_too_many_and_too_few_fields_are_rejected_with_their_raw_fields(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, b'a,b,c\n1,2\n3,"4,4",5,6\n7,8,9\n')
    assert found.reasons == [(2, "too_few_fields"), (3, "too_many_fields")]
    assert found.raw == [("1", "2"), ("3", "4,4", "5", "6")]
    assert found.rejects[1].message.startswith("4 fields instead of 3.")
    assert found.rows == [("7", "8", "9")]


def test_text_after_a_closing_quote_is_rejected(tmp_path: Path) -> None:
    found = read(tmp_path, b'a,b,c\n1,"x"y,3\n4,5,6\n')
    assert found.reasons == [(2, "text_after_quote")]
    assert found.raw == [("1", '"x"y', "3")]
    assert found.rows == [("4", "5", "6")]


def test_a_quote_within_a_field_without_quotes_is_text(tmp_path: Path) -> None:
    found = read(tmp_path, b'a,b,c\n1,5" pipe,"6""\n"\n4,5,6\n')
    assert found.rows == [("1", '5" pipe', '6"\n'), ("4", "5", "6")]
    assert found.lines == [2, 4]


@pytest.mark.parametrize("tail", [b"", b'9,"9",9\n'])
def test_an_open_quote_costs_its_own_line_alone(tmp_path: Path, tail: bytes) -> None:
    found = read(tmp_path, b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n' + tail)
    assert found.reasons == [(3, "unterminated_quote")]
    assert found.raw == [("4", '"5', "6")]
    assert found.rows[:2] == [("1", "2", "3"), ("7", "8", "9")]
    assert found.lines[:2] == [2, 4]
    assert len(found.rows) == (3 if tail else 2)


def test_an_open_quote_far_from_the_end_costs_its_own_line_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_ROW", 1 << 20)
    body = b"1,2,3\n" * 2_000_000
    found = read(tmp_path, b'a,b,c\n"open,2,3\n' + body)
    assert found.reasons == [(2, "unterminated_quote")]
    assert len(found.rows) == 2_000_000
    assert found.lines[-1] == 2_000_002


def test_a_single_column_may_hold_a_backslash_and_a_point(tmp_path: Path) -> None:
    found = read(tmp_path, b"a\nx\n\\.\ny\nz\n", columns=1)
    assert [value for (value,) in found.rows] == ["x", "\\.", "y", "z"]


def test_a_nul_byte_reaches_the_cell_it_is_in(tmp_path: Path) -> None:
    found = read(tmp_path, b"a,b,c\n1,x\0y,3\n")
    assert found.rows == [("1", "x\0y", "3")]


def test_an_empty_field_with_quotes_can_be_told_from_one_without(
    tmp_path: Path,
) -> None:
    content = b'a,b,c\n,"",x\n'
    assert read(tmp_path, content).rows == [("", "", "x")]
    dialect = Dialect(unquoted_empty_is_null=True)
    assert read(tmp_path, content, dialect=dialect).rows == [(None, "", "x")]


def test_columns_that_are_left_out_are_not_read_but_still_counted(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, b"a,b,c\n1,2,3\n4,5\n", skip=(2,))
    assert found.batches[0].frame.columns == ["1", "3"]
    assert found.rows == [("1", "3")]
    assert found.reasons == [(3, "too_few_fields")]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gb18030", "gbk"),
    ],
)
def test_encodings_are_read_as_the_dialect_says(
    tmp_path: Path, encoding: str, codec: str
) -> None:
    content = 'a,b,c\n东莞,"订单\n号",3\n'.encode(codec)
    found = read(tmp_path, content, dialect=Dialect(encoding=encoding))
    assert found.rows == [("东莞", "订单\n号", "3")]


def test_latin_1_has_the_characters_of_windows_too(tmp_path: Path) -> None:
    content = "a,b,c\né,€,“x”\n".encode("cp1252")
    found = read(tmp_path, content, dialect=Dialect(encoding="latin-1"))
    assert found.rows == [("é", "€", "“x”")]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("utf-8", b"a,b,c\n1,2,3\n4,\xff,6\n7,8,9\n"),
        ("gb18030", b"a,b,c\n1,2,3\n4,\xff,6\n7,8,9\n"),
    ],
)
def test_a_row_with_bytes_of_another_encoding_is_rejected(
    tmp_path: Path, encoding: str, content: bytes
) -> None:
    found = read(tmp_path, content, dialect=Dialect(encoding=encoding))
    assert found.rows == [("1", "2", "3"), ("7", "8", "9")]
    assert found.lines == [2, 4]
    assert found.reasons == [(3, "bad_encoding")]


def test_a_row_that_is_ragged_and_of_another_encoding_is_rejected_once(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, "a,b,c\n东,2,3\n".encode() + b"4,\xff\n7,8,9\n")
    assert found.rows == [("东", "2", "3"), ("7", "8", "9")]
    assert found.reasons == [(3, "bad_encoding")]


def test_what_stands_above_the_header_is_no_data(tmp_path: Path) -> None:
    content = b"Orders of May\n;;\na;b;c\n1;2;3\n"
    found = read(tmp_path, content, dialect=Dialect(delimiter=";", header_row=3))
    assert found.rows == [("1", "2", "3")]
    assert found.lines == [4]


def test_without_a_header_the_first_line_is_data(tmp_path: Path) -> None:
    found = read(tmp_path, b"1,2,3\n", dialect=Dialect(header_row=None))
    assert found.rows == [("1", "2", "3")]
    assert found.lines == [1]


def _random_rows(seed: int) -> list[list[str]]:
    chance = random.Random(seed)
    texts = ["", "x", "a,b", 'say "x"', "two\nlines", "\r\n", "东莞", '"', '""', "\n\n"]
    return [
        ["k", *(chance.choice(texts) * chance.randint(1, 3) for _ in range(3))]
        for _ in range(3_000)
    ]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("block", [1_000, 4 << 20])
def test_it_agrees_with_the_csv_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quoting: Literal[0, 1], block: int
) -> None:
    monkeypatch.setattr("onemanage.data_import.domain.reading.decode.BLOCK", block)
    written = _random_rows(block + quoting)
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows(written)
    lines = [1]
    for row in written[:-1]:
        lines.append(lines[-1] + 1 + "".join(row).count("\n"))
    content = text.getvalue().encode()
    found = read(tmp_path, content, 4, Dialect(header_row=None))
    assert [list(row) for row in found.rows] == written
    assert found.lines == lines
    assert not found.rejects
    assert (len(found.batches) > 1) == (block == 1_000)


def test_a_table_wider_than_postgresql_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="1,700 columns") as refused:
        read(tmp_path, b",".join([b"a"] * 1_700), columns=1_700)
    assert refused.value.code == "data_import.too_many_columns"


def test_a_row_without_end_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_ROW", 1 << 20)
    with pytest.raises(TooLarge) as refused:
        read(tmp_path, b"a,b,c\n1,2,3\n" + b"x" * (5 << 20))
    assert (refused.value.code, refused.value.where) == (
        "data_import.row_too_long",
        "line 3",
    )


def test_gzip_and_zip_are_read_as_what_is_in_them(tmp_path: Path) -> None:
    content = b"a,b,c\n1,2,3\n"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("other.csv", b"x\n")
        packed.writestr("in/a.csv", content)
    assert Read(tmp_path / "a.csv.gz", table(3)).rows == [("1", "2", "3")]
    found = Read(tmp_path / "a.zip", table(3, member="in/a.csv"))
    assert found.rows == [("1", "2", "3")]


def test_compressed_bytes_that_break_off_are_named(tmp_path: Path) -> None:
    packed = gzip.compress(random.Random(1).randbytes(10_000).hex().encode())
    (tmp_path / "a.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(Damaged, match="cut off"):
        Read(tmp_path / "a.gz", table(1))


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(archive, "FREE", 1 << 20)
    content = b"0,0,0\n" * 1_000_000
    path = tmp_path / f"a.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("a.csv", content)
    with pytest.raises(TooLarge) as refused:
        Read(path, table(3, member="a.csv" if kind == "zip" else None))
    assert refused.value.code == "data_import.bomb"
