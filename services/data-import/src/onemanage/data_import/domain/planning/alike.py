"""Whether two files are called as if they were the same thing at two times.

``orders_2024-05.csv`` and ``Orders (2).xlsx`` are; ``customers.csv`` and
``products.csv`` are not, whatever their columns.
"""

import re
import unicodedata
from pathlib import PurePath

_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(r"(?i)(\.[a-z][a-z0-9]{0,6}){1,2}$")
_MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
_SAY_NOTHING = {
    *_MONTHS,
    *(month[:3] for month in _MONTHS),
    *("sept", "copy", "final", "v", "version", "年", "月", "日", "号", "副本"),
}


def words(name: str, *, ending: bool = True) -> frozenset[str]:
    """Of the name without folders, digits, months, and marks of a copy; ``ending`` says
    that it may have that of a file."""
    text = unicodedata.normalize("NFKC", name).casefold()
    if ending:
        text = _ENDING.sub("", PurePath(text).name)
    return frozenset(_WORD.findall(text)) - _SAY_NOTHING


def alike(one: str, other: str) -> bool:
    """Names of files. Those without a word of their own are only like themselves."""
    found = words(one)
    return one == other or (bool(found) and found == words(other))


def sheets_alike(one: str | None, other: str | None) -> bool:
    """Names of sheets in files that are alike: ``May`` and ``June`` are."""
    if one is None or other is None:
        return one == other
    return one == other or words(one, ending=False) == words(other, ending=False)
