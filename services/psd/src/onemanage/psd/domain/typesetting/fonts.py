"""Fonts at hand: those that were given, and ours for each script.

A font is asked for by its PostScript name. Where it is not at hand, one whose letters
are as wide stands in for it, as Liberation does for Arial, Times and Courier; else one
of ours that is as bold and as slanted.
"""

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped]
from fontTools import unicodedata as scripts  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

from onemanage.psd.domain.typesetting.names import (
    Heights,
    NameParts,
    is_mono,
    is_serif,
    known_heights,
    name_parts,
    stand_ins,
)
from onemanage.psd.domain.typesetting.styled import StyledText

LIBERATION = tuple(
    Path(root, "share/fonts/truetype", folder)
    for root in (sys.prefix, "/usr", "/usr/local")
    for folder in ("liberation", "liberation2")
)
"""Where Debian puts them, and our images a copy of theirs."""
_PACKAGES = (
    "manimgx_fonts",
    "manimgx_fonts_cjk",
    "fontpkg_noto_serif",
    "fontpkg_arimo",
)
"""Noto Sans of 24 scripts and of symbols, for Chinese, Japanese and Korean, Noto Serif,
and what stands in for Arial."""
_FIRST = ("Noto Sans", "Noto Serif")
_LAST = ("Noto Emoji", "Noto Sans Symbols")
"""They have digits and letters, too."""
_COMMON = ("Zyyy", "Zinh", "Zzzz")
_CJK = {"Hang": "KR", "Hira": "JP", "Kana": "JP", "Bopo": "TC"}
"""Of the faces for Chinese, Japanese and Korean the one for a script; SC for others."""
_ENDINGS = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
MAX_FACES = 64
"""Of a collection."""
_COMPRESSED = (b"wOFF", b"wOF2")
_IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f")
"""Characters that no font needs to have."""


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One face at one weight. Its metrics are in ``upem`` parts of the size."""

    path: Path
    index: int
    name: str
    """PostScript name, of the named instance where it is variable."""
    family: str
    hb_font: hb.Font = field(repr=False)
    upem: int
    slant: float = 0.0
    """By which it is drawn slanted: it stands in for one that is."""
    heights: Heights | None = None
    """Of the font that it stands in for."""

    def has(self, character: str) -> bool:
        """Whether it has a glyph for it."""
        return self.hb_font.get_nominal_glyph(ord(character)) is not None

    def stretch(self, letters: str) -> float:
        """By what the letters are drawn taller, to be as tall as those of the font that
        it stands in for; they are as wide already."""
        if self.heights is None:
            return 1.0
        is_tall = letters[0].isupper() or letters[0].isdigit()
        own = height_of(self, "H" if is_tall else "x")
        wanted = self.heights.capital if is_tall else self.heights.x
        return wanted / own if own > 0 else 1.0

    @property
    def ascent(self) -> float:
        """Of the size, above the baseline."""
        return float(self.hb_font.get_font_extents("ltr").ascender) / self.upem

    @property
    def descent(self) -> float:
        """Of the size, below the baseline, as a positive number."""
        return -float(self.hb_font.get_font_extents("ltr").descender) / self.upem


@lru_cache(maxsize=1024)
def height_of(font: Font, letter: str) -> float:
    """Of the size, above the baseline; 0 where the font does not have the letter."""
    glyph = font.hb_font.get_nominal_glyph(ord(letter))
    extents = font.hb_font.get_glyph_extents(glyph) if glyph is not None else None
    return float(extents.y_bearing) / font.upem if extents is not None else 0.0


@dataclass(frozen=True, slots=True)
class _Face:
    """What the names of a face say, before it is asked for."""

    path: Path
    index: int
    names: dict[str, int | None]
    """PostScript names by the number of the named instance; None: as it is."""
    family: str
    parts: NameParts
    has_weights: bool
    """It is variable, and can be as bold as is wanted."""


class FontShelf:
    """Fonts of a workspace, and ours behind them.

    ``paths`` are files and folders; ``unreadable`` are those of them that are no fonts.
    """

    def __init__(self, paths: Iterable[Path], ours: Sequence[Path] | None = None):
        self.unreadable: list[Path] = []
        self._own: list[_Face] = []
        for path in _font_files(paths):
            found = _faces(path)
            self._own += found
            if not found:
                self.unreadable.append(path)
        self._ours = [
            face
            for path in _font_files(our_fonts() if ours is None else ours)
            for face in _faces(path)
        ]
        self._by_name: dict[str, _Face] = {}
        for face in (*self._own, *self._ours):
            for name in face.names:
                self._by_name.setdefault(name, face)
        self._orders: dict[tuple[str, str], list[_Face]] = {}
        self._stand_ins: dict[str, Font | None] = {}

    def find(self, postscript_name: str) -> Font | None:
        """The font itself, the workspace's before ours."""
        face = self._by_name.get(postscript_name)
        if face is None:
            return None
        instance = face.names[postscript_name]
        return _opened(face.path, face.index, postscript_name, instance)

    def stand_in(self, postscript_name: str) -> Font | None:
        """One whose letters are as wide."""
        if postscript_name not in self._stand_ins:
            self._stand_ins[postscript_name] = self._standing_in(postscript_name)
        return self._stand_ins[postscript_name]

    def _standing_in(self, postscript_name: str) -> Font | None:
        font = next(filter(None, map(self.find, stand_ins(postscript_name))), None)
        if font is None:
            return None
        return replace(font, heights=known_heights(postscript_name))

    def missing(self, styled: StyledText) -> list[str]:
        """PostScript names that its text is set in, and that neither are at hand nor
        have one that is as wide."""
        return [
            name
            for name in styled.fonts
            if self.find(name) is None and self.stand_in(name) is None
        ]

    def font_for(self, postscript_name: str, letters: str) -> Font | None:
        """What has all of the letters, which belong together; the font itself, one that
        stands in for it or one of ours. None where none has the first of them."""
        for wanted in (letters, letters[:1]):
            needed = [x for x in wanted if x not in _IGNORED]
            for font in self._candidates(postscript_name, wanted):
                if all(map(font.has, needed)):
                    return font
        return None

    def _ranked(self, name: str, parts: NameParts, script: str) -> list[_Face]:
        form = _CJK.get(script, "SC")
        key = name, form
        if key not in self._orders:
            self._orders[key] = sorted(
                self._ours, key=lambda face: _rank(face, name, parts, form)
            )
        return self._orders[key]

    def _candidates(self, postscript_name: str, letters: str) -> Iterator[Font]:
        first = self.find(postscript_name) or self.stand_in(postscript_name)
        if first is not None:
            yield first
        parts = name_parts(postscript_name)
        script = next(filter(None, map(script_of, letters)), "Latn")
        for face in self._ranked(postscript_name, parts, script):
            font = _weighted(face, parts)
            if font is not None:
                yield font


