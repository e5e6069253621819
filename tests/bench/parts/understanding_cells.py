"""Cells whose meaning is known: what a made file has written, and what it says.

A recipe makes the cell of a row. The cell of row 0 leaves no doubt: its day is beyond
the twelfth, its number beyond a million; so a person who sees the column knows it.
"""

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

from babel.dates import format_date, format_datetime

from .encoding_texts import WORDS

type Value = None | str | bool | int | Decimal | date | time | datetime


class Cell(NamedTuple):
    text: str
    value: Value


type Recipe = Callable[[random.Random, int], Cell]
"""Of the row with that number, from 0."""

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_FIELD = re.compile(r"\{(\w+)\}")
_DATE = re.compile(r"\{(?:d|dd|_d|m|mm|y|yy|mon|MON|G|V|doy|be|fa)\}")
_HOUR = re.compile(r"\{(?:H|HH|h|hh|_h)\}")
_EXAMPLE = re.compile(
    r"(?:1(?P<group>[^\d]?)234|12(?P<lakh>[^\d])34(?P=lakh)567)"
    r"(?:(?P<decimal>[^\d])(?P<places>5\d*))?"
)
_SIGNS = re.compile(r"[-+−–()]")


def count(start: int = 1) -> Recipe:
    """1, 2, 3, …"""
    return lambda _, at: Cell(str(start + at), start + at)


def fixed(text: str, value: Value = None) -> Recipe:
    """The same in all rows; text where no value is given."""
    return lambda _, at: Cell(text, text if value is None else value)


def pick(*texts: str) -> Recipe:
    """Text out of few; the first rows have one of each."""

    def made(chance: random.Random, at: int) -> Cell:
        text = texts[at] if at < len(texts) else chance.choice(texts)
        return Cell(text, text)

    return made


def flags(true: str, false: str) -> Recipe:
    def made(chance: random.Random, at: int) -> Cell:
        value = chance.random() < 0.6 if at > 1 else at == 0
        return Cell(true if value else false, value)

    return made


def words(language: str = "en") -> Recipe:
    """Names and places."""
    known = _WORDS.get(language) or WORDS[language].split("|")

    def made(chance: random.Random, at: int) -> Cell:
        text = chance.choice(known)
        return Cell(text, text)

    return made


_WORDS = {
    "en": "Alice Grant|Bob Stone|Carol Ward|Leeds|York|Oak Street|paid in full|late again|"
    "Springfield|Dan Miller|returned|the blue one|Harbor View|Eve Castle".split("|")
}


def code(pattern: str) -> Recipe:
    """0 is any digit, 1 one but 0, A a letter; all else stands for itself."""

    def made(chance: random.Random, at: int) -> Cell:
        text = ""
        for sign in pattern:
            match sign:
                case "0":
                    text += chance.choice("0123456789")
                case "1":
                    text += chance.choice("123456789")
                case "A":
                    text += chance.choice("ABCDEFGHKLMNPRSTUVWXYZ")
                case _:
                    text += sign
        return Cell(text, text)

    return made


def gaps(recipe: Recipe, *missing: str) -> Recipe:
    """With one of the words that mean nothing in about a fifth of the rows."""

    def made(chance: random.Random, at: int) -> Cell:
        cell = recipe(chance, at)
        if at % 5 == 2 or (at > 5 and chance.random() < 0.05):
            return Cell(chance.choice(missing), None)
        return cell

    return made


def padded(recipe: Recipe, left: int = 0, right: int = 0) -> Recipe:
    """With that many blanks around it, which mean nothing."""

    def made(chance: random.Random, at: int) -> Cell:
        cell = recipe(chance, at)
        return cell._replace(text=" " * left + cell.text + " " * right)

    return made


def num(example: str, *, most: int = 7, digits: str = "", sure: bool = True) -> Recipe:
    """Numbers written as this one, which is -1234.5, or -1234567.5 for lakhs.

    An example without a sign has positive ones only. ``digits`` are those of another
    script; ``most`` is how many stand before the point. Not ``sure`` leaves doubt.
    """
    found = _EXAMPLE.search(example)
    assert found, example
    group = found["group"] or found["lakh"] or ""
    places = len(found["places"] or "")
    signed = _SIGNS.search(example) is not None

    def made(chance: random.Random, at: int) -> Cell:
        width = most if at == 0 and sure else chance.randint(1, most)
        units = chance.randrange(10 ** (width - 1) if width > 1 else 0, 10**width)
        parts = chance.randrange(10**places) if places else 0
        whole = _grouped(str(units), group, found["lakh"] is not None)
        text = whole + (f"{found['decimal']}{parts:0{places}}" if places else "")
        value = Decimal(f"{units}.{parts:0{places}}") if places else Decimal(units)
        negative = signed and (at == 1 or (at > 1 and chance.random() < 0.3))
        around = example if negative else _SIGNS.sub("", example)
        bare = _EXAMPLE.search(around)
        assert bare
        text = around[: bare.start()] + text + around[bare.end() :]
        if "%" in example or "٪" in example:
            value = value.scaleb(-2)
        if digits:
            text = text.translate(str.maketrans("0123456789", digits))
        return Cell(text.strip(), -value if negative and value else value)

    return made


