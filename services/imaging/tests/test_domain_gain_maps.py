"""Gain maps of JPEG, as libultrahdr writes and reads them, and as Adobe and Apple do."""

import io
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, ImageSequence, MpoImagePlugin

from onemanage.contracts.imaging.recipe_checks import InvalidRecipe
from onemanage.imaging.domain import code_points
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.domain.results import VariantResult

from . import samples

KEEP = {"format": "jpeg", "quality": 95, "gain_map": "keep", "subsampling": "4:4:4"}
WIDTH, HEIGHT = 320, 240
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ADOBE = {
    "Version": "1.0",
    "GainMapMin": "0",
    "GainMapMax": "2",
    "Gamma": "1",
    "OffsetSDR": "0",
    "OffsetHDR": "0",
    "HDRCapacityMin": "0",
    "HDRCapacityMax": "2",
    "BaseRenditionIsHDR": "False",
}

type Light = NDArray[np.float32]


def light() -> Light:
    """Brighter to the right up to 4 times white, bluer to the bottom; RGB."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    level = 0.05 + 3.95 * (x / WIDTH) ** 2
    return np.dstack([level, level * 0.8, level * (0.2 + 0.6 * y / HEIGHT)])


@pytest.fixture
def ultra(tmp_path: Path) -> Path:
    """As an Android phone writes it."""
    pixels = np.dstack([light(), np.ones((HEIGHT, WIDTH))]).astype(np.float16)
    made = imagecodecs.ultrahdr_encode(
        pixels, 97, gamut=imagecodecs.ULTRAHDR.CG.BT_709, scale=4
    )
    (tmp_path / "ultra").write_bytes(made)
    return tmp_path / "ultra"


def made(
    path: Path, operations: list[dict[str, Any]], **output: Any
) -> tuple[bytes, VariantResult]:
    result = samples.run(path, operations, KEEP | output)
    return (path.parent / "out" / result.path).read_bytes(), result


def shown(data: bytes) -> Light:
    """What a display with all the room shows, by libultrahdr."""
    return np.asarray(imagecodecs.ultrahdr_decode(data)[:, :, :3], np.float32)


def pair(data: bytes) -> list[Image.Image]:
    """Both pictures, by MPF alone."""
    with MpoImagePlugin.MpoImageFile(io.BytesIO(data)) as file:
        return [frame.copy() for frame in ImageSequence.Iterator(file)]


def said(data: bytes, begin: bytes) -> bytes:
    """A segment of the second picture."""
    second = data[data.index(b"\xff\xd9\xff\xd8") + 2 :]
    at = second.index(begin)
    return second[at : at + int.from_bytes(second[at - 2 : at]) - 2]


def adobe(
    path: Path, plane: Image.Image, properties: Mapping[str, str] = ADOBE, **first: Any
) -> Path:
    """A gray picture whose gain XMP alone says."""
    texts = " ".join(f'hdrgm:{name}="{text}"' for name, text in properties.items())
    space = "http://ns.adobe.com/hdr-gain-map/1.0/"
    return joined(path, plane, f'xmlns:hdrgm="{space}" {texts}', **first)


def joined(path: Path, plane: Image.Image, attributes: str, **first: Any) -> Path:
    packet = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f"<rdf:Description {attributes}/></rdf:RDF></x:xmpmeta>"
    )
    file = io.BytesIO()
    plane.save(file, "JPEG", quality=95, xmp=packet.encode())
    base = Image.new("RGB", (80, 60), (128, 128, 128))
    base.save(
        path, "MPO", save_all=True, append_images=[base], quality=95, xmp=b"", **first
    )
    data = path.read_bytes()
    at = data.index(b"\xff\xd9\xff\xd8") + 2
    index = data.index(b"MPF\0") + 4
    entry = data.index(struct.pack("<II", len(data) - at, at - index))
    size = struct.pack("<I", len(file.getvalue()))
    path.write_bytes(data[:entry] + size + data[entry + 4 : at] + file.getvalue())
    return path


GEOMETRY: dict[str, tuple[list[dict[str, Any]], Any]] = {
    "nothing": ([], lambda full: full),
    "a crop": (
        [{"op": "crop", "x": 101, "y": 37, "width": 150, "height": 90}],
        lambda full: full[37:127, 101:251],
    ),
    "a crop after a crop": (
        [
            {"op": "crop_aspect", "aspect": "1:1", "gravity": "west"},
            {"op": "crop", "x": 33, "y": 21, "width": 150, "height": 120},
        ],
        lambda full: full[21:141, 33:183],
    ),
    "a quarter": ([{"op": "rotate", "angle": 90}], lambda full: np.rot90(full, -1)),
    "three quarters": ([{"op": "rotate", "angle": 270}], lambda full: np.rot90(full)),
    "a mirror": (
        [{"op": "flip", "direction": "horizontal"}],
        lambda full: full[:, ::-1],
    ),
    "all of it": (
        [
            {"op": "crop", "x": 64, "y": 20, "width": 200, "height": 160},
            {"op": "rotate", "angle": 90},
            {"op": "flip", "direction": "vertical"},
            {"op": "crop", "x": 30, "y": 50, "width": 120, "height": 100},
        ],
        lambda full: np.rot90(full[20:180, 64:264], -1)[::-1][50:150, 30:150],
    ),
}


@pytest.mark.parametrize("case", GEOMETRY.values(), ids=GEOMETRY)
def test_the_light_of_a_picture_goes_where_the_picture_goes(
    ultra: Path, case: tuple[list[dict[str, Any]], Any]
) -> None:
    operations, moved = case
    data, result = made(ultra, operations)
    expected = moved(shown(ultra.read_bytes()))
    found = shown(data)
    assert not result.warnings
    assert found.shape == expected.shape
    off = np.abs(found - expected) / (expected + 0.1)
    assert off.mean() < 0.02 and np.percentile(off, 99) < 0.08


@pytest.mark.parametrize("width", [160, 75, 30])
def test_a_smaller_picture_has_a_smaller_gain_map(ultra: Path, width: int) -> None:
    operations = [
        {"op": "resize", "width": width, "height": width, "mode": "fill"},
    ]
    data, _ = made(ultra, operations)
    first, second = pair(data)
    assert first.size == (width, width)
    assert second.size == (round(width / 4), round(width / 4))
    at = ((np.arange(width) + 0.5) * HEIGHT / width).astype(int)
    expected = shown(ultra.read_bytes())[:, 40:280][at][:, at]
    off = np.abs(shown(data) - expected) / (expected + 0.1)
    assert off.mean() < 0.05


def test_a_gain_map_is_dropped_unless_it_is_asked_for(ultra: Path) -> None:
    data, result = made(ultra, [], gain_map="drop")
    assert b"MPF" not in data and b"hdrgm" not in data and not result.warnings


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_that_exif_turns_turns_its_gain_map(
    tmp_path: Path, orientation: int
) -> None:
    plane = Image.new("L", (40, 30), 0)
    plane.paste(255, (0, 0, 20, 15))
    exif = Image.Exif()
    exif[0x112] = orientation
    path = adobe(tmp_path / "a", plane, exif=exif)
    first, second = pair(made(path, [])[0])
    stood = Image.new("L", (40, 30), 0)
    stood.paste(255, (0, 0, 20, 15))
    stood.getexif()[0x112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(stood)).astype(int)
    assert first.size == (expected.shape[1] * 2, expected.shape[0] * 2)
    assert np.abs(np.asarray(second.convert("L")).astype(int) - expected).mean() < 3


def test_what_adobe_says_by_xmp_is_said_by_xmp_and_by_the_standard(
    tmp_path: Path,
) -> None:
    path = adobe(tmp_path / "a", Image.new("L", (40, 30), 255))
    data, result = made(path, [], copyright="Example & Sons")
    assert not result.warnings
    # Twice the power of 2 of gray 128, which is .216 of white.
    assert np.allclose(shown(data), 4 * 0.2159, rtol=0.03)
    second = ElementTree.fromstring(xml(said(data, b"http://ns.adobe.com/xap/1.0/")))
    texts = next(second.iter(f"{{{_RDF}}}Description")).attrib
    for name, text in ADOBE.items():
        found = texts[f"{{http://ns.adobe.com/hdr-gain-map/1.0/}}{name}"]
        assert found == text or float(found) == float(text)
    first = ElementTree.fromstring(xml(data))
    item = "{http://ns.google.com/photos/1.0/container/item/}"
    listed = {
        one.get(f"{item}Semantic"): one.get(f"{item}Length") for one in first.iter()
    }
    length = listed["GainMap"]
    assert length is not None and data[-int(length) :].startswith(b"\xff\xd8\xff")
    assert "Example & Sons" in "".join(first.itertext())


def test_gains_of_their_own_for_each_channel_are_kept(tmp_path: Path) -> None:
    """Without a reader that knows them by XMP: by the standard's bytes."""
    plane = Image.new("RGB", (40, 30), (255, 0, 128))
    path = adobe(tmp_path / "a", plane)
    data, result = made(path, [{"op": "resize", "width": 40}])
    assert not result.warnings
    red, green, blue = shown(data).mean(axis=(0, 1))
    assert red == pytest.approx(4 * 0.2159, rel=0.04)
    assert green == pytest.approx(0.2159, rel=0.04)
    assert blue == pytest.approx(2 * 0.2159, rel=0.06)


