"""Fonts at hand, and which of them has all letters of a text.

A workspace's own font is asked first, and what it lacks is written in an installed one.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


MAX_BYTES = 32 << 20
"""Of a workspace's own font."""
_SIGNATURES = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")
"""TrueType, OpenType with CFF outlines, Apple's TrueType, collections, WOFF and WOFF2:
the first four bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face of a font file, at a weight."""

    path: Path
    index: int = 0
    weight: int = _WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """What a text is written in: a font of its own, and those that are installed."""

    own: Face | None = None
    weight: int = _WEIGHT
    """Of the installed ones, of which those that have weights are asked first, where
    another one is wanted."""

    def faces(self) -> Iterator[Face]:
        """In the order in which they are asked for a letter."""
        if self.own is not None:
            yield self.own
        paths = _paths() if self.weight == _WEIGHT else _weighted_first()
        for path in paths:
            yield Face(path=path, weight=self.weight)

    def font_for(self, text: str, size: float) -> ImageFont.FreeTypeFont:
        """The first that has every letter. Raises InvalidImage where none has."""
        letters = {letter for letter in text if not letter.isspace()}
        fewest = letters
        for face in self.faces():
            missing = {letter for letter in letters if not _has(face, letter)}
            if not missing:
                return _opened(face, size)
            fewest = min(fewest, missing, key=len)
        raise _no_font(fewest)

    def run_fonts(
        self, text: str, size: float
    ) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """Runs of the text, each with a font that has its letters; what joins other
        letters or stands between them stays with those before. Raises InvalidImage where
        no font has one of them."""
        runs: list[tuple[str, Face]] = []
        for letter in text:
            face = runs[-1][1] if runs else None
            if face is None or not self._stays(letter, face):
                face = self._face_for(letter, face)
            if runs and runs[-1][1] == face:
                runs[-1] = runs[-1][0] + letter, face
            else:
                runs.append((letter, face))
        return [(part, _opened(face, size)) for part, face in runs]

    def lacking(self, text: str) -> str:
        """Letters of the text that its own font does not have, each once."""
        if self.own is None:
            return ""
        return "".join(
            letter
            for letter in dict.fromkeys(text)
            if not (_joins(letter) or _has(self.own, letter))
        )

    def _stays(self, letter: str, face: Face) -> bool:
        if _joins(letter):
            return True
        if self.own is not None and face != self.own and _has(self.own, letter):
            return False  # the own font goes before one that was taken for a letter
        return _has(face, letter)

    def _face_for(self, letter: str, before: Face | None) -> Face:
        if _joins(letter):
            return before or next(self.faces())
        for face in self.faces():
            if _has(face, letter):
                return face
        raise _no_font({letter})


INSTALLED = Fonts()


def own_face(path: Path, index: int, weight: int | None, name: str) -> Face:
    """A face of the workspace's own font, called by ``name`` where it is refused.

    Raises InvalidImage for what is no font, or is too large.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        text = f"The font {name} has {size} bytes; {MAX_BYTES} are allowed. Upload a smaller one."
        raise InvalidImage("imaging.bad_font", text)
    with path.open("rb") as file:
        head = file.read(4)
    if head not in _SIGNATURES:
        text = (
            f"The file {name} is no font that is read here. Upload TrueType, OpenType, a "
            "collection of them, WOFF or WOFF2."
        )
        raise InvalidImage("imaging.bad_font", text)
    try:
        font = ImageFont.truetype(path, 24, index)
        font.getmask("A")
    except (OSError, ValueError) as error:
        text = (
            f"The font {name} cannot be read: it is damaged, or has no face {index}. "
            "Export it again, or name another face."
        )
        raise InvalidImage("imaging.bad_font", text) from error
    return Face(path=path, index=index, weight=weight or _WEIGHT)


def has_weights(face: Face) -> bool:
    """Whether it is a variable font with an axis of weight."""
    try:
        axes = ImageFont.truetype(face.path, 24, face.index).get_variation_axes()
    except OSError:
        return False
    return any(_is_weight(axis) for axis in axes)


def _no_font(letters: Iterable[str]) -> InvalidImage:
    listed = " ".join(sorted(letters)[:10])
    text = f"No installed font has all of the text. Leave out {listed}"
    return InvalidImage("imaging.no_font", text)


def _joins(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return letter.isspace() or kind[0] == "M" or kind in ("Cf", "Cc")


@functools.cache
def _paths() -> tuple[Path, ...]:
    """Fonts at hand, those that are preferred first; then shorter names, as plain
    faces have them."""

    def rank(path: Path) -> tuple[int, int, str]:
        order = [path.name.startswith(name) for name in _PREFERRED]
        first = order.index(True) if any(order) else len(order)
        return first, len(path.name), path.name

    return tuple(sorted(_found(), key=rank))


@functools.cache
def _weighted_first() -> tuple[Path, ...]:
    return tuple(sorted(_paths(), key=lambda path: not has_weights(Face(path=path))))


def _found() -> Iterator[Path]:
    for folder in (*SYSTEM_FOLDERS, PACKAGE):
        for path in folder.rglob("*"):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc", ".otc"):
                yield path


@functools.lru_cache(maxsize=4096)
def _has(face: Face, letter: str) -> bool:
    font = _at_one_size(face.path, face.index)
    if font is None:
        return False
    return _shape(font, letter) != _shape(font, _NOWHERE)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[object, bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


@functools.lru_cache(maxsize=64)
def _at_one_size(path: Path, index: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(path, 24, index)
    except OSError:
        return None  # a file that is no font has no letters


@functools.lru_cache(maxsize=64)
def _opened(face: Face, size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face.path, size, face.index)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font  # it has one weight
    values = [
        (
            min(max(face.weight, axis["minimum"] or 0), axis["maximum"] or face.weight)
            if _is_weight(axis)
            else axis["default"] or 0
        )
        for axis in axes
    ]
    font.set_variation_by_axes([float(value) for value in values])
    return font


def _is_weight(axis: ImageFont.Axis) -> bool:
    return b"eight" in (axis.get("name") or b"")
