"""Fonts within an SVG: made here, their letters are squares."""

import base64
import io
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.t2CharStringPen import (  # type: ignore[import-untyped]
    T2CharStringPen,
)
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types
from fontTools.ttLib.tables.DefaultTable import (  # type: ignore[import-untyped]
    DefaultTable,
)

from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Picture
from onemanage.imaging.domain.svg import faces, unpacking

from . import lettering, samples

SQUARE = lettering.font("ABCDEFGHIJKLMNOP")
"""Squares of half the size on the baseline, under no name."""
LARGE = lettering.font("A", 1000, 800)


def packed(plain: bytes, flavor: str) -> bytes:
    font = TTFont(io.BytesIO(plain))
    font.flavor = flavor
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def cubic() -> bytes:
    """OpenType with CFF outlines, which says another name of itself."""
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({0x41: "A"})
    pen = T2CharStringPen(600, None)
    for number, point in enumerate([(0, 0), (0, 500), (500, 500), (500, 0)]):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    empty = T2CharStringPen(600, None)
    shapes = {".notdef": empty.getCharString(), "A": pen.getCharString()}
    builder.setupCFF("Other", {}, shapes, {})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "A": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Other", "styleName": "Black"})
    builder.setupOS2(usWeightClass=900)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def rule(data: bytes, family: str = "'Own One'", more: str = "") -> str:
    coded = base64.b64encode(data).decode()
    return (
        f"@font-face{{font-family:{family};{more}"
        f"src:url(data:font/ttf;base64,{coded}) format('woff2')}}"
    )


def text(attributes: str = 'font-family="Own One"') -> str:
    return f'<text x="10" y="90" font-size="80" {attributes}>A</text>'


def drawn(path: Path, sheet: str, body: str) -> Picture:
    ground = '<rect width="120" height="120" fill="#fff"/>'
    samples.svg(
        path / "a",
        f"<style>{sheet}</style>{ground}{body}",
        'width="120" height="120"',
    )
    return read_picture(path / "a")


def square(side: int) -> tuple[int, int, int, int]:
    return 10, 90 - side, 10 + side, 90


