"""Delimiters that few files have, and signs that are none."""

import random

import pytest

from onemanage.data_import.domain.reading.dialects import sniff_dialect


@pytest.mark.parametrize("delimiter", ["~", "^", "\x01", "\x1f"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("width", [2, 5])
def test_a_rare_delimiter_is_found_whatever_the_values_hold(
    delimiter: str, decimal: str, width: int
) -> None:
    chance = random.Random(f"{delimiter} {decimal} {width}")
    texts = ["Main St, 5", "a; b", "x|y", f"12{decimal}50", "", "08:30", "plain"]
    rows = [[f"name {at}" for at in range(width)]]
    rows += [[str(at), *chance.choices(texts, k=width - 1)] for at in range(60)]
    text = "".join(delimiter.join(row) + "\n" for row in rows)
    found = sniff_dialect(text, "utf-8")
    assert found.dialect.delimiter == delimiter
    assert [list(row.fields) for row in found.best.rows] == rows


@pytest.mark.parametrize("sign", ["~", "^"])
def test_a_sign_within_some_values_parts_nothing(sign: str) -> None:
    lines = ["amount,note", *(f"{at},about {sign}{at}" for at in range(30))]
    assert sniff_dialect("\n".join(lines), "utf-8").dialect.delimiter == ","
    lines = ["note", *(f"about {sign}{at}" for at in range(30)), "none"]
    found = sniff_dialect("\n".join(lines), "utf-8")
    assert found.dialect.delimiter == ","
    assert {len(row.fields) for row in found.best.rows} == {1}
