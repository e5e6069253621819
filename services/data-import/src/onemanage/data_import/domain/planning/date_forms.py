"""The forms of dates and times that a text may have, found from the text itself.

Each text is taken apart, and its parts say which formats are possible: at most three
orders of day, month and year. So it costs little to look at a thousand columns, and
any signs between the parts are understood.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from onemanage.data_import.domain.casting.months import languages_of, month_of

type Found = tuple[str, str | None]
"""Type and format of a column; None is ISO 8601."""

_HALF = r"[ap]\.?[ ]?m\.?|上午|下午|午前|午後|오전|오후"
_CLOCK = re.compile(
    rf"(?P<before>(?:{_HALF})\s*)?(?:(?<![0-9:.])|(?<=[0-9]{{4}}:))"
    r"[0-9]{1,2}(?P<sign>:)[0-9]{2}(?P<seconds>:[0-9]{2}(?P<part>[.,][0-9]{1,9})?)?"
    rf"(?P<after>\s*(?:{_HALF}))?"
    r"(?P<zone>\s*(?:(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?|UTC|GMT|Z))?$",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    r"(?P<before>(?!))?(?<=[0-9]\s)[0-9]{1,2}(?P<sign>\.)[0-9]{2}"
    rf"(?P<seconds>\.[0-9]{{2}}(?P<part>[.,][0-9]{{1,9}})?)?(?P<after>\s*(?:{_HALF}))?"
    r"(?P<zone>(?!))?$",
    re.IGNORECASE,
)
"""Times with points, as in Finland and Oracle: only behind a date, else numbers."""
_CTIME = re.compile(
    r"(?P<day>[A-Z][a-z]{2} )?(?P<month>[A-Z][a-z]{2}) [ ]?[0-9]{1,2} "
    r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?P<zone> [+-][0-9]{4})? [0-9]{4}"
)
_GAP = re.compile(r"(?:\s*T|[,\s]*|:|,?\s+(?:at|um|à|kl\.?|klo)\s*)$")
"""Between a date and its time."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_WEEK = re.compile(r"[0-9]{4}(-?)W[0-9]{2}(-?)[1-7]")
_NUMBERS = re.compile(
    r"([0-9]{1,4})(\s*[-/.年년]\s*|\s+)([0-9]{1,2})(\s*[-/.月월]\s*|\s+)"
    r"([0-9]{1,4})(\s*[.日일]|\s*г\.?)?"
)
_DAY_MONTH = re.compile(
    r"([0-9]{1,4})(?:(?:st|nd|rd|th|er|º|ª)(?![^\W\d_]))?([ ]*[-/.,]?\s*)(?:(?:de|of)\s+|d['’])?([^\W\d_]{3,})"
    r"\.?(\s*[-/.,]?\s*'?)(?:(?:de|del|of)\s+)?([0-9]{4}|[0-9]{1,2})(?:st|nd|rd|th)?"
    r"(\s*[.日일]|\s*[гр]\.?)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"([^\W\d_]{3,})\.?(\s*[-/.]?\s*)([0-9]{1,2})(?:st|nd|rd|th)?(\s*[-/.,]+\s*'?|\s+'?)"
    r"([0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(,?\s+)",
    re.IGNORECASE,
)
_ONES = str.maketrans("023456789", "1" * 9)
_EAST_WEEKDAY = re.compile(r"(\s*)\([月火水木金土日월화수목금토일]\)$")
_UNITS = "年년月월日일"
_DAY_FIRST, _MONTH_FIRST = (0, 1, 2), (1, 0, 2)
"""Which place of the text the day, the month and the year have."""
_YEAR_FIRST = (2, 1, 0)
_LONGEST = 60
"""Characters of a date that is looked at."""
_MOST = 12
"""Different forms that are looked at of one sample."""


class _Clock(NamedTuple):
    form: str
    zoned: bool
    halves: bool
    plain: bool
    """As ISO 8601 has it."""


def forms_of(samples: list[str], window: date) -> list[Found]:
    """What a column with these texts may be, each once, the likelier before others.

    ``window`` is the last day that years of two digits may mean.
    """
    # One call for all: the parts of a text of several lines do no harm, as what is
    # found is only what may be.
    texts = "\n".join(samples).translate(_ONES).split("\n")
    shapes = dict.fromkeys(map(str.strip, texts))
    return list(_forms_of(tuple(one for one in shapes if len(one) <= _LONGEST), window))


@lru_cache(maxsize=1024)
def _forms_of(shapes: tuple[str, ...], window: date) -> tuple[Found, ...]:
    """Many columns are written alike; which digits they have does not count."""
    found: dict[Found, None] = {}
    masks: set[str] = set()
    words = _words(shapes)
    languages = languages_of(words) if words else []
    for text in shapes:
        mask = re.sub("[^\\W\\d_]{3,}", "w", text)
        if mask in masks:
            continue
        masks.add(mask)
        found.update(dict.fromkeys(_forms(text, languages, window)))
        if len(masks) >= _MOST:
            break
    return tuple(sorted(found, key=_rank))


def _rank(found: Found) -> tuple[int, bool]:
    """The strictest type first; among the same, ISO 8601."""
    type_, form = found
    return ("date", "time", "timestamp", "timestamptz").index(type_), form is not None


def _words(samples: Iterable[str]) -> set[str]:
    """Of the months, as far as they stand where months do."""
    found = set()
    for text in samples:
        date_text, _ = _without_clock(text)
        date_text = _WEEKDAY.sub("", _GAP.sub("", date_text), 1)
        if made := _DAY_MONTH.fullmatch(date_text):
            found.add(made[3])
        elif made := _MONTH_DAY.fullmatch(date_text):
            found.add(made[1])
    return found


