"""Fonts by name, what stands in for them, and files that are none."""

import io
import random
from pathlib import Path

import pytest
from fontTools.subset import Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from onemanage.psd.domain.typesetting.facts import describe_font, unpack_font
from onemanage.psd.domain.typesetting.fonts import FontShelf, our_fonts
from onemanage.psd.domain.typesetting.setting import set_text
from onemanage.psd.errors import InvalidFont

from .typesetting_samples import shelf, styled, width

NOTO = next(our for our in our_fonts() if our.name == "manimgx_fonts")
FILE = NOTO / "NotoSansThai[wght].ttf"


def renamed(path: Path, name: str, flavor: str | None = None) -> Path:
    """A few letters of ours under another PostScript name."""
    with TTFont(FILE) as font:
        subset = Subsetter()
        subset.populate(text="กขคABCabc")
        subset.subset(font)
        for record in font["name"].names:
            if record.nameID == 6:
                record.string = name
        font.flavor = flavor
        font.save(path)
    return path


def test_a_font_is_found_by_its_postscript_name_and_its_instances() -> None:
    found = shelf().find("NotoSans-Bold")
    assert found is not None and found.family == "Noto Sans"
    assert shelf().find("NoSuch-Font") is None


def test_a_workspaces_font_goes_before_ours(tmp_path: Path) -> None:
    own = renamed(tmp_path / "own.ttf", "NotoSans-Regular")
    found = FontShelf([own]).find("NotoSans-Regular")
    assert found is not None and found.path == own


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
def test_fonts_of_the_web_are_unpacked(tmp_path: Path, flavor: str) -> None:
    packed = renamed(tmp_path / f"own.{flavor}", "Own-Font", flavor)
    assert describe_font(packed).format == flavor
    assert FontShelf([packed]).find("Own-Font") is not None
    unpack_font(packed, tmp_path / "plain")
    assert describe_font(tmp_path / "plain").format == "ttf"


def test_missing_fonts_are_named_all_at_once() -> None:
    text = styled("x", style={"font": "NoSuch-Font"})
    both = text.runs + styled("y", style={"font": "Other"}).runs
    assert shelf().missing(type(text)(runs=both, paragraphs=text.paragraphs)) == [
        "NoSuch-Font",
        "Other",
    ]
    assert shelf().missing(styled("x")) == []


def test_a_missing_font_is_replaced_by_one_as_bold_and_as_slanted() -> None:
    done = set_text(styled("HHH", style={"font": "NoSuch-BoldItalic"}), shelf())
    plain = set_text(styled("HHH", style={"font": "NoSuch"}), shelf())
    assert done.warnings == [
        "The font NoSuch-BoldItalic is not at hand: it is set in Noto Sans"
    ]
    assert width(done) > width(plain)


def test_what_stands_in_is_as_tall_and_named() -> None:
    done = set_text(styled("H", style={"size": 1000.0}, canvas=(2000, 2000)), shelf())
    assert done.box[3] - done.box[1] == pytest.approx(716, abs=2)
    assert done.warnings == [
        "The font ArialMT is not at hand: it is set in Arimo, whose letters are as wide"
    ]


def test_a_font_tells_its_names_scripts_and_licence() -> None:
    facts = describe_font(FILE)
    (face,) = facts.faces
    assert (facts.format, face.family, face.style) == (
        "ttf",
        "Noto Sans Thai",
        "Regular",
    )
    assert face.postscript_names[0] == "NotoSansThai-Regular"
    assert "NotoSansThai-Bold" in facts.postscript_names
    assert (face.weight, face.italic, face.is_variable) == (400, False, True)
    assert face.scripts == ["Thai"]
    assert face.embedding == "installable"


@pytest.mark.parametrize(
    ("bits", "word"),
    [(0, "installable"), (2, "restricted"), (4, "preview"), (8, "editable")],
)
def test_licence_bits_are_told(tmp_path: Path, bits: int, word: str) -> None:
    with TTFont(FILE) as font:
        font["OS/2"].fsType = bits
        font.save(tmp_path / "own.ttf")
    assert describe_font(tmp_path / "own.ttf").faces[0].embedding == word


def test_a_collection_tells_all_of_its_faces() -> None:
    cjk = next(our for our in our_fonts() if our.name == "manimgx_fonts_cjk")
    facts = describe_font(next(cjk.rglob("*.ttc")))
    assert [face.family[-2:] for face in facts.faces] == ["JP", "KR", "SC", "TC", "HK"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no font"),
        (b"GIF89a and more", "is no font"),
        (b"\0\1\0\0", "0 faces"),
        (b"OTTO" + bytes(40), "no letters"),
        (b"ttcf" + bytes(40), "0 faces"),
        (b"wOF2" + bytes(60), "damaged"),
        (b"wOF2" + b"\xff" * 60, "Unpacked"),
        (FILE.read_bytes()[:5000], "cut off in its table"),
    ],
)
def test_what_is_no_font_is_refused_in_words(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "own.ttf"
    path.write_bytes(content)
    with pytest.raises(InvalidFont, match=words):
        describe_font(path)
    broken = FontShelf([path])
    assert broken.unreadable == [path] or broken.find("NoSuch") is None


def test_damaged_fonts_are_refused_or_drawn_and_nothing_worse(tmp_path: Path) -> None:
    chance = random.Random(1)
    plain = FILE.read_bytes()
    refused = 0
    for number in range(60):
        damaged = bytearray(plain)
        for _ in range(chance.choice((1, 30, 3000))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"{number}.ttf"
        path.write_bytes(damaged[: chance.choice((len(plain), 20_000))])
        try:
            describe_font(path)
        except InvalidFont:
            refused += 1
        text = styled("Hสวัสดี 12", style={"font": "NotoSansThai-Regular"})
        set_text(text, FontShelf([path], ours=[FILE]), "grow")
    assert 0 < refused < 60


def test_a_font_without_a_name_is_refused(tmp_path: Path) -> None:
    with TTFont(FILE) as font:
        font["name"].names = []
        held = io.BytesIO()
        font.save(held)
    (tmp_path / "own.ttf").write_bytes(held.getvalue())
    with pytest.raises(InvalidFont, match="no PostScript name"):
        describe_font(tmp_path / "own.ttf")