def test_channels_stay_with_the_colours_that_they_were_made_for(
    tmp_path: Path,
) -> None:
    plane = Image.new("RGB", (40, 30), (255, 0, 128))
    path = adobe(tmp_path / "a", plane, icc_profile=code_points.display_p3())
    data, result = made(path, [])
    assert len(result.warnings) == 1 and "space source" in result.warnings[0]
    assert b"MPF" not in data
    data, result = made(path, [], space="source")
    assert not result.warnings and len(pair(data)) == 2
    gray = adobe(
        tmp_path / "b", Image.new("L", (40, 30)), icc_profile=code_points.display_p3()
    )
    assert not made(gray, [])[1].warnings


APPLE = (
    'xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/" apdi:AuxiliaryImageType='
    '"urn:com:apple:photo:2020:aux:hdrgainmap"'
)


def note(headroom: float, gain: float) -> bytes:
    """Of Apple's, with two signed rationals."""
    places = 14 + 2 + 2 * 12 + 4
    entries = struct.pack(">HHII", 33, 10, 1, places)
    entries += struct.pack(">HHII", 48, 10, 1, places + 8)
    numbers = [round(headroom * 1000), 1000, round(gain * 1000), 1000]
    head = b"Apple iOS\0\0\1MM" + struct.pack(">H", 2)
    return head + entries + bytes(4) + struct.pack(">4i", *numbers)


