"""All kinds of files of the grid."""

import random
from collections.abc import Iterator
from itertools import chain

from . import (
    understanding_dates,
    understanding_exports,
    understanding_json,
    understanding_mixed,
    understanding_numbers,
    understanding_shapes,
    understanding_workbooks,
)
from .encoding_texts import ENCODINGS, words_of
from .understanding_cells import Cell, Value, code, count, num, when
from .understanding_files import Case, Kind, Text, cells, written


def _encodings() -> Iterator[Kind]:
    for encoding, languages in ENCODINGS.items():
        for language in languages:
            if encoding == "utf-8" and language not in ("de", "ru", "zh", "ar"):
                continue

            def make(
                chance: random.Random,
                encoding: str = encoding,
                language: str = language,
            ) -> Case:
                return _encoded(chance, encoding, language)

            yield Kind("encodings", f"{encoding} {language}", make)


def _encoded(chance: random.Random, encoding: str, language: str) -> Case:
    known = words_of(language, encoding)

    def text(chance: random.Random, at: int) -> Cell:
        value: Value = known[at] if at < len(known) else chance.choice(known)
        return Cell(str(value), value)

    columns = {
        "id": count(),
        chance.choice(known): text,
        "day": when("{y}-{mm}-{dd}"),
        "key": code("AA-00"),
        "n": num("1234.50"),
    }
    rows = cells(chance, list(columns.values()), chance.randint(20, 60))
    how = Text(chance.choice(",;\t"), newline="\r\n", encoding=encoding)
    return written("words.csv", list(columns), rows, how)


KINDS: list[Kind] = list(
    chain(
        _encodings(),
        understanding_dates.kinds(),
        understanding_numbers.kinds(),
        understanding_numbers.code_kinds(),
        understanding_mixed.kinds(),
        understanding_shapes.kinds(),
        understanding_exports.kinds(),
        understanding_workbooks.kinds(),
        understanding_json.kinds(),
    )
)
