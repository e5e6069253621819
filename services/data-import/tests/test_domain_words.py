"""Words for true, false and nothing, in the languages that files are written in."""

from typing import Any

import polars as pl
import pytest

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.planning.infer import ColumnGuess
from onemanage.data_import.domain.planning.number_guess import Decimals


def planned(*values: str, header: str = "value") -> ColumnPlan:
    guess = ColumnGuess(1, header)
    lines = pl.int_range(2, len(values) + 2, eager=True)
    guess.add(pl.Series(values, dtype=pl.String), lines)
    return guess.propose("value", Decimals())[0]


def loaded(*values: str) -> list[Any]:
    return cast_column(pl.Series(values), planned(*values)).values.to_list()


@pytest.mark.parametrize(
    "pair",
    [
        *("TRUE/FALSE", "Yes/No", "on/off", "WAHR/FALSCH", "ja/nein", "VRAI/FAUX"),
        *("oui/non", "VERDADERO/FALSO", "Sí/No", "VERO/FALSO", "Sim/Não", "Ja/Nej"),
        *("PRAWDA/FAŁSZ", "Tak/Nie", "ИСТИНА/ЛОЖЬ", "Да/Нет", "DOĞRU/YANLIŞ"),
        *("Evet/Hayır", "ΝΑΙ/ΌΧΙ", "是/否", "はい/いいえ", "예/아니요", "نعم/لا"),
    ],
)
def test_true_and_false_are_read_in_the_words_of_the_file(pair: str) -> None:
    true, false = pair.split("/")
    assert loaded(true, false, true) == [True, False, True]


@pytest.mark.parametrize("word", ["NO", "yes", "Sí", "ON", "nein", "no", "Vero"])
def test_one_word_alone_is_no_truth(word: str) -> None:
    assert planned(word, word, header="Country").type == "text"


def test_words_of_two_languages_are_no_pair() -> None:
    assert planned("oui", "nein", "oui").type == "text"


@pytest.mark.parametrize(
    "word",
    ["#NV", "(null)", "<NA>", "k. A.", "n.v.", "[c]", "(X)", "***", "----", "NODATA"],
)
def test_words_for_nothing_among_numbers_are_null(word: str) -> None:
    assert loaded("1.5", word, "2.5") == loaded("1.5", "", "2.5")
    assert word in planned("1.5", word, "2.5").nulls


def test_blanks_around_words_for_nothing_mean_nothing() -> None:
    assert loaded("1.5", " --", "n/a  ", "2.5")[1:3] == [None, None]


def test_days_that_there_are_not_are_null_as_databases_mean_them() -> None:
    assert loaded("2024-01-05", "0000-00-00")[1] is None
    assert loaded("25.01.2024", "00.00.0000")[1] is None


def test_words_for_nothing_stay_in_text() -> None:
    column = planned("Namibia", "NA", "(null)")
    assert (column.type, column.nulls) == ("text", [""])