def _grouped(whole: str, mark: str, lakhs: bool) -> str:
    if not mark or len(whole) < 4:
        return whole
    rest, last = whole[:-3], whole[-3:]
    width = 2 if lakhs else 3
    start = len(rest) % width
    parts = [rest[:start]] if start else []
    parts += [rest[at : at + width] for at in range(start, len(rest), width)]
    return mark.join([*parts, last])


def when(
    template: str,
    *,
    years: tuple[int, int] = (2015, 2025),
    offset: float | None = None,
    half: Sequence[str] = ("AM", "PM"),
    sure: bool = True,
) -> Recipe:
    """Days and times as the template has them; its fields are those of `_fields`.

    ``offset`` in hours is what the template says of the zone. Not ``sure`` leaves the
    order of day and month in doubt: no day is beyond the twelfth.
    """

    def made(chance: random.Random, at: int) -> Cell:
        moment = _moment(chance, at, years, sure)
        known = _fields(moment, half)
        text = _FIELD.sub(lambda one: known[one[1]], template)
        return Cell(text, _value(moment, template, offset))

    return made


def _moment(
    chance: random.Random, at: int, years: tuple[int, int], sure: bool
) -> datetime:
    day = chance.randint(1, 28) if sure else chance.randint(1, 12)
    if at == 0 and sure:
        day = chance.randint(13, 28)
    return datetime(
        chance.randint(*years),
        chance.randint(1, 12),
        day,
        # An afternoon, midnight, noon, then any hour.
        (chance.randint(13, 23), 0, 12, chance.randint(0, 23))[min(at, 3)],
        chance.randint(0, 59),
        chance.randint(0, 59),
        chance.randint(1, 999) * 1000,
    )


def _fields(moment: datetime, half: Sequence[str]) -> dict[str, str]:
    hour = moment.hour % 12 or 12
    iso = moment.isocalendar()
    return {
        "d": f"{moment.day}",
        "dd": f"{moment.day:02}",
        "_d": f"{moment.day:2}",
        "m": f"{moment.month}",
        "mm": f"{moment.month:02}",
        "y": f"{moment.year}",
        "yy": f"{moment.year % 100:02}",
        "mon": _MONTHS[moment.month - 1],
        "MON": _MONTHS[moment.month - 1].upper(),
        "wd": _DAYS[moment.weekday()],
        "th": _ordinal(moment.day),
        "doy": f"{moment.timetuple().tm_yday:03}",
        "G": f"{iso.year}",
        "V": f"{iso.week:02}",
        "u": f"{iso.weekday}",
        "be": f"{moment.year + 543}",
        "H": f"{moment.hour}",
        "HH": f"{moment.hour:02}",
        "h": f"{hour}",
        "hh": f"{hour:02}",
        "_h": f"{hour:2}",
        "MM": f"{moment.minute:02}",
        "SS": f"{moment.second:02}",
        "ms": f"{moment.microsecond // 1000:03}",
        "ap": half[moment.hour >= 12],
        "ja": "月火水木金土日"[moment.weekday()],
    }


def _ordinal(day: int) -> str:
    if 10 < day < 20:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"


def _value(moment: datetime, template: str, offset: float | None) -> Value:
    has_date = _DATE.search(template) is not None
    if "{MM}" not in template:
        return moment.date()
    if not _HOUR.search(template):
        moment = moment.replace(hour=0)
    second = moment.second if "{SS}" in template else 0
    micro = moment.microsecond if "{ms}" in template else 0
    moment = moment.replace(second=second, microsecond=micro)
    if not has_date:
        return moment.time()
    if offset is None:
        return moment
    return moment.replace(tzinfo=timezone(timedelta(hours=offset)))


def named(locale: str, pattern: str) -> Recipe:
    """Days as that locale writes them: ``pattern`` is of CLDR, or one of its sizes."""

    def made(chance: random.Random, at: int) -> Cell:
        moment = _moment(chance, at, (2015, 2025), True)
        if "H" in pattern or "h" in pattern.replace("short", ""):
            text = format_datetime(moment, pattern, locale=locale)
            return Cell(text, moment.replace(second=0, microsecond=0))
        return Cell(format_date(moment.date(), pattern, locale=locale), moment.date())

    return made
