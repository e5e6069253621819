"""File names from the names that authors give: safe on every system, and unique."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

MAX_STEM = 100
"""Bytes of UTF-8, without what is added for scale and format."""
_RESERVED = re.compile(r'[<>:"/\\|?*]')
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"}) | {
    f"{device}{number}" for device in ("com", "lpt") for number in "123456789¹²³"
}
"""What Windows keeps for itself, with any ending."""
_NOTHING = "unnamed"


def file_stem(name: str, max_bytes: int = MAX_STEM) -> str:
    """A file name without an ending: NFC, never empty, never hidden, no path.

    What no file name may hold becomes ``_``; control and unseen characters go.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if c.isspace() else c for c in text if _is_seen(c))
    text = _RESERVED.sub("_", " ".join(text.split()))
    text = text.lstrip(". ")
    if text.partition(".")[0].rstrip().casefold() in _DEVICES:
        text = f"_{text}"
    return _cut(text, max_bytes) or _NOTHING


def unique_stems(names: Iterable[tuple[int, str]]) -> dict[int, str]:
    """A stem for each number, where those that would be alike have it at the end.

    Alike is what differs in upper and lower case only. The same names under the same
    numbers give the same stems.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    stems = {}
    for number, name in names:
        stems[number] = file_stem(name)
        groups[_key(stems[number])].append(number)
    taken = {key for key, numbers in groups.items() if len(numbers) == 1}
    for numbers in groups.values():
        if len(numbers) == 1:
            continue
        for number in numbers:
            stems[number] = _numbered(stems[number], number, taken)
            taken.add(_key(stems[number]))
    return stems


def file_name(stem: str, scale: float, ending: str) -> str:
    """``stem@2x.png``; without a mark where the scale is 1."""
    mark = "" if scale == 1 else f"@{scale:g}x"
    return f"{stem}{mark}.{ending}"


def _numbered(stem: str, number: int, taken: set[str]) -> str:
    mark = f"-{number}"
    while True:
        found = _cut(stem, MAX_STEM - len(mark)) + mark
        if _key(found) not in taken:
            return found
        mark += f"-{number}"


def _key(stem: str) -> str:
    """Equal for names that a file system may take for the same."""
    return unicodedata.normalize("NFC", stem.casefold())


def _cut(text: str, max_bytes: int) -> str:
    """At a character, and without the dots and blanks that Windows takes off an end."""
    return text.encode("utf-8")[:max_bytes].decode("utf-8", "ignore").rstrip(". ")


def _is_seen(character: str) -> bool:
    """Not a control, a format mark such as a change of direction, or half a pair."""
    if character.isspace():
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn", "Co")