@pytest.mark.parametrize(
    ("numbers", "headroom"),
    [
        ((1.0, 0.0), 8.0),
        ((1.2, 1.0), 4.0),
        ((0.5, 0.005), 2**1.7),
        ((0.2, 2), 2**1.399),
    ],
)
def test_a_gain_map_of_apple_s_is_written_as_the_others_are(
    tmp_path: Path, numbers: tuple[float, float], headroom: float
) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = note(*numbers)
    plane = Image.new("L", (40, 30), 255)
    plane.paste(128, (0, 0, 40, 15))
    path = joined(tmp_path / "a", plane, APPLE, exif=exif.tobytes())
    found = shown(made(path, [])[0])
    assert found[45:].mean() == pytest.approx(0.2159 * headroom, rel=0.03)
    level = ((128 / 255 + 0.099) / 1.099) ** (1 / 0.45)
    expected = 0.2159 * (1 + (headroom - 1) * level)
    assert found[:15].mean() == pytest.approx(expected, rel=0.03)


def test_newer_ones_of_apple_s_say_their_headroom_themselves(tmp_path: Path) -> None:
    more = 'xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/"'
    more += ' HDRGainMap:HDRGainMapHeadroom="4"'
    plane = Image.new("L", (40, 30), 255)
    path = joined(tmp_path / "a", plane, f"{APPLE} {more}")
    assert np.allclose(shown(made(path, [])[0]), 4 * 0.2159, rtol=0.03)
    path = joined(tmp_path / "b", plane, APPLE)
    assert made(path, [])[1].warnings == (
        "The gain map is dropped: its headroom is not said.",
    )


