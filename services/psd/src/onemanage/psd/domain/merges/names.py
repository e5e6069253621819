"""Names of pictures: a pattern of columns, made safe for files and different."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from onemanage.contracts.datasets.handing_over import LINE
from onemanage.contracts.psd.merge_checks import NUMBER, PatternPart

_UNSAFE = re.compile(
    r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+'
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""What Windows keeps for itself."""
_MOST_BYTES = 120
"""Of UTF-8. File systems take 255, and a number and an ending come behind."""


def row_name(
    pattern: Sequence[PatternPart],
    row: Mapping[str, str | None],
    number: int,
    line: int,
) -> str:
    """Safe, and not yet unique; never empty."""
    own = {NUMBER: str(number), LINE: str(line)}
    text = "".join(
        (
            (own.get(part.text) or row.get(part.text) or "")
            if part.is_column
            else part.text
        )
        for part in pattern
    )
    return safe_name(text) or f"row-{number}"


def safe_name(text: str) -> str:
    """What every file system takes: no separators, nothing unseen, no name that means
    something else. Letters of all scripts stay."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", text))
    plain = "".join(" " if one.isspace() else one for one in plain).strip(" .")
    plain = plain.encode()[:_MOST_BYTES].decode(errors="ignore").rstrip(" .")
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain


class Names:
    """Those given so far. Upper and lower case are the same, as file systems may have
    it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """The name, or the first of ``name-2``, ``name-3``… that is free."""
        key = unicodedata.normalize("NFKC", name).casefold()
        found, number = name, self._next.get(key, 2)
        while (taken := unicodedata.normalize("NFKC", found).casefold()) in self._taken:
            found, number = f"{name}-{number}", number + 1
        self._next[key] = number
        self._taken.add(taken)
        return found
