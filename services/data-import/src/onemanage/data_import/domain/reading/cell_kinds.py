"""What a cell looks like at a glance: enough to tell names from values."""

import re
from functools import lru_cache

NUMBER, TIME, BOOLEAN, CODE, TEXT = "number", "time", "bool", "code", "text"
_CODES = "USD|EUR|GBP|JPY|CNY|CHF|CAD|AUD|INR|BRL|SEK|NOK|DKK|PLN|CZK|RUB|TRY"
_MONEY = rf"(?:[A-Z]{{0,3}}[$¢£¤¥\u20a0-\u20cf\u0e3f]|{_CODES}|kr\.?|zł|Kč|Ft|руб\.?)"
_NUMBER = re.compile(
    rf"\(?[+\-−]?\s?{_MONEY}?\s?[+\-−]?[\d.,'\u2019\u066b\u066c \u00a0\u202f]*\d"
    rf"(?:[eE][+-]?\d+)?[.,]?\s?(?:[%‰]|{_MONEY})?-?\)?"
)
_TIME = re.compile(
    r"\d{1,4}[-/.年:]\d{1,2}(?:[-/.月:]\d{1,4})?[^;|\t]*"
    r"|\d{1,2}[-. /]?[^\W\d_]{3,10}[-. /,]+\d{2,4}(?:[^\d;|\t][^;|\t]*)?"
    r"|[^\W\d_]{3,10}\.? \d{1,2},? \d{4}(?:[^\d;|\t][^;|\t]*)?"
)
_DOTTED = re.compile(
    r"(?:\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d)|\d{4}\.\d{1,2}\.\d{1,2})(?:[^\d;|\t][^;|\t]*)?"
)
_BOOLEAN = re.compile(r"(?i:true|false|yes|no)")
_PATTERNS = ((TIME, _DOTTED), (NUMBER, _NUMBER), (TIME, _TIME), (BOOLEAN, _BOOLEAN))
_LONGEST_CODE = 12
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_RULE = re.compile(r"[-=_:+~*|\s]*[-=_][-=_:+~*|\s]*")
_NOTHING = frozenset(
    "null na n/a #n/a n.a. nan none nil - -- --- . .. ... … – — ? \\n".split()
)


def is_blank(cell: str | None) -> bool:
    """Whether it says nothing: it is empty, or a word for that."""
    if not cell:
        return True
    text = cell.strip()
    return not text or (len(text) < 5 and text.lower() in _NOTHING)


def is_year(cell: str) -> bool:
    """Whether a cell could be a year in a row of names."""
    return _YEAR.fullmatch(cell.strip()) is not None


def is_typed(cell: str) -> bool:
    """Whether it is a number, a time or a truth."""
    return kind_of(cell) not in (TEXT, CODE)


def is_rule(cell: str | None) -> bool:
    """Whether it is a line that is drawn with signs, or nothing."""
    text = (cell or "").strip()
    return not text or (len(text) > 1 and _RULE.fullmatch(text) is not None)


@lru_cache(maxsize=10_000)
def kind_of(cell: str) -> str:
    """number, time, bool, text, or code: most of it digits, or one word with some."""
    text = cell.strip()
    if len(text) > 60:
        return TEXT
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return kind
    digits = sum(map(str.isdigit, text))
    is_one = len(text) <= _LONGEST_CODE and not any(map(str.isspace, text))
    return CODE if digits > sum(map(str.isalpha, text)) or digits and is_one else TEXT
