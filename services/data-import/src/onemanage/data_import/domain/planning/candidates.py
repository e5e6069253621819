"""Types that a column of text may have, and how many of its values would be rejected.

Whether a value fits is asked of `cast`, which is what the import will ask.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.boolean_words import FALSE, TRUE, say_so
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.planning.asking import Asking, Question, contains
from onemanage.data_import.domain.planning.date_forms import forms_of
from onemanage.data_import.domain.planning.different import Different
from onemanage.data_import.domain.planning.missing import is_missing

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
_FEW = 64
"""Texts that are taken out of polars at once, where mostly few are looked at."""
MANY = 10
"""Different values that do not fit, from which they are no mistakes."""


class Fit(NamedTuple):
    """How well one type fits, over all values seen."""

    type: str
    format: str | None = None
    comma: bool = False
    """Of numbers: the reading with a comma before the decimals."""
    bad: int = 0
    first_bad_line: int | None = None
    strays: frozenset[str] = frozenset()
    """MANY at most of the different values that do not fit and mean something."""
    missing: str | None = None
    """One that does not fit and says that there is no value."""

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

    def bads(self, texts: pl.Series) -> Question:
        """Which of them this type rejects. Numbers are written 1234.5."""
        return Question(texts, _bads, (_bare(self),))

    def add(self, bad: int, line: int) -> "Fit":
        """With ``bad`` further values that do not fit, the first in ``line``."""
        first = self.first_bad_line if self.first_bad_line is not None else line
        return self._replace(bad=self.bad + bad, first_bad_line=first)

    def without(self, bads: Sequence[Different], lines: pl.Series) -> "Fit":
        """Where these do not fit; ``lines`` are those of the batch's rows."""
        some = [one for one in bads if len(one.texts)]
        if not some:
            return self
        row = min(int(one.rows[0]) for one in some)
        made = self.add(sum(int(one.counts.sum()) for one in some), int(lines[row]))
        for one in some:
            made = made._named(one.texts)
        return made

    def _named(self, texts: pl.Series) -> "Fit":
        strays, missing = set(self.strays), self.missing
        for start in range(0, len(texts), _FEW):
            for text in texts.slice(start, _FEW).to_list():
                if len(strays) == MANY:
                    return self._replace(strays=frozenset(strays), missing=missing)
                if is_missing(text):
                    missing = missing or text
                else:
                    strays.add(text)
        return self._replace(strays=frozenset(strays), missing=missing)


def counted(
    fits: Sequence[Fit], seen: Different, lines: pl.Series
) -> Asking[list[Fit]]:
    """The fits, with what of a batch does not fit them."""
    # What is a day is a timestamp too, which is therefore asked of the rest.
    wider = {_STAMP: _DAY} if _DAY in map(_bare, fits) else {}
    first = [fit for fit in fits if _bare(fit) not in wider]
    answers = yield [fit.bads(seen.texts) for fit in first]
    bads = {
        _bare(fit): seen.filter(bad) for fit, bad in zip(first, answers, strict=True)
    }
    for fit in fits:
        if _bare(fit) in wider:
            rest = bads[wider[_bare(fit)]]
            (bad,) = yield (fit.bads(rest.texts),)
            bads[_bare(fit)] = rest.filter(bad)
    return [fit.without([bads[_bare(fit)]], lines) for fit in fits]


def _bare(fit: Fit) -> Fit:
    return Fit(fit.type, fit.format)


_DAY, _STAMP = Fit("date"), Fit("timestamp")


def _bads(texts: pl.Series, fit: Fit) -> pl.Series:
    if fit.type == "numeric":
        return ~texts.str.strip_chars().str.contains(_PLAIN)
    return cast_column(texts, fit.plan()).bad


def likely(sample: pl.Series, window: date) -> Asking[list[Fit]]:
    """The types but for numbers that at least half of the sample fits, the strictest
    first.

    ``window`` is the last day that years of two digits may mean.
    """
    half = len(sample) * _SAMPLE_SHARE
    words, times = yield (
        Question(sample, _are_boolean),
        Question(sample, contains, (_LIKE_TIME,)),
    )
    found = [Fit("boolean")] if int(words.sum()) >= half else []
    if int(times.sum()) < half:
        return found
    few = sample.to_list()[:: max(1, len(sample) // _FORMS_SAMPLE)]
    forms = [Fit(type_, form) for type_, form in forms_of(few, window)]
    answers = yield [one.bads(sample) for one in forms]
    for one, bad in zip(forms, answers, strict=True):
        if len(sample) - int(bad.sum()) >= half:
            found.append(one)
    return found


def _are_boolean(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().str.contains(_BOOLEANS)


class Digits(NamedTuple):
    """How many digits the plain numbers have, before and after the point."""

    whole: int = 0
    scale: int = 0
    most: int = 0
    """Significant ones of one number."""

    def seen(self, numbers: pl.Series) -> "Asking[Digits]":
        """With these, of which there is one at least, written 1234.5."""
        before, after = yield (
            Question(numbers, _digits_before),
            Question(numbers, _digits_after),
        )
        whole, scale, most = _most(before), _most(after), self.most
        if whole + scale > _DOUBLE_DIGITS:
            (digits,) = yield (Question(numbers, _significant_digits),)
            most = max(most, _most(digits))
        return Digits(max(self.whole, whole), max(self.scale, scale), most)

    def or_more(self, other: "Digits") -> "Digits":
        """The larger of both, count by count."""
        return Digits(*map(max, self, other))

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


def _digits_before(numbers: pl.Series) -> pl.Series:
    bare = numbers.str.strip_chars_start("+-")
    point = bare.str.find(".", literal=True)
    return point.zip_with(point.is_not_null(), bare.str.len_bytes())


def _digits_after(numbers: pl.Series) -> pl.Series:
    point = numbers.str.find(".", literal=True)
    return (numbers.str.len_bytes() - point - 1).fill_null(0)


def _significant_digits(numbers: pl.Series) -> pl.Series:
    bare = numbers.str.strip_chars_start("+-").str.replace(".", "", literal=True)
    return bare.str.strip_chars_start("0").str.len_bytes()


def _most(lengths: pl.Series) -> int:
    most = lengths.max()
    assert isinstance(most, int)
    return most


def is_boolean(seen: set[str]) -> bool:
    """Whether those few values say so by themselves: a single letter does not."""
    return say_so({value.strip().lower() for value in seen})
