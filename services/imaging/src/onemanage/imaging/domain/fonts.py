"""Fonts at hand, and which of them has all letters of a text."""

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import manimgx_fonts_cjk  # type: ignore[import-untyped]  # it holds a font and no code
from PIL import ImageFont

from onemanage.imaging.errors import InvalidImage

SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
PACKAGE = Path(manimgx_fonts_cjk.__file__).parent
"""Noto Sans CJK (OFL): Chinese, Japanese, Korean, Latin, Greek, Cyrillic. So text can be
written where the system has no font at all."""
FAMILY = "Noto Sans CJK SC"
"""Of what stands there, the name for Chinese in simplified letters."""
_PREFERRED = ("NotoSans-Regular", "DejaVuSans", "NotoSansCJK")
"""Beginnings of the file names that are tried first, in this order."""
_WEIGHT = 500
"""Of a variable font, whose own default is often the thinnest."""
_NOWHERE = "\U0010ffff"
"""A character that no font has: what is drawn for it is drawn for all it lacks."""


def font_for(text: str, size: float) -> ImageFont.FreeTypeFont:
    """The first font that has every letter. Raises InvalidImage where none has."""
    letters = {letter for letter in text if not letter.isspace()}
    fewest = letters
    for path in _paths():
        missing = {letter for letter in letters if not _has(path, letter)}
        if not missing:
            return _opened(path, size)
        fewest = min(fewest, missing, key=len)
    listed = " ".join(sorted(fewest)[:10])
    raise InvalidImage(
        "imaging.no_font",
        f"No installed font has all of the text. Leave out {listed}",
    )


def run_fonts(text: str, size: float) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """Runs of the text, each with a font that has its letters; what joins other letters
    or stands between them stays with those before. Raises InvalidImage where no font
    has one of them."""
    runs: list[tuple[str, Path]] = []
    for letter in text:
        path = runs[-1][1] if runs else None
        if path is None or not (_joins(letter) or _has(path, letter)):
            path = _path_for(letter, path)
        if runs and runs[-1][1] == path:
            runs[-1] = runs[-1][0] + letter, path
        else:
            runs.append((letter, path))
    return [(part, _opened(path, size)) for part, path in runs]


def _joins(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return letter.isspace() or kind[0] == "M" or kind in ("Cf", "Cc")


def _path_for(letter: str, before: Path | None) -> Path:
    if _joins(letter):
        return before or _paths()[0]
    for path in _paths():
        if _has(path, letter):
            return path
    text = f"No installed font has all of the text. Leave out {letter}"
    raise InvalidImage("imaging.no_font", text)


@functools.cache
def _paths() -> tuple[Path, ...]:
    """Fonts at hand, those that are preferred first; then shorter names, as plain
    faces have them."""

    def rank(path: Path) -> tuple[int, int, str]:
        order = [path.name.startswith(name) for name in _PREFERRED]
        first = order.index(True) if any(order) else len(order)
        return first, len(path.name), path.name

    return tuple(sorted(_found(), key=rank))


def _found() -> Iterator[Path]:
    for folder in (*SYSTEM_FOLDERS, PACKAGE):
        for path in folder.rglob("*"):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc", ".otc"):
                yield path


@functools.lru_cache(maxsize=4096)
def _has(path: Path, letter: str) -> bool:
    font = _at_one_size(path)
    if font is None:
        return False
    return _shape(font, letter) != _shape(font, _NOWHERE)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[object, bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


@functools.lru_cache(maxsize=64)
def _at_one_size(path: Path) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(path, 24)
    except OSError:
        return None  # a file that is no font has no letters


def _opened(path: Path, size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font  # it has one weight
    values = [
        (
            min(max(_WEIGHT, axis["minimum"] or 0), axis["maximum"] or _WEIGHT)
            if b"eight" in (axis["name"] or b"")
            else axis["default"] or 0
        )
        for axis in axes
    ]
    font.set_variation_by_axes([float(value) for value in values])
    return font
