"""What the format of a date or a time says, and what a text needs to have it.

A format is as in strftime, and may go on with what strftime has no sign for:
``%d.%m.%y;until=2046-11-29`` puts years of two digits into the hundred years that end
on that day, and ``%d %B %Y;months=de`` has the months in German.

The library behind (chrono 0.4 in polars 2.1) takes years of fewer digits for ``%Y``,
and one digit for ``%y``; so the shape of a text is looked at beside its value.
"""

import re
from datetime import date
from functools import cache
from typing import NamedTuple

import polars as pl

from onemanage.data_import.domain.casting.months import MONTHS, in_english
from onemanage.data_import.domain.reading.reading import null_where

_OPTION = re.compile(r";\s*(until|months)\s*=\s*([^;]*)")
_ITEM = re.compile(r"%[-_0]?[.:#]*[0-9]?[A-Za-z%]|\s+|.", re.DOTALL)
_WHOLE = {"%D": "%m/%d/%y", "%x": "%m/%d/%y", "%F": "%Y-%m-%d", "%h": "%b"}
_WHOLE |= {"%T": "%H:%M:%S", "%X": "%H:%M:%S", "%R": "%H:%M"}
_DIGITS = {"Y": "4", "G": "4", "y": "2", "j": "1,3", "u": "1", "w": "1"}
_DIGITS |= dict.fromkeys("mdHIMSVUWekl", "1,2")
_UTC = re.compile(r"(?:UTC|GMT|Z)$", re.IGNORECASE)
_FILLERS = r"(?i)\b(?:de|del|of)\b|\bd['’]|(?:º|ª)"
_ORDINAL = r"(?i)([0-9])(?:st|nd|rd|th|er)\b"
_HALVES = (
    ("AM", r"(?i)\ba\. ?m\.|上午|午前|오전"),
    ("PM", r"(?i)\bp\. ?m\.|下午|午後|오후"),
)
_WEEKDAYS = {
    f"({day})": f"({english})"
    for days in ("月火水木金土日", "월화수목금토일")
    for day, english in zip(days, "Mon Tue Wed Thu Fri Sat Sun".split(), strict=True)
}
_PARTS = r"(:[0-9]{2}|\.[0-9]{2}\.[0-9]{2}),([0-9])"
"""Seconds with a comma before their parts."""


class Format(NamedTuple):
    pattern: str
    """For strftime, its abbreviations written out."""
    until: date | None = None
    """The last day that a year of two digits may mean; None: they are 1970 to 2069."""
    months: str | None = None
    """Language of the months' names; None for English."""

    @property
    def has_months(self) -> bool:
        """Whether it reads months by name."""
        return "%b" in self.pattern or "%B" in self.pattern

    @property
    def is_utc(self) -> bool:
        """Whether it ends in words for the zone."""
        return _UTC.search(self.pattern) is not None

    @property
    def order(self) -> str:
        """Of year, month and day, in one letter each."""
        letters = re.findall(r"%[-_0]?([YymbBd])", self.pattern)
        return "".join("m" if one in "bB" else one.lower() for one in letters)


@cache
def read_format(text: str) -> Format:
    """Raises ValueError, in words for the user, for what cannot be."""
    until, months = None, None
    for key, value in _OPTION.findall(text):
        value = value.strip()
        if key == "months":
            if value not in MONTHS:
                raise ValueError(f"Months are known in {', '.join(MONTHS)}.")
            months = value
            continue
        try:
            until = date.fromisoformat(value)
        except ValueError as error:
            raise ValueError("Write the day as in until=2046-12-31.") from error
        if until.year < 101:
            raise ValueError("The day after until= must be in the year 101 or later.")
    pattern = _OPTION.sub("", text)
    for short, long in _WHOLE.items():
        pattern = pattern.replace(short, long)
    return Format(pattern, until, months)


@cache
def _shape(pattern: str) -> tuple[str, bool]:
    """A regular expression for texts of that form, and whether it must be asked of
    all: where fields are parted by nothing, their widths alone say which is which."""
    items = _ITEM.findall(pattern)
    kinds = [one[-1] if one[0] == "%" and one[-1] in _DIGITS else "" for one in items]
    made, close = [], False
    for at, (item, kind) in enumerate(zip(items, kinds, strict=True)):
        beside = any(kinds[max(at - 1, 0) : at]) or any(kinds[at + 1 : at + 2])
        close |= bool(kind) and beside
        if kind:
            width = _DIGITS[kind]
            width = width.split(",")[-1] if beside else width
            made.append(f"[0-9]{{{width}}}")
        elif item[0] == "%":
            made.append("%" if item == "%%" else ".*?")
        else:
            made.append(r"\s*" if item.isspace() else re.escape(item))
    return rf"(?s)^\s*{''.join(made)}\s*$", close or "%y" in pattern


def tidied(strings: pl.Series, form: Format) -> pl.Series:
    """Months and weekdays in English, without ordinals and fillers; halves of the day
    as AM, PM; parts of a second behind a point."""
    if form.has_months:
        strings = strings.str.replace_all(_FILLERS, "")
        strings = strings.str.replace_all(_ORDINAL, "${1}")
        strings = in_english(strings, form.months or "en")
    if "%p" in form.pattern:
        for half, words in _HALVES:
            strings = strings.str.replace(words, half)
    if "%a" in form.pattern:
        strings = strings.str.replace_many(_WEEKDAYS)
    if "%.f" in form.pattern:
        strings = with_points(strings)
    return strings


def with_points(strings: pl.Series) -> pl.Series:
    """Parts of a second behind a point, as 15:07:09.5, where they stand behind a comma."""
    return strings.str.replace(_PARTS, "${1}.${2}")


def library_pattern(form: Format) -> str:
    """For the library: of the months' names it then sees the short ones alone."""
    return form.pattern.replace("%B", "%b")


def in_shape(values: pl.Series, strings: pl.Series, form: Format) -> pl.Series:
    """The values, null where the library has read more than stands there, and years of
    two digits where ``until`` wants them."""
    shape, always = _shape(form.pattern)
    early = values.dt.year() < 1000
    if always or early.any():
        wrong = ~strings.str.contains(shape)
        values = null_where(values, wrong if always else wrong & early)
    if form.until is None or "%y" not in form.pattern:
        return values
    return _until(values, form.until)


def _until(values: pl.Series, last: date) -> pl.Series:
    year = values.dt.year() % 100
    day = (
        year * 10_000
        + values.dt.month().cast(pl.Int32) * 100
        + values.dt.day().cast(pl.Int32)
    )
    later = day > last.year % 100 * 10_000 + last.month * 100 + last.day
    meant = year + last.year // 100 * 100 - later.cast(pl.Int32) * 100
    leap = (meant % 4 == 0) & ((meant % 100 != 0) | (meant % 400 == 0))
    leap_day = (values.dt.month() == 2) & (values.dt.day() == 29)
    return null_where(values, leap_day & ~leap).dt.replace(year=meant)