def _forms(text: str, languages: list[str], window: date) -> Iterator[Found]:
    if found := _CTIME.fullmatch(text):
        yield from _ctime(found)
        return
    date_text, clock = _without_clock(text)
    if not date_text:
        if clock is not None:
            yield "time", None if clock.plain else clock.form
        return
    if clock is None and _ISO.fullmatch(date_text):
        yield "date", None
        yield "timestamp", None
        return
    if clock is not None and clock.plain and _ISO.fullmatch(date_text.rstrip("Tt ")):
        if not clock.zoned:
            yield "date", None  # of midnights alone, as workbooks have days
        yield ("timestamptz" if clock.zoned else "timestamp"), None
        return
    bare = date_text if clock is None else _GAP.sub("", date_text)
    halves = clock is not None and clock.halves
    start, core, end = _without_weekday(bare)
    for form in chain(_numbers(core, halves), _named(core, languages), _weeks(core)):
        pattern, *options = form.split(";")
        pattern = f"{start}{pattern}{end}"
        if clock is not None:
            pattern += date_text[len(bare) :] + clock.form
        if "%y" in pattern:
            options.append(f"until={window}")
        kind = "date" if clock is None else "timestamp"
        if clock is not None and clock.zoned:
            kind = "timestamptz"
        yield kind, ";".join([pattern, *options])


def _ctime(found: re.Match[str]) -> Iterator[Found]:
    """The year behind the time, as C and its heirs write it."""
    if month_of(found["month"], "en") is None:
        return
    pattern = "%a %b %d %H:%M:%S" if found["day"] else "%b %d %H:%M:%S"
    if found["zone"]:
        yield "timestamptz", f"{pattern} %z %Y"
    else:
        yield "timestamp", f"{pattern} %Y"


def _without_weekday(text: str) -> tuple[str, str, str]:
    """What the format has before and after the date, and the date between."""
    start = end = ""
    if found := _WEEKDAY.match(text):
        start, text = f"%A{found[1]}", text[found.end() :]
    if found := _EAST_WEEKDAY.search(text):
        end, text = f"{found[1]}(%a)", text[: found.start()]
    return start, text, end


def _without_clock(text: str) -> tuple[str, _Clock | None]:
    found = _CLOCK.search(text) or _DOTTED.search(text)
    if found is None:
        return text, None
    before, after, zone = found["before"], found["after"], found["zone"]
    halves, sign = bool(before or after), found["sign"]
    form = "%p " if before else ""
    form += f"%I{sign}%M" if halves else f"%H{sign}%M"
    if found["seconds"]:
        form += f"{sign}%S%.f" if found["part"] else f"{sign}%S"
    form += " %p" if after else ""
    word = ""
    if zone:
        word = zone.strip().rstrip("+-:0123456789")
        offset = "%#z" if zone.strip() != word else ""
        form += f"{' ' * zone[0].isspace()}{word}{offset}"
    plain = not halves and sign == ":" and word.upper() not in ("UTC", "GMT")
    clock = _Clock(form, bool(zone), halves, plain)
    if zone and not text[: found.start()].strip():
        clock = clock._replace(plain=False)
    return text[: found.start()], clock


def _numbers(text: str, halves: bool) -> Iterator[str]:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return
    first, one, second, two, third, end = found.groups(default="")
    lengths = len(first), len(second), len(third)
    units = any(sign in text for sign in _UNITS)
    if not units and one.strip() != two.strip():
        return
    orders = []
    if lengths[0] == 4 and lengths[2] <= 2:
        orders = [_YEAR_FIRST]
    elif units:
        orders = [_YEAR_FIRST] if lengths[0] == 2 else []
    elif lengths[2] == 4 and lengths[0] <= 2:
        orders = [_MONTH_FIRST, _DAY_FIRST] if halves else [_DAY_FIRST, _MONTH_FIRST]
    elif max(lengths) <= 2 and one.strip():
        orders = [_MONTH_FIRST, _DAY_FIRST] if halves else [_DAY_FIRST, _MONTH_FIRST]
        orders = [one for one in orders if lengths[2] == 2]
        orders += [_YEAR_FIRST] if lengths[0] == 2 else []
    for order in orders:
        signs = ["", "", ""]
        signs[order[0]], signs[order[1]] = "%d", "%m"
        signs[order[2]] = "%Y" if lengths[order[2]] == 4 else "%y"
        yield f"{signs[0]}{one}{signs[1]}{two}{signs[2]}{end}"


def _named(text: str, languages: list[str]) -> Iterator[str]:
    made = []
    if found := _DAY_MONTH.fullmatch(text):
        first, one, _, two, last, end = found.groups(default="")
        if len(first) <= 2 and len(last) in (2, 4):
            made.append(f"%d{one}%b{two}{_year(last)}{end}")
        if len(last) <= 2 and len(first) in (2, 4):
            made.append(f"{_year(first)}{one}%b{two}%d{end}")
    elif found := _MONTH_DAY.fullmatch(text):
        _, one, _, two, last = found.groups(default="")
        made.append(f"%b{one}%d{two}{_year(last)}")
    for pattern in made:
        for language in languages:
            option = "" if language == "en" else f";months={language}"
            yield f"{pattern}{option}"


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"


def _weeks(text: str) -> Iterator[str]:
    if found := _WEEK.fullmatch(text):
        yield f"%G{found[1]}W%V{found[2]}%u"
