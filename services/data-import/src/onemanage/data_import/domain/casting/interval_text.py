"""Lengths of time: texts to months, days and microseconds, which PostgreSQL's interval
keeps apart.

A text is read as PostgreSQL reads it, where both know it: 12:30 are hours and minutes.
Nothing is rounded; beyond ten thousand years there is no length of time.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_MOST_MONTHS = 120_000
_MOST_DAYS = 3_660_000
_MOST_MICROSECONDS = _MOST_DAYS * _DAY

_CLOCK = re.compile(
    r"(?P<sign>[+-]?)(?P<h>[0-9]{1,18}):(?P<m>[0-5]?[0-9])"
    r"(?::(?P<s>[0-5]?[0-9])(?:[.,](?P<f>[0-9]+))?)?"
)
_ISO = re.compile(
    r"(?P<sign>[+-]?)P(?=.)(?:(?P<years>[+-]?[0-9]{1,18})Y)?(?:(?P<months>[+-]?[0-9]{1,18})M)?"
    r"(?:(?P<weeks>[+-]?[0-9]{1,18})W)?(?:(?P<days>[+-]?[0-9]{1,18})D)?"
    r"(?:T(?=.)(?:(?P<hours>[+-]?[0-9]{1,18})H)?(?:(?P<minutes>[+-]?[0-9]{1,18})M)?"
    r"(?:(?P<seconds>[+-]?[0-9]{1,18}(?:[.,][0-9]+)?)S)?)?"
)
_PART = re.compile(
    r"(?P<number>[+-]?[0-9]{1,18}(?:[.,][0-9]+)?)\s*(?P<unit>[^\W\d_]+)\.?"
)
_BETWEEN = re.compile(r"(?:\s|,|\band\b)*")
_UNITS = {
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), "years"),
    **dict.fromkeys(("mo", "mon", "mons", "month", "months"), "months"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "weeks"),
    **dict.fromkeys(("d", "day", "days"), "days"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hours"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minutes"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "seconds"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "milliseconds"),
}
_MONTHS = {"years": 12, "months": 1}
_DAYS = {"weeks": 7, "days": 1}
_MICROSECONDS = {
    **{"hours": 3600 * _SECOND, "minutes": 60 * _SECOND, "seconds": _SECOND},
    "milliseconds": 1000,
}


class Interval(NamedTuple):
    months: int = 0
    days: int = 0
    microseconds: int = 0

    @property
    def in_range(self) -> bool:
        """Whether PostgreSQL can hold it."""
        return (
            abs(self.months) <= _MOST_MONTHS
            and abs(self.days) <= _MOST_DAYS
            and abs(self.microseconds) <= _MOST_MICROSECONDS
        )

    def __str__(self) -> str:
        """As PostgreSQL reads it: ``2 mons -1 days 25:30:00.5``."""
        parts = [f"{self.months} mons"] * bool(self.months)
        parts += [f"{self.days} days"] * bool(self.days)
        if self.microseconds or not parts:
            parts.append(clock(self.microseconds))
        return " ".join(parts)


def clock(microseconds: int) -> str:
    """Hours, however many, minutes and seconds: ``-25:30:00.5``."""
    seconds, part = divmod(abs(microseconds), _SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if microseconds < 0 else ""
    fraction = f".{part:06}".rstrip("0") if part else ""
    return f"{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}"


@lru_cache(maxsize=4096)
def interval_of(text: str) -> Interval | None:
    """None for what is no length of time, or has parts of a microsecond."""
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        return _with_clock(Interval(), found)
    if found := _ISO.fullmatch(text.upper()):
        sign = -1 if found["sign"] == "-" else 1
        parts = found.groupdict(default="0")
        del parts["sign"]
        return _sum(sign, parts.items())
    return _in_words(text.lower())


def _in_words(text: str) -> Interval | None:
    """``1 year 2 mons -3 days 04:05:06``, ``1h 30m``, ``2 hours and 5 minutes``."""
    parts: list[tuple[str, str]] = []
    at = 0
    while found := _PART.match(text, at):
        unit = _UNITS.get(found["unit"])
        if unit is None:
            return None
        parts.append((unit, found["number"]))
        between = _BETWEEN.match(text, found.end())
        at = between.end() if between else found.end()
    made = _sum(1, parts) if parts else None
    if made is None or at == len(text):
        return made
    rest = _CLOCK.fullmatch(text, at)
    return _with_clock(made, rest) if rest else None


def _sum(sign: int, parts: Iterable[tuple[str, str]]) -> Interval | None:
    months = days = microseconds = 0
    for unit, number in parts:
        whole, _, fraction = number.replace(",", ".").partition(".")
        if unit in _MICROSECONDS:
            ticks = _ticks(whole, fraction, _MICROSECONDS[unit])
            if ticks is None:
                return None
            microseconds += ticks
        elif fraction.strip("0"):
            return None
        elif unit in _MONTHS:
            months += int(whole) * _MONTHS[unit]
        else:
            days += int(whole) * _DAYS[unit]
    return Interval(sign * months, sign * days, sign * microseconds)


def _ticks(whole: str, fraction: str, unit: int) -> int | None:
    """Microseconds; None for parts of one."""
    fraction = fraction.rstrip("0")
    if len(fraction) > 12:
        return None
    scale: int = 10 ** len(fraction)
    part, rest = divmod(int(fraction or "0") * unit, scale)
    if rest:
        return None
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * unit + sign * part


def _with_clock(made: Interval, found: re.Match[str]) -> Interval | None:
    seconds = _ticks(found["s"] or "0", found["f"] or "", _SECOND)
    if seconds is None:
        return None
    whole = (int(found["h"]) * 60 + int(found["m"])) * 60 * _SECOND + seconds
    return made._replace(
        microseconds=made.microseconds + (-whole if found["sign"] == "-" else whole)
    )