FORMS = {
    "TrueType": SQUARE,
    "OpenType": cubic(),
    "WOFF": packed(SQUARE, "woff"),
    "WOFF2": packed(SQUARE, "woff2"),
    "WOFF2 as it is": lettering.woff2(SQUARE),
    "WOFF2 of CFF": packed(cubic(), "woff2"),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_text_is_written_in_the_font_that_the_drawing_holds(
    tmp_path: Path, data: bytes
) -> None:
    picture = drawn(tmp_path, rule(data), text())
    assert not picture.warnings
    assert lettering.box(picture.first) == square(40)
    left, top, right, bottom = square(40)
    assert np.all(picture.first[top:bottom, left:right] < 16)


RULES = {
    "double quotes": rule(SQUARE, '"Own One"'),
    "no quotes": rule(SQUARE, "Own One"),
    "another rule behind it": rule(SQUARE) + ".a{fill:#00f}",
    "sources that load first": rule(SQUARE).replace(
        "src:", "src:local('x'),url(https://example.org/a.woff2),"
    ),
    "one that is no font first": rule(SQUARE).replace(
        "src:", "src:url(data:font/woff2;base64,d09GMgAB),"
    ),
    "in quotes, escaped": rule(SQUARE)
    .replace("url(", "url('")
    .replace(") format", "') format")
    .replace("=", "%3D"),
    "a comment": "/* fonts */" + rule(SQUARE),
    "the last declaration is the name": rule(SQUARE).replace(
        "{font-family:'Own One';", "{"
    )[:-1]
    + ";font-family:'Own One'}",
}


@pytest.mark.parametrize("sheet", RULES.values(), ids=RULES)
def test_a_rule_is_read_however_it_is_written(tmp_path: Path, sheet: str) -> None:
    picture = drawn(tmp_path, sheet, text())
    assert lettering.box(picture.first) == square(40)
    assert not picture.warnings


@pytest.mark.parametrize(
    ("attributes", "side"),
    [
        ("", 40),
        ('font-weight="bold"', 64),
        ('font-style="italic"', 40),
        ('font-weight="bold" font-style="italic"', 64),
    ],
)
def test_weight_and_slant_are_those_of_the_rules(
    tmp_path: Path, attributes: str, side: int
) -> None:
    sheet = rule(SQUARE, more="font-weight:100 500;")
    sheet += rule(LARGE, more="font-weight:bold;")
    picture = drawn(tmp_path, sheet, text(f'font-family="Own One" {attributes}'))
    assert lettering.box(picture.first) == square(side)


def test_an_italic_face_is_taken_for_italic_text_alone(tmp_path: Path) -> None:
    sheet = rule(SQUARE) + rule(LARGE, more="font-style:italic;")
    for slant, side in (("normal", 40), ("italic", 64)):
        attributes = f'font-family="Own One" font-style="{slant}"'
        picture = drawn(tmp_path, sheet, text(attributes))
        assert lettering.box(picture.first) == square(side)


def test_a_font_that_cannot_be_read_is_named_and_the_text_still_written(
    tmp_path: Path,
) -> None:
    for data in (SQUARE[:200], b"wOF2" + bytes(400), lettering.collection([SQUARE])):
        picture = drawn(tmp_path, rule(data), text())
        assert picture.warnings == ("The font Own One in the SVG is not used.",)
        assert lettering.inked(picture.first).any()


def test_a_font_larger_unpacked_than_may_be_is_not_unpacked(tmp_path: Path) -> None:
    bomb = bytes(faces.MAX_BYTES + 1)
    modern, old = lettering.woff2(SQUARE), packed(SQUARE, "woff")
    entry = old.index(b"glyf")
    (start,) = struct.unpack_from(">I", old, entry + 4)
    deflated = zlib.compress(bomb)
    size = struct.pack(">II", len(deflated), len(deflated) + 1)
    for data in (
        modern[: modern.index(imagecodecs.brotli_encode(tables(SQUARE)))]
        + imagecodecs.brotli_encode(bomb),
        old[: entry + 8] + size + old[entry + 16 : start] + deflated,
    ):
        with pytest.raises(unpacking.TooLarge):
            unpacking.unpacked_size(data, faces.MAX_BYTES)
        picture = drawn(tmp_path, rule(data), text())
        assert picture.warnings == ("The font Own One in the SVG is not used.",)


def tables(plain: bytes) -> bytes:
    """What `lettering.woff2` packs."""
    (count,) = struct.unpack_from(">H", plain, 4)
    places = [struct.unpack_from(">II", plain, 20 + 16 * n) for n in range(count)]
    return b"".join(plain[start : start + size] for start, size in places)


def test_more_fonts_than_may_be_are_not_used(tmp_path: Path) -> None:
    sheet = "".join(rule(SQUARE, f"F{number}") for number in range(40))
    picture = drawn(tmp_path, sheet, text('font-family="F31"'))
    assert lettering.box(picture.first) == square(40)
    assert len(picture.warnings) == 40 - faces.MAX_COUNT


def test_a_font_that_would_be_loaded_is_not(tmp_path: Path) -> None:
    sheet = "@font-face{font-family:'Own One';src:url(https://example.org/a.woff2)}"
    assert "style sheet loads" in drawn(tmp_path, sheet, text()).warnings[0]


def test_fonts_share_the_room_that_there_is(tmp_path: Path) -> None:
    large = SQUARE + bytes(faces.MAX_BYTES // 2)
    sheet = "".join(rule(packed_whole(large), name) for name in ("F1", "F2", "F3"))
    picture = drawn(tmp_path, sheet + rule(SQUARE), text('font-family="F1"'))
    assert lettering.box(picture.first) == square(40)
    assert picture.warnings == (
        "The font F2 in the SVG is not used.",
        "The font F3 in the SVG is not used.",
    )


def packed_whole(plain: bytes) -> bytes:
    """WOFF2, with a table that says nothing beside the others."""
    font = TTFont(io.BytesIO(plain))
    font["DUMB"] = DefaultTable("DUMB")
    font["DUMB"].data = plain[len(SQUARE) :]
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
