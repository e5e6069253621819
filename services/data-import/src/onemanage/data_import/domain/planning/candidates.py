"""Types that a column of text may have, and how many of its values would be rejected.

Whether a value fits is asked of `cast`, which is what the import will ask.
"""

from datetime import date
from typing import NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.cast_numbers import BOOLEANS, FALSE, TRUE
from onemanage.data_import.domain.planning.date_forms import forms_of

SHARE = 0.98
"""Of the values that must fit a type for it to be proposed."""
_SAMPLE_SHARE = 0.5
_PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
_MOST_DIGITS = 38
_DOUBLE_DIGITS = 15
_MOST_DOUBLE_DIGITS = 17

_BOOLEANS = rf"^(?i:{'|'.join(sorted({*TRUE, *FALSE} - {'0', '1'}))})$"
_LIKE_TIME = (
    r"[0-9]:[0-9]|^\s*(?:[0-9]{1,4}[^0-9]+[0-9]|[0-9]{2}\p{L}{3}|[0-9]{4}W)|"
    r"^\s*\p{L}{3,}[^\p{L}0-9]+[0-9\p{L}]"
)
_FORMS_SAMPLE = 60


class Fit(NamedTuple):
    """How well one type fits, over all values seen."""

    type: str
    format: str | None = None
    comma: bool = False
    """Of numbers: the reading with a comma before the decimals."""
    bad: int = 0
    first_bad_line: int | None = None

    def plan(self) -> ColumnPlan:
        """A column of this type alone, without place and name, for ``cast``."""
        return ColumnPlan(
            position=1,
            header="",
            name="",
            type=self.type,
            format=self.format,
            nulls=[],
        )

    def bads(self, strings: pl.Series) -> pl.Series:
        """Boolean: the values that this type rejects. Numbers are written 1234.5."""
        if self.type == "numeric":
            return ~strings.str.strip_chars().str.contains(_PLAIN)
        return cast_column(strings, self.plan()).bad

    def add(self, bad: int, line: int | None) -> "Fit":
        """With ``bad`` further values that do not fit, the first in ``line``."""
        first = self.first_bad_line if self.first_bad_line is not None else line
        return self._replace(bad=self.bad + bad, first_bad_line=first)


def likely(sample: pl.Series, window: date) -> list[Fit]:
    """The types but for numbers that at least half of the sample fits, the strictest
    first.

    ``window`` is the last day that years of two digits may mean.
    """
    half = len(sample) * _SAMPLE_SHARE

    def fits(one: Fit) -> bool:
        return len(sample) - int(one.bads(sample).sum()) >= half

    found = []
    if int(sample.str.strip_chars().str.contains(_BOOLEANS).sum()) >= half:
        found.append(Fit("boolean"))
    if int(sample.str.contains(_LIKE_TIME).sum()) < half:
        return found
    few = sample.gather_every(max(1, len(sample) // _FORMS_SAMPLE)).to_list()
    times = [Fit(type_, form) for type_, form in forms_of(few, window)]
    return found + [one for one in times if fits(one)]


class Digits(NamedTuple):
    """How many digits the plain numbers have, before and after the point."""

    whole: int = 0
    scale: int = 0
    most: int = 0
    """Significant ones of one number."""

    def seen(self, strings: pl.Series) -> "Digits":
        """With the numbers among the strings, which may hold others."""
        plain = strings.str.strip_chars().str.strip_chars_start("+-")
        plain = plain.filter(plain.str.contains(_PLAIN))
        if not len(plain):
            return self
        length = plain.str.len_bytes().cast(pl.Int64)
        point = plain.str.find(".", literal=True).cast(pl.Int64)
        scale = (length - point - 1).fill_null(0).max()
        whole = point.zip_with(point.is_not_null(), length).max()
        assert isinstance(scale, int) and isinstance(whole, int)
        most = self.most
        if whole + scale > _DOUBLE_DIGITS:
            bare = plain.str.replace(".", "", literal=True).str.strip_chars_start("0")
            longest = bare.str.len_bytes().max()
            assert isinstance(longest, int)
            most = max(most, longest)
        return Digits(max(self.whole, whole), max(self.scale, scale), most)

    @property
    def suits_double(self) -> bool:
        """More digits than a price or a weight is written with: a measurement. Of more
        than 17 digits a double would lose some."""
        many = self.scale > 6 and self.whole + self.scale > _DOUBLE_DIGITS
        return many and self.most <= _MOST_DOUBLE_DIGITS

    @property
    def precision(self) -> int | None:
        """With room for greater numbers of the next file."""
        if self.whole + self.scale > _MOST_DIGITS:
            return None
        return 18 if self.whole + self.scale <= 15 else _MOST_DIGITS


def is_boolean(seen: set[str]) -> bool:
    """Whether those few values say so by themselves: NO alone may be Norway."""
    words = {value.strip().lower() for value in seen}
    return bool(words & {"true", "false"}) or any(
        {true, false} <= words for true, false in BOOLEANS
    )
