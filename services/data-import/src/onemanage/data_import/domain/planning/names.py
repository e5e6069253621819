"""Headers and file names become names that PostgreSQL keeps as they are.

Letters and digits of every script stay; whatever else stands between them becomes one
underscore. So no name holds a quote, a semicolon or a control character. Reserved words
are allowed, because every name is quoted where it is used.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

MAX_BYTES = 63
"""What PostgreSQL keeps of a name; it would cut the rest off in silence."""
SYSTEM = frozenset({"_id", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
"""Columns that every table has already: ours and PostgreSQL's."""


def column_names(headers: Sequence[str]) -> list[str]:
    """One name for each header, in order, all different and none reserved for us."""
    return _different(
        [_name(header) or f"column_{at}" for at, header in enumerate(headers, 1)]
    )


def table_name(text: str) -> str:
    """The name of a table, from what a file, a sheet or a person calls it."""
    return _cut(_name(text) or "table")


def table_names(texts: Sequence[str]) -> list[str]:
    """As `table_name`, all different."""
    return _different([_name(text) or "table" for text in texts])


def _name(text: str) -> str:
    text = unicodedata.normalize("NFC", text.lower())
    kept = (one if unicodedata.category(one)[0] in "LMN" else "_" for one in text)
    name = re.sub("_+", "_", "".join(kept)).strip("_")
    return f"{name}_column" if name in SYSTEM else name


def _different(names: list[str]) -> list[str]:
    # A name that is free as it stands is never given to a duplicate of another one.
    taken = {_cut(name) for name in names}
    seen: set[str] = set()
    made = []
    for name in names:
        unique, number = _cut(name), 2
        while unique in seen or (number > 2 and unique in taken):
            unique, number = _cut(name, f"_{number}"), number + 1
        seen.add(unique)
        made.append(unique)
    return made


def _cut(name: str, ending: str = "") -> str:
    """At most MAX_BYTES bytes. What is cut leaves a hash, so that two long names that
    begin alike stay different."""
    whole = name.encode()
    if len(whole) + len(ending) <= MAX_BYTES:
        return name + ending
    mark = "_" + hashlib.blake2b(whole, digest_size=4).hexdigest() + ending
    kept = whole[: MAX_BYTES - len(mark)].decode(errors="ignore")
    return kept + mark


def quoted(name: str) -> str:
    """The name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'
