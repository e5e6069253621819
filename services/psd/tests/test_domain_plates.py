"""Duotones, multichannel documents and spot channels: what their inks look like."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage

from onemanage.contracts.psd.renditions import RenditionSpec
from onemanage.psd.domain.document import ExportedDocument, Limits
from onemanage.psd.domain.export import conversion, export_document
from onemanage.psd.domain.plates import covered
from onemanage.psd.domain.rendition import render_rendition

RGB, CMYK, MULTICHANNEL, DUOTONE = 3, 4, 7, 8
BLACK, TEAL = (953, 498, 425), (4549, -6600, -500)
"""L* a* b* in hundredths."""
ABSENT = struct.pack(">5H", 0xFFFF, 0, 0, 0, 0)


def lab(color: tuple[int, int, int]) -> bytes:
    return struct.pack(">H3h2x", 7, *color)


def written(
    path: Path,
    mode: int,
    planes: NDArray[np.uint8],
    resources: dict[int, bytes],
    color_mode_data: bytes = b"",
) -> Path:
    """A PSD without layers, of (channels, height, width)."""
    channels, height, width = planes.shape
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, height, width, 8, mode)
    blocks = b"".join(
        struct.pack(">4sHHI", b"8BIM", key, 0, len(data)) + data + bytes(len(data) % 2)
        for key, data in resources.items()
    )
    sections = [color_mode_data, blocks, b""]
    body = b"".join(struct.pack(">I", len(x)) + x for x in sections)
    path.write_bytes(head + body + bytes(2) + planes.tobytes())
    return path


def duotone(inks: list[bytes], curves: list[dict[int, int]], both: bytes) -> bytes:
    """The options of a duotone: colours, no names, curves by percent, overprints."""
    places = (0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)
    straight = {0: 0, 100: 100}
    colors = [*inks, *[ABSENT] * (4 - len(inks))]
    shapes = [*curves, *[straight] * (4 - len(curves))]
    rows = [[x.get(at, -0.1) * 10 for at in places] for x in shapes]
    packed = b"".join(struct.pack(">14h", *map(round, row), 0) for row in rows)
    head = struct.pack(">2H", 1, len(inks)) + b"".join(colors) + bytes(256)
    return head + packed + struct.pack(">H", 20) + both + ABSENT * 10


def composite(path: Path) -> tuple[NDArray[np.uint8], ExportedDocument]:
    out = path.parent / "out"
    found = export_document(path, out, Limits(), lambda _: None)
    with Image.open(out / "composite.png") as opened:
        return np.asarray(opened), found


@pytest.mark.parametrize(
    ("gray", "color"),
    [
        (0, (0, 8, 6)),
        (32, (0, 40, 35)),
        (64, (43, 76, 71)),
        (128, (131, 148, 146)),
        (192, (199, 207, 205)),
        (240, (242, 244, 244)),
        (255, (255, 255, 255)),
    ],
)
def test_a_duotone_is_its_inks_by_their_curves(
    tmp_path: Path, gray: int, color: tuple[int, int, int]
) -> None:
    """The colours are those that Photoshop wrote beside a duotone of these inks."""
    options = duotone(
        [lab(BLACK), lab(TEAL)],
        [{0: 0, 50: 40, 100: 100}, {0: 0, 50: 35, 80: 70, 100: 100}],
        ABSENT,
    )
    planes = np.full((1, 2, 3), gray, np.uint8)
    pixels, found = composite(written(tmp_path / "a", DUOTONE, planes, {}, options))
    assert found.color_mode == "duotone"
    assert np.abs(pixels[0, 0].astype(int) - color).max() <= 3


def test_where_photoshop_says_how_a_duotone_looks_that_is_taken(
    tmp_path: Path,
) -> None:
    """Resource 1066: the inks as Lab, then L*, a* and b* of 256 levels."""
    table = np.zeros((256, 3), np.uint8)
    table[:, 0], table[:, 1:] = np.arange(256), 128
    table[7] = 138, 209, 198  # pure red in sRGB: 54.3, 80.8, 69.9
    told = struct.pack(">2H", 1, 1) + lab(BLACK) + b"\x01\x00" + table.tobytes()
    planes = np.array([[[7, 0, 255]]], np.uint8)
    pixels, _ = composite(written(tmp_path / "a", DUOTONE, planes, {1066: told}))
    assert np.abs(pixels[0].astype(int) - [[255, 0, 0], [0] * 3, [255] * 3]).max() <= 5


def test_two_inks_on_each_other_look_as_their_author_says(tmp_path: Path) -> None:
    gold = struct.pack(">5H", 0, 65535, 0xC0C0, 0x2020, 0)
    straight = {0: 0, 100: 100}
    options = duotone([lab(BLACK), lab(TEAL)], [straight, straight], gold)
    planes = np.zeros((1, 1, 1), np.uint8)
    pixels, _ = composite(written(tmp_path / "a", DUOTONE, planes, {}, options))
    assert np.abs(pixels[0, 0].astype(int) - [255, 0xC0, 0x20]).max() <= 1


def test_a_duotone_of_an_ink_without_a_colour_is_gray_with_a_warning(
    tmp_path: Path,
) -> None:
    book = struct.pack(">5H", 3, 8224, 13106, 14147, 0)
    options = duotone([book], [{0: 0, 100: 100}], ABSENT)
    planes = np.array([[[0, 100, 200]]], np.uint8)
    pixels, found = composite(written(tmp_path / "a", DUOTONE, planes, {}, options))
    assert pixels.tolist() == [[0, 100, 200]]
    assert "colour book" in found.warnings[0]


def display(*channels: tuple[bytes, int, int]) -> bytes:
    """Resource 1077: colour, solidity in percent, and 2 for a spot channel."""
    return struct.pack(">I", 1) + b"".join(
        color + struct.pack(">HB", solidity, kind) for color, solidity, kind in channels
    )


def test_a_spot_channel_is_printed_over_the_merged_image(tmp_path: Path) -> None:
    """All of the ink on white paper is its colour; on another colour they multiply; one
    that is solid hides what is below."""
    red = struct.pack(">5H", 0, 65535, 0, 0, 0)
    process = [[255, 255, 0, 0]] * 3 + [[255, 255, 255, 255]]
    for solidity, under in ((0, (0, 0, 0)), (100, (255, 0, 0))):
        planes = np.array([*process, [255, 0, 255, 0], [0, 0, 0, 0]], np.uint8)
        info = display((red, solidity, 2), (red, 50, 1))
        path = written(tmp_path / "a", CMYK, planes[:, None], {1077: info})
        pixels, found = composite(path)
        assert pixels[0, 0].tolist() == [255] * 3
        assert np.abs(pixels[0, 1].astype(int) - [255, 0, 0]).max() <= 1
        assert pixels[0, 2].max() <= 60
        assert np.abs(pixels[0, 3].astype(int) - under).max() <= 60
        assert found.composite_source == "embedded"


def test_a_spot_channel_is_no_alpha(tmp_path: Path) -> None:
    """Even where it is the only channel past the colours, and nothing else is said."""
    red = struct.pack(">5H", 0, 65535, 0, 0, 0)
    planes = np.array([[[10, 10]], [[20, 20]], [[30, 30]], [[255, 0]]], np.uint8)
    path = written(tmp_path / "a", RGB, planes, {1077: display((red, 100, 2))})
    pixels, _ = composite(path)
    assert pixels[0].tolist() == [[10, 20, 30], [255, 0, 0]]


def test_half_of_an_ink_covers_as_much_as_photoshop_reckons(tmp_path: Path) -> None:
    """1 - .5^1.51 of black lets .351 of the light through: 160 in sRGB."""
    black = struct.pack(">5H", 0, 0, 0, 0, 0)
    planes = np.array([[[128, 255, 0]]], np.uint8)
    info = {1077: display((black, 0, 2))}
    pixels, _ = composite(written(tmp_path / "a", MULTICHANNEL, planes, info))
    assert pixels[0, :, 0].tolist() == [160, 255, 0]
    assert float(covered(np.array(0.5))) == pytest.approx(0.649, abs=1e-3)


def test_a_multichannel_document_is_all_its_inks_on_white(tmp_path: Path) -> None:
    cyan = struct.pack(">5H", 2, 0, 65535, 65535, 65535)
    yellow = struct.pack(">5H", 2, 65535, 65535, 0, 65535)
    planes = np.array([[[255, 0, 255, 0]], [[255, 255, 0, 0]]], np.uint8)
    info = {1077: display((cyan, 0, 2), (yellow, 0, 2))}
    pixels, _ = composite(written(tmp_path / "a", MULTICHANNEL, planes, info))
    white, only_cyan, only_yellow, both = pixels[0].astype(int)
    assert white.tolist() == [255] * 3
    assert np.abs(only_cyan - [0, 174, 239]).max() <= 2
    assert np.abs(only_yellow - [255, 242, 0]).max() <= 2
    # XYZ relative to D50 of the two: .297, .356, .797 and .804, .853, .121. Their
    # product, .239, .303, .096, is this in sRGB.
    assert np.abs(both - [121, 162, 68]).max() <= 2


def test_a_multichannel_document_of_alpha_channels_is_its_first_one(
    tmp_path: Path,
) -> None:
    red = struct.pack(">5H", 0, 65535, 0, 0, 0)
    planes = np.array([[[12, 200]], [[255, 0]]], np.uint8)
    info = {1077: display((red, 50, 1), (red, 50, 1))}
    pixels, _ = composite(written(tmp_path / "a", MULTICHANNEL, planes, info))
    assert pixels.tolist() == [[12, 200]]


def test_an_ink_of_a_colour_book_has_the_colour_beside_it(tmp_path: Path) -> None:
    """Resource 1067 names it by the id that 1053 gives the channel."""
    book = struct.pack(">5H", 9009, 13670, 25400, 13157, 0)
    planes = np.array([[[0, 255]]], np.uint8)
    info = {
        1053: struct.pack(">I", 3),
        1067: struct.pack(">2HI", 1, 1, 3) + lab((5323, 8011, 6722)),
        1077: display((book, 0, 2)),
    }
    pixels, _ = composite(written(tmp_path / "a", MULTICHANNEL, planes, info))
    assert np.abs(pixels[0, 0].astype(int) - [255, 0, 0]).max() <= 12
    assert pixels[0, 1].tolist() == [255] * 3


def test_older_files_describe_their_channels_in_another_resource(
    tmp_path: Path,
) -> None:
    """1007, of Photoshop up to CS2: without a version, and padded."""
    red = struct.pack(">5H", 0, 65535, 0, 0, 0)
    planes = np.array([[[0, 255]]], np.uint8)
    info = {1007: red + struct.pack(">HBx", 0, 2)}
    pixels, _ = composite(written(tmp_path / "a", MULTICHANNEL, planes, info))
    assert pixels[0].tolist() == [[255, 0, 0], [255, 255, 255]]


def test_a_rendition_has_spot_channels_too(tmp_path: Path) -> None:
    red = struct.pack(">5H", 0, 65535, 0, 0, 0)
    planes = np.full((5, 1, 2), 255, np.uint8)
    planes[4, 0, 1] = 0
    path = written(tmp_path / "a", CMYK, planes, {1077: display((red, 0, 2))})
    out = tmp_path / "out"
    spec = RenditionSpec()
    found = render_rendition(path, out, "a", spec, Limits(), None, lambda _: None)
    with Image.open(out / found.images[0].image.path) as opened:
        assert np.asarray(opened)[0].tolist() == [[255] * 3, [255, 0, 0]]


@pytest.mark.parametrize("length", [0, 3, 30, 523])
def test_options_that_are_cut_off_make_a_gray_image(
    tmp_path: Path, length: int
) -> None:
    planes = np.array([[[0, 100, 200]]], np.uint8)
    path = written(tmp_path / "a", DUOTONE, planes, {1066: bytes(length)}, bytes(100))
    assert "cannot be read" in conversion(PSDImage.open(path)).warnings[0]
    pixels, _ = composite(path)
    assert pixels.tolist() == [[0, 100, 200]]
