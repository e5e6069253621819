"""What the names of fonts tell: weight, slant, serifs, and which are as wide as which."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heights:
    """How high letters are, as shares of the size."""

    d: float
    """First baselines follow from it."""
    capital: float
    x: float


_WEIGHTS = (
    (r"thin|hairline", 100),
    (r"extra-?light|ultra-?light", 200),
    (r"light", 300),
    (r"semi-?bold|demi-?bold|demi", 600),
    (r"extra-?bold|ultra-?bold|heavy", 800),
    (r"black", 900),
    (r"bold", 700),
    (r"medium", 500),
)
_ITALIC = re.compile(r"italic|oblique|slanted|kursiv|-it$|[a-z]it$", re.I)
_SERIFS = re.compile(
    r"times|serif|georgia|garamond|baskerville|bodoni|didot|caslon|palatino|minion|"
    r"cambria|century|bookman|trajan|merriweather|playfair|lora\b|mincho|ming|song|batang",
    re.I,
)
_MONO = re.compile(r"mono|courier|consol|menlo|typewriter|\bcode|source-?code", re.I)
_STYLES = ("", "Bold", "Italic", "BoldItalic")
_AS_WIDE = {
    "sans": (
        ("ArialMT", "Arial-BoldMT", "Arial-ItalicMT", "Arial-BoldItalicMT"),
        ("Arial", "Arial-Bold", "Arial-Italic", "Arial-BoldItalic"),
        ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    ),
    "serif": (
        (
            "TimesNewRomanPSMT",
            "TimesNewRomanPS-BoldMT",
            "TimesNewRomanPS-ItalicMT",
            "TimesNewRomanPS-BoldItalicMT",
        ),
        ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    ),
    "mono": (
        (
            "CourierNewPSMT",
            "CourierNewPS-BoldMT",
            "CourierNewPS-ItalicMT",
            "CourierNewPS-BoldItalicMT",
        ),
        ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    ),
}
"""Fonts whose letters have one width, in the order of _STYLES."""
_STAND_INS = {
    "sans": ("Arimo", "LiberationSans"),
    "serif": ("LiberationSerif", "Tinos"),
    "mono": ("LiberationMono", "Cousine"),
}
_HEIGHTS = {
    "sans": Heights(d=0.716, capital=0.716, x=0.519),
    "serif": Heights(d=0.683, capital=0.662, x=0.448),
    "mono": Heights(d=0.629, capital=0.566, x=0.425),
}
"""Of the fonts that these stand in for, by Adobe's metrics of them."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """What a name says of the looks of a font."""

    weight: int = 400
    italic: bool = False


def name_parts(name: str) -> NameParts:
    """Of a PostScript name, as Arial-BoldItalicMT."""
    weight = next(
        (weight for words, weight in _WEIGHTS if re.search(words, name, re.I)), 400
    )
    return NameParts(weight, _ITALIC.search(name.removesuffix("MT")) is not None)


def is_serif(name: str) -> bool:
    """Whether a name is one of a font with serifs."""
    return "sans" not in name.lower() and _SERIFS.search(name) is not None


def is_mono(name: str) -> bool:
    """Whether a name is one of a font whose letters are all as wide."""
    return _MONO.search(name) is not None


def stand_ins(name: str) -> list[str]:
    """PostScript names of the open fonts that are as wide as this one."""
    for kind, rows in _AS_WIDE.items():
        for row in rows:
            if name in row:
                style = _STYLES[row.index(name)]
                return [
                    f"{family}-{style}" if style else f"{family}{regular}"
                    for family in _STAND_INS[kind]
                    for regular in (("",) if style else ("-Regular", ""))
                ]
    return []


def known_heights(name: str) -> Heights | None:
    """Of a font that another one stands in for."""
    for kind, rows in _AS_WIDE.items():
        if any(name in row for row in rows):
            return _HEIGHTS[kind]
    return None
