"""What the format of a cell says of its number."""

import re

EAST_ASIAN = {*range(27, 37), *range(50, 59)}
"""Built-in dates of East Asian Excel, which files do not declare (ECMA-376 part 1,
18.8.30); one that a file does declare is what it says."""
DAY_FORMAT = 14
"""A date that every reader knows."""
_ELAPSED_FORMAT = 46
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.', re.DOTALL)


def shows_length(number: int, code: str | None) -> bool:
    """Whether it shows lengths of time; ``code`` is None where it is built in."""
    if code is None:
        return number == _ELAPSED_FORMAT
    return _ELAPSED.search(_QUOTED.sub("", code)) is not None


def leap_day(days: float) -> str | None:
    """The 29th of February 1900, as Excel shows day 60, with its time; None for other
    days. There was none, so no reader has a date for it."""
    if not 60 <= days < 61:
        return None
    time = length_of(days - 60)
    return "1900-02-29" if time == "00:00:00" else f"1900-02-29 {time}"


def length_of(days: float) -> str:
    """As Excel shows it, to the millisecond: 25:30:00. Raises ValueError and
    OverflowError for what is no number."""
    milliseconds = round(days * 86_400_000)
    seconds, part = divmod(abs(milliseconds), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{'-' if milliseconds < 0 else ''}{hours:02}:{minutes:02}:{seconds:02}"
    return text + f".{part:03}".rstrip("0") * bool(part)