FOREIGN: list[dict[str, Any]] = [
    {"op": "sharpen"},
    {"op": "rotate", "angle": 10},
    {"op": "resize", "width": 100, "height": 100, "mode": "pad"},
    {"op": "text_watermark", "text": "x"},
    {"op": "border", "width": 2},
]


@pytest.mark.parametrize("operation", FOREIGN, ids=lambda one: str(one["op"]))
def test_what_a_gain_map_cannot_follow_is_named(
    ultra: Path, operation: dict[str, Any]
) -> None:
    data, result = made(ultra, [{"op": "resize", "width": 200}, operation])
    lost = "The gain map is dropped: it cannot follow what is done at /operations/1."
    assert lost in result.warnings
    assert b"MPF" not in data and b"hdrgm" not in data


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"GainMapMin": "3"}, "contradict"),
        ({"Gamma": "0"}, "contradict"),
        ({"GainMapMax": "1e9"}, "range"),
        ({"GainMapMax": "nan"}, "range"),
        ({"GainMapMax": "much"}, "missing"),
        ({"BaseRenditionIsHDR": "True"}, "brighter"),
        ({"HDRCapacityMin": "5"}, "brighter"),
    ],
)
def test_a_gain_map_that_makes_no_sense_is_dropped_with_a_warning(
    tmp_path: Path, change: dict[str, str], why: str
) -> None:
    path = adobe(tmp_path / "a", Image.new("L", (40, 30), 255), ADOBE | change)
    data, result = made(path, [])
    assert len(result.warnings) == 1 and why in result.warnings[0]
    assert b"MPF" not in data


def test_a_gain_map_that_is_larger_or_broken_does_not_hinder_the_picture(
    tmp_path: Path,
) -> None:
    path = adobe(tmp_path / "a", Image.new("L", (100, 90), 255))
    assert "larger" in made(path, [])[1].warnings[0]
    path = adobe(tmp_path / "a", Image.new("L", (40, 30), 255))
    half = {"op": "resize", "width": 20}
    few = samples.run(path, [half], KEEP, limits=Limits(pixels=1000))
    assert few.width == 20 and "larger" in few.warnings[0]
    path = adobe(tmp_path / "b", Image.new("L", (40, 30), 255))
    data = path.read_bytes()
    at = data.index(b"\xff\xd9\xff\xd8") + 2
    for cut in (at + 2, at + 200, len(data) - 40):
        path.write_bytes(data[:cut])
        result = made(path, [])[1]
        assert (result.width, result.height) == (80, 60)


def test_the_bytes_that_are_allowed_are_those_of_both_pictures(ultra: Path) -> None:
    alone = len(made(ultra, [], gain_map="drop")[0])
    data, _ = made(ultra, [], max_bytes=alone)
    assert len(data) <= alone and len(pair(data)) == 2


def test_gray_has_no_gain_map(ultra: Path) -> None:
    with pytest.raises(InvalidRecipe, match="gain_map"):
        made(ultra, [], space="gray")


def xml(data: bytes) -> bytes:
    """The first packet in it."""
    start = data.index(b"<x:xmpmeta")
    return data[start : data.index(b"</x:xmpmeta>") + 12]
