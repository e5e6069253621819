"""Rows as they are handed over: texts, lines, and what could not be read."""

from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.data_import.domain.handing_over import hand_over_file
from onemanage.data_import.domain.handing_over_tables import hand_over_table


def _handed(
    tmp_path: Path, text: str, wanted: list[str] | None = None, most: int = 0
) -> list[dict[str, Any]]:
    source, target = tmp_path / "rows.csv", tmp_path / "rows.parquet"
    source.write_text(text, encoding="utf-8")
    hand_over_file(source, target, wanted or [], most, lambda _: None)
    found: list[dict[str, Any]] = parquet.read_table(target).to_pylist()
    return found


def test_values_stay_as_they_are_written(tmp_path: Path) -> None:
    text = 'sku,price,day\n00417,"1.299,00 €",03/04/2025\n00418,,\n'

    first, second = _handed(tmp_path, text)

    assert first == {
        "_line": 2,
        "sku": "00417",
        "price": "1.299,00 €",
        "day": "03/04/2025",
        "_error": None,
    }
    assert (second["_line"], second["price"]) == (3, None)


def test_only_the_columns_that_are_wanted_are_handed_over(tmp_path: Path) -> None:
    (row,) = _handed(tmp_path, "a,b,c\n1,2,3\n", ["c", "a"])

    assert list(row) == ["_line", "c", "a", "_error"]


def test_a_row_that_cannot_be_split_is_there_with_its_error(tmp_path: Path) -> None:
    rows = _handed(tmp_path, "a,b\n1,2\n3,4,5\n6,7\n")

    assert [row["_line"] for row in rows if row["_error"]] == [3]
    assert len(rows) == 3


def test_rejects_come_back_with_their_lines_and_without_guards(tmp_path: Path) -> None:
    note = (
        " An apostrophe stands before text that a spreadsheet would run; it is taken "
        "off again when the row is sent again."
    )
    text = f"a,_line,_column,_error\n'=x,17,a,\"No.{note}\"\n'y,18,a,No.\n"

    first, second = _handed(tmp_path, text)

    assert (first["_line"], first["a"]) == (17, "=x")
    assert (second["_line"], second["a"]) == (18, "'y")


@pytest.mark.parametrize(
    ("wanted", "most", "code"),
    [(["z"], 0, "hand_over.no_column"), ([], 1, "hand_over.too_many_rows")],
)
def test_what_is_not_there_and_what_is_too_much_is_refused(
    tmp_path: Path, wanted: list[str], most: int, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _handed(tmp_path, "a,b\n1,2\n3,4\n", wanted, most)

    assert refused.value.code == code


def test_a_data_set_is_handed_over_as_text(tmp_path: Path) -> None:
    source, target = tmp_path / "rows.csv", tmp_path / "rows.parquet"
    source.write_text('12.50,,""\n7,b,c\n', encoding="utf-8")

    count = hand_over_table(source, target, ["n", "t", "e"], lambda _: None)

    assert count == 2
    assert parquet.read_table(target).to_pylist() == [
        {"n": "12.50", "t": None, "e": ""},
        {"n": "7", "t": "b", "e": "c"},
    ]
