"""What a font file is: checked where it is added, so that whoever sets text in it may
rely on it."""

import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped]
from fontTools.ttLib import TTLibError  # type: ignore[import-untyped]

from onemanage.psd.domain.typesetting.fonts import (
    MAX_FACES,
    hb_blob,
    instance_names,
    script_of,
)
from onemanage.psd.errors import InvalidFont

MAX_BYTES = 48 << 20
MAX_UNPACKED = 128 << 20
_FORMATS = {
    b"\0\1\0\0": "ttf",
    b"true": "ttf",
    b"OTTO": "otf",
    b"ttcf": "ttc",
    b"wOFF": "woff",
    b"wOF2": "woff2",
}
"""By the first four bytes."""
_UNPACKED_SIZE = 16
"""Where WOFF and WOFF2 say it, as 32 bits."""
_FEW = 20
"""Letters; of a script that it has fewer of, it has only some."""
_FS_TYPE = 8
"""Where OS/2 has it; OpenType, "OS/2", fsType."""
_RESTRICTED, _PREVIEW, _EDITABLE = 0x0002, 0x0004, 0x0008
_DRAWN = 200
"""Glyphs that are looked at until one has an outline."""


@dataclass(frozen=True, slots=True)
class FaceFacts:
    """One face of a font file."""

    index: int
    family: str
    style: str
    postscript_names: list[str]
    """Its own first, then those of its instances where it is variable."""
    weight: int
    """100 to 900, 400 is regular."""
    italic: bool
    is_variable: bool
    scripts: list[str]
    """ISO 15924 codes, that with the most letters first."""
    characters: int
    embedding: str
    """What its licence bits allow of documents: installable, editable, preview or
    restricted. Pictures of its letters are none."""


@dataclass(frozen=True, slots=True)
class FontFacts:
    """A font file."""

    format: str
    """ttf, otf, ttc, woff or woff2."""
    bytes: int
    faces: list[FaceFacts]

    @property
    def postscript_names(self) -> list[str]:
        """Of all faces, each once."""
        found = (name for face in self.faces for name in face.postscript_names)
        return list(dict.fromkeys(found))


def describe_font(path: Path) -> FontFacts:
    """Raises InvalidFont for what is no font, is damaged or too large."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _bad(
            f"It has {size} bytes; {MAX_BYTES} are allowed. Upload a smaller one."
        )
    with path.open("rb") as file:
        head = file.read(64)
    form = _FORMATS.get(head[:4])
    if form is None:
        text = "It is no font. Upload TrueType, OpenType, a collection, WOFF or WOFF2."
        raise _bad(text)
    if form in ("woff", "woff2"):
        _check_unpacked(head)
    try:
        blob = hb_blob(path)
    except Exception as error:  # unpacking what is damaged raises anything
        raise _bad(_DAMAGED) from error
    data = bytes(blob.data)
    if form in ("woff", "woff2"):
        _check_tables(data, 0)
    count = int(hb.Face(blob).count)
    if not 0 < count <= MAX_FACES:
        raise _bad(f"It has {count} faces; 1 to {MAX_FACES} are allowed.")
    faces = []
    for index in range(count):
        if form in ("ttf", "otf", "ttc"):
            _check_tables(data, index)
        faces.append(_face(hb.Face(blob, index), index))
    return FontFacts(form, size, faces)


_DAMAGED = "It is damaged: its tables cannot be read. Export it again."


def _bad(text: str) -> InvalidFont:
    return InvalidFont("psd.bad_font", f"The file cannot be used as a font. {text}")


def _check_unpacked(head: bytes) -> None:
    if len(head) < _UNPACKED_SIZE + 4:
        raise _bad("It is cut off. Upload it again.")
    (size,) = struct.unpack_from(">I", head, _UNPACKED_SIZE)
    if size > MAX_UNPACKED:
        raise _bad(f"Unpacked it has {size} bytes; {MAX_UNPACKED} are allowed.")


def _check_tables(data: bytes, index: int) -> None:
    """Whether all that its directory names is within the file."""
    try:
        start = 0
        if data[:4] == b"ttcf":
            (start,) = struct.unpack_from(">I", data, 12 + 4 * index)
        (count,) = struct.unpack_from(">H", data, start + 4)
        for number in range(count):
            tag, _, offset, length = struct.unpack_from(
                ">4sIII", data, start + 12 + 16 * number
            )
            if offset + length > len(data):
                name = ascii(tag)[2:-1]
                raise _bad(f"It is cut off in its table {name}. Upload it again.")
    except struct.error as error:
        raise _bad("It is cut off. Upload it again.") from error


def _face(face: hb.Face, index: int) -> FaceFacts:
    codes = list(face.unicodes) if face.glyph_count else []
    if not codes:
        raise _bad("It has no letters. " + _DAMAGED)
    font = hb.Font(face)
    if not _has_outlines(font, codes):
        raise _bad("Its letters have no outlines. Upload one that has.")
    ids = hb.OTNameIdPredefined
    family = _name(face, ids.TYPOGRAPHIC_FAMILY) or _name(face, ids.FONT_FAMILY)
    own = _name(face, ids.POSTSCRIPT_NAME)
    if not own:
        raise _bad("It has no PostScript name, by which designs ask for it.")
    names = [own, *(x for x in instance_names(face, family or own) if x != own)]
    style = _name(face, ids.TYPOGRAPHIC_SUBFAMILY) or _name(face, ids.FONT_SUBFAMILY)
    return FaceFacts(
        index=index,
        family=family or own,
        style=style or "Regular",
        postscript_names=list(dict.fromkeys(names)),
        weight=min(max(int(font.get_style_value(hb.StyleTag.WEIGHT)), 1), 1000),
        italic=float(font.get_style_value(hb.StyleTag.ITALIC)) > 0,
        is_variable=bool(face.has_var_data),
        scripts=_scripts(codes),
        characters=len(codes),
        embedding=_embedding(face),
    )


def _has_outlines(font: hb.Font, codes: list[int]) -> bool:
    step = max(len(codes) // _DRAWN, 1)
    for code in codes[::step]:
        glyph = font.get_nominal_glyph(code)
        extents = font.get_glyph_extents(glyph) if glyph is not None else None
        if extents is not None and extents.width and extents.height:
            return True
    return False


def _name(face: hb.Face, number: int) -> str:
    text = str(face.get_name(number) or "")
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:200].strip()


def _scripts(codes: list[int]) -> list[str]:
    found = Counter(
        script_of(chr(code)) for code in codes if not 0xD800 <= code < 0xE000
    )
    del found[""]
    return [script for script, count in found.most_common() if count >= _FEW]


def _embedding(face: hb.Face) -> str:
    table = bytes(face.reference_table("OS/2").data)
    if len(table) < _FS_TYPE + 2:
        return "installable"
    (bits,) = struct.unpack_from(">H", table, _FS_TYPE)
    if bits & _EDITABLE:
        return "editable"
    if bits & _PREVIEW:
        return "preview"
    return "restricted" if bits & _RESTRICTED else "installable"


def unpack_font(path: Path, target: Path) -> None:
    """Write what WOFF or WOFF2 holds, or the font as it is: unpacking takes a second or
    two, which is better spent where a font is added than for each text set in it.

    Raises InvalidFont as describe_font does, which is to be asked first.
    """
    try:
        target.write_bytes(bytes(hb_blob(path).data))
    except (TTLibError, struct.error, ValueError, AssertionError) as error:
        raise _bad(_DAMAGED) from error