def our_fonts() -> list[Path]:
    """Folders of the fonts that we bring."""
    found = [Path(str(files(name))) for name in _PACKAGES]
    return [*found, *(folder for folder in LIBERATION if folder.is_dir())]


def hb_blob(path: Path) -> hb.Blob:
    """Of the file; what is compressed for the Web is unpacked. Raises OSError and
    TTLibError where it cannot be."""
    with path.open("rb") as file:
        head = file.read(4)
    if head not in _COMPRESSED:
        if path.is_relative_to(sys.prefix) or path.is_relative_to("/usr"):
            return hb.Blob.from_file_path(str(path))  # mapped: nobody changes these
        return hb.Blob(path.read_bytes())
    unpacked = io.BytesIO()
    with TTFont(path, lazy=False) as font:
        font.flavor = None
        font.save(unpacked, reorderTables=False)
    return hb.Blob(unpacked.getvalue())


def script_of(character: str) -> str:
    """Its ISO 15924 code; empty where it goes with its neighbours."""
    code = str(scripts.script(character))
    return "" if code in _COMMON else code


def _font_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(
                x for x in path.rglob("*") if x.suffix.lower() in _ENDINGS
            )
        else:
            yield path


@lru_cache(maxsize=256)
def _blob(path: Path, changed: int) -> hb.Blob:
    return hb_blob(path)


