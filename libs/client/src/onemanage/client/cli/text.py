"""Text of others, made safe to show: nothing in a name may move a terminal's cursor."""

import json
import re
import textwrap
from collections.abc import Mapping
from datetime import datetime

# Controls of ASCII and of Latin-1 (one byte of which begins an escape sequence, too),
# separators of lines, marks that turn the direction of writing, halves of characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}
_MARKS = ("! ", "- ")
_NARROWEST = 20
_UNITS = ("B", "kB", "MB", "GB", "TB")


def shown(text: object) -> str:
    r"""The same on one line, what is not to be printed written as \n, \e or \u202e."""
    return _UNSAFE.sub(_visible, str(text))


def shown_lines(text: str) -> str:
    """The same, but its own ends of lines stay. For prose of ours and of servers."""
    return "\n".join(shown(line) for line in text.splitlines())


def wrapped(text: str, width: int, begin: int = 0) -> str:
    """Lines that end between words, where a terminal of this width would cut them. What
    follows the first is indented by ``begin``, or by a mark like ``! `` before it."""
    lines = []
    for line in text.splitlines():
        hang = begin or (2 if line.startswith(_MARKS) else 0)
        lines += textwrap.wrap(
            line,
            max(width, _NARROWEST),
            subsequent_indent=" " * hang,
            break_long_words=False,  # as ids are, and addresses
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)


def cut(text: str, most: int) -> str:
    """So many characters at most; … stands for the others."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"


def _visible(found: "re.Match[str]") -> str:
    sign = found.group()
    code = ord(sign)
    return _NAMED.get(sign) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def json_line(record: Mapping[str, object]) -> str:
    """One object on one line, safe for a terminal and for any encoding of names."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=str)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def size(count: int) -> str:
    """Bytes as a person says them: 1.4 MB."""
    number, unit = float(count), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return (
        f"{number:.0f} {_UNITS[unit]}" if unit == 0 else f"{number:.3g} {_UNITS[unit]}"
    )


def number(count: float) -> str:
    """12,345; with one place where it is small and not whole."""
    return f"{count:,.1f}" if count < 100 and count != int(count) else f"{count:,.0f}"


def duration(seconds: float) -> str:
    """0.4 s, 12 s, 3:07, 1:02:33."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(when: "datetime | str | None") -> str:
    """In the time of this machine, to the second; a dash for never."""
    if when is None:
        return "-"
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when.replace("Z", "+00:00"))
        except ValueError:
            return shown(when)
    return when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
