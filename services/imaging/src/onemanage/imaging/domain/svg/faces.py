"""Fonts that an SVG holds within itself (CSS Fonts 4, ``@font-face`` with ``data:``).

The drawer knows a font by the name that it says of itself, and a style sheet by the one
that its rule gives it. So each is written anew under that name, with the weight and
the slant of the rule.
"""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

from onemanage.imaging.domain.svg import css
from onemanage.imaging.domain.svg.embedded import data_of
from onemanage.imaging.domain.svg.unpacking import unpacked_size

logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it warns of odd clocks

MAX_BYTES = 8 << 20
"""Of all of them together, unpacked: of WOFF2 that takes half a second a megabyte."""
MAX_COUNT = 32
_MOST_SOURCES = 4
"""Of one rule."""
_SIGNATURES = (b"\0\1\0\0", b"OTTO", b"true", b"wOFF", b"wOF2")
"""TrueType, OpenType with CFF outlines, Apple's TrueType, WOFF and WOFF2."""
_BLOCK = re.compile(r"@font-face\s*\{([^}]*)\}", re.IGNORECASE)
_SAID = r"(?:^|[;\s]){name}\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|([^;]+))"
_SOURCE = re.compile(
    r"url\(\s*(?:\"(data:[^\"]*)\"|'(data:[^']*)'|(data:[^)\s]*))\s*\)", re.IGNORECASE
)
_WEIGHTS = {"normal": 400, "bold": 700}
_NAMES = (1, 2, 3, 4, 6, 16, 17, 21, 22)
"""Of the name table: those of the family, of the face and of both together."""
_ITALIC, _BOLD, _REGULAR, _OBLIQUE = 0x01, 0x20, 0x40, 0x200


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRule:
    """What a rule says."""

    family: str
    weight: int
    is_slanted: bool
    sources: tuple[str, ...]
    """``data:`` addresses, of which the first that can be read counts."""


class BadFace(Exception):
    """None of its sources can be read."""


def taken_out(text: str) -> tuple[str, list[FaceRule]]:
    """A style sheet without the rules whose fonts are within it, and those."""
    if "@font-face" not in text.lower():
        return text, []
    rules: list[FaceRule] = []

    def take(found: re.Match[str]) -> str:
        rule = _rule(found[1])
        if rule is None:
            return found[0]
        rules.append(rule)
        return ""

    return _BLOCK.sub(take, css.plain(text)), rules


class Unpacker:
    """Makes fonts of rules, as long as there is room for them."""

    def __init__(self) -> None:
        self._room = MAX_BYTES

    def named(self, rule: FaceRule) -> bytes:
        """The font, unpacked, by the rule's name. Raises BadFace."""
        for source in rule.sources[:_MOST_SOURCES]:
            data = data_of(source) or b""
            if not data.startswith(_SIGNATURES):
                continue
            try:
                # What turns out to be damaged has taken its time all the same.
                self._room -= unpacked_size(data, self._room)
                return _renamed(data, rule)
            except MemoryError:
                raise
            except Exception:  # readers of fonts raise anything
                continue
        raise BadFace


def _rule(body: str) -> FaceRule | None:
    """None where nothing of it is within the file, or it has no name."""
    family = _said(body, "font-family")
    sources = tuple(next(filter(None, found)) for found in _SOURCE.findall(body))
    if not family or not sources:
        return None
    slant = _said(body, "font-style").lower()
    return FaceRule(
        family=family,
        weight=_weight(_said(body, "font-weight").lower()),
        is_slanted=slant.startswith(("italic", "oblique")),
        sources=sources,
    )


def _said(body: str, name: str) -> str:
    # What stands in a source is no declaration, whatever letters it has.
    found = re.search(_SAID.format(name=name), _SOURCE.sub("", body), re.IGNORECASE)
    return next(filter(None, found.groups()), "").strip() if found else ""


def _weight(text: str) -> int:
    """Of a range, as a variable font has one, what is nearest to the ordinary."""
    numbers = list(_numbers(text))
    if not numbers:
        return _WEIGHTS["normal"]
    return min(max(_WEIGHTS["normal"], min(numbers)), max(numbers))


def _numbers(text: str) -> Iterator[int]:
    for word in text.split():
        if word in _WEIGHTS:
            yield _WEIGHTS[word]
        elif re.fullmatch(r"\d{1,4}(\.\d+)?", word):
            yield min(1000, max(1, round(float(word))))


def _renamed(data: bytes, rule: FaceRule) -> bytes:
    font = TTFont(
        io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False
    )
    builder = FontBuilder(font=font)
    if "name" not in font:
        builder.setupNameTable({})
    if "OS/2" not in font:
        builder.setupOS2()
    table = font["name"]
    table.names = [one for one in table.names if one.nameID not in _NAMES]
    style = "Italic" if rule.is_slanted else "Regular"
    texts = {1: rule.family, 2: style, 4: rule.family, 16: rule.family, 17: style}
    texts[6] = "Embedded"  # the drawer knows no font without a PostScript name
    for number, text in texts.items():
        table.setName(text, number, 3, 1, 0x409)
    metrics = font["OS/2"]
    metrics.usWeightClass = rule.weight
    kept = metrics.fsSelection & ~(_ITALIC | _BOLD | _REGULAR | _OBLIQUE)
    metrics.fsSelection = kept | (_ITALIC if rule.is_slanted else _REGULAR)
    font.flavor = None
    made = io.BytesIO()
    font.save(made, reorderTables=None)
    return made.getvalue()
