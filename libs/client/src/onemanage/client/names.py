"""Names of files that a server has said: made safe, whatever they are.

A name is one part of a path, is no hidden file and no option of a command, and can be written on every system: a
server, or whoever uploaded the file to it, decides nothing but what stands in a list.
"""

import re
from email.message import Message
from typing import Optional
from urllib.parse import unquote

_MOST_BYTES = 200
"""Of 255 that file systems take; a temporary file has a few more in its name."""
_NOT_EVERYWHERE = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
"""Names that Windows takes for devices, with any ending."""
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}(\.[A-Za-z0-9]{1,4})?$")

_EXACT = re.compile(r"(?i)filename\*\s*=\s*utf-8'[^']*'([^;\s]+)")


def safe_name(given: Optional[str], otherwise: str = "download") -> str:
    """The last part of ``given``, without what could do harm; ``otherwise`` where
    nothing is left of it."""
    last = (given or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable())
    kept = _NOT_EVERYWHERE.sub("_", kept).strip().rstrip(". ")
    if kept.startswith((".", "-")):
        kept = "_" + kept.lstrip(".-")
    if not kept.strip("_"):
        return otherwise
    if _DEVICES.fullmatch(kept):
        kept = "_" + kept
    return _cut(kept)


def name_of_disposition(header: Optional[str]) -> Optional[str]:
    """The file name that a Content-Disposition says (RFC 6266), as it stands there."""
    if not header:
        return None
    exact = _EXACT.search(header)
    if exact is not None:
        return unquote(exact.group(1), errors="replace")
    message = Message()
    message["Content-Disposition"] = header
    return message.get_filename()


def _cut(name: str) -> str:
    """To as many bytes as it may have, with its ending."""
    if len(name.encode()) <= _MOST_BYTES:
        return name
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    room = _MOST_BYTES - len(ending)
    stem = name[: len(name) - len(ending)].encode()[:room].decode("utf-8", "ignore")
    return stem.rstrip(". ") + ending
