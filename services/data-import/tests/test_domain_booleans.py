"""Which columns are booleans, and how their words are read."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.boolean_words import FALSE, PAIRS, TRUE
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan


def _type(tmp_path: Path, values: list[str]) -> str:
    path = tmp_path / "a.csv"
    rows = "".join(f"{at},{value}\n" for at, value in enumerate(values))
    path.write_text(f"key,flag\n{rows}", encoding="utf-8")
    made = make_plan([PlannedFile("fil_1", path, "a.csv")], None)
    return made.tables[0].columns[1].type


def test_no_word_means_both() -> None:
    assert not {*TRUE} & {*FALSE}
    assert all(word == word.lower() for word in (*TRUE, *FALSE))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_both_words_of_a_language_make_a_column_of_booleans(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    true, false = pair
    assert _type(tmp_path, [true, false, true.upper(), false.upper()] * 5) == "boolean"
    column = ColumnPlan(position=1, header="a", name="a", type="boolean")
    read: Any = cast_column(pl.Series([true, false.capitalize()]), column)
    assert read.values.to_list() == [True, False]


@pytest.mark.parametrize(
    "values", [["NO"], ["yes"], ["ja"], ["NO", "SE", "DK"], ["T"], ["on"], ["1", "0"]]
)
def test_one_word_throughout_is_no_boolean(tmp_path: Path, values: list[str]) -> None:
    assert _type(tmp_path, values * 9) != "boolean"


@pytest.mark.parametrize("value", ["true", "FALSE"])
def test_true_or_false_alone_is_one(tmp_path: Path, value: str) -> None:
    assert _type(tmp_path, [value] * 9) == "boolean"