def _face(path: Path, index: int) -> hb.Face:
    return hb.Face(_blob(path, path.stat().st_mtime_ns), index)


def _faces(path: Path) -> list[_Face]:
    """Of one file; none where it is no font."""
    try:
        return _faces_of(path, path.stat().st_mtime_ns)
    except OSError:
        return []


@lru_cache(maxsize=256)
def _faces_of(path: Path, changed: int) -> list[_Face]:
    try:
        count = int(hb.Face(_blob(path, changed)).count)
    except Exception:  # unpacking what is damaged raises anything
        return []
    found = (_named(path, index) for index in range(min(count, MAX_FACES)))
    return [face for face in found if face is not None]


def _named(path: Path, index: int) -> _Face | None:
    face = _face(path, index)
    if not face.glyph_count or not face.unicodes:
        return None
    own = str(face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or "")
    family = str(
        face.get_name(hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY)
        or face.get_name(hb.OTNameIdPredefined.FONT_FAMILY)
        or own
    )
    # where the default is not what the name says, as of Noto Sans CJK, which is thin, its
    # instances come first
    names: dict[str, int | None] = {}
    for number, name in enumerate(instance_names(face, family)):
        names.setdefault(name, number)
    if own:
        names.setdefault(own, None)
    has_weights = any(axis.tag == "wght" for axis in face.axis_infos)
    return _Face(path, index, names, family, name_parts(own), has_weights)


def instance_names(face: hb.Face, family: str) -> list[str]:
    """PostScript names of the named instances of a variable font, in order."""
    return [_instance_name(face, one, family) for one in face.named_instances]


def _instance_name(face: hb.Face, instance: hb.OTVarNamedInstance, family: str) -> str:
    if instance.postscript_name_id != 0xFFFF:
        if name := face.get_name(instance.postscript_name_id):
            return str(name)
    prefix = face.get_name(25) or family
    style = face.get_name(instance.subfamily_name_id) or "Regular"
    return f"{prefix}-{style}".replace(" ", "")


@lru_cache(maxsize=256)
def _opened(path: Path, index: int, name: str, instance: int | None) -> Font:
    face = _face(path, index)
    font = hb.Font(face)
    if instance is not None:
        font.var_named_instance = instance
    family = str(face.get_name(hb.OTNameIdPredefined.FONT_FAMILY) or name)
    return Font(path, index, name, family, font, int(face.upem) or 1000)


@cache
def _at_weight(path: Path, index: int, family: str, weight: int, slant: float) -> Font:
    face = _face(path, index)
    font = hb.Font(face)
    if any(axis.tag == "wght" for axis in face.axis_infos):
        font.set_variations({"wght": float(weight)})
    if slant:
        font.synthetic_slant = slant
    return Font(path, index, family, family, font, int(face.upem) or 1000, slant)


def _weighted(face: _Face, parts: NameParts) -> Font | None:
    slant = 0.2 if parts.italic and not face.parts.italic else 0.0
    return _at_weight(face.path, face.index, face.family, parts.weight, slant)


def _rank(face: _Face, wanted: str, parts: NameParts, form: str) -> tuple[bool, ...]:
    """Lower is asked first: of the script's form, all letters as wide or not as of the
    wanted one, serifs as it has, slanted as it is, as bold."""
    is_other_cjk = "CJK" in face.family and not face.family.endswith(form)
    return (
        face.family in _LAST,
        is_other_cjk,
        is_mono(wanted) != is_mono(face.family),
        is_serif(wanted) != is_serif(face.family),
        face.family not in _FIRST,
        parts.italic != face.parts.italic,
        not face.has_weights and abs(parts.weight - face.parts.weight) > 200,
    )
