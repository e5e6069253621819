"""Channels by the bytes they are stored as, and their colours."""

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools.compression import encode_rle
from psd_tools.constants import ColorMode, Compression

from onemanage.psd.domain.channels import Shape, channel
from onemanage.psd.domain.color import ToSrgb

from . import samples

WIDTH, HEIGHT = 300, 5


def packed(version: int) -> tuple[bytes, Shape, NDArray[np.uint8]]:
    pixels = samples.noise(HEIGHT, WIDTH)
    pixels[2] = 7
    data = encode_rle(pixels.tobytes(), WIDTH, HEIGHT, 8, version)
    return data, Shape(HEIGHT, WIDTH, 8, version), pixels


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("rows", [None, slice(0, 2), slice(1, 4), slice(4, 5)])
def test_packed_rows_are_the_rows_that_were_packed(
    version: int, rows: slice | None
) -> None:
    data, shape, pixels = packed(version)
    found = channel(data, Compression.RLE, shape, rows, color=True)
    assert np.array_equal(found, pixels[rows or slice(None)])


@pytest.mark.parametrize("lost", [1, 2, 3, 100, 301])
def test_packed_rows_that_end_too_early_are_not_filled_up(lost: int) -> None:
    data, shape, _ = packed(1)
    with pytest.raises(Exception, match=r"ends|not enough|truncated|broken"):
        channel(data[:-lost], Compression.RLE, shape, color=True)


@pytest.mark.parametrize("more", [b"\x00a", b"\x02abc", b"\xf6a"])
@pytest.mark.parametrize("rows", [None, slice(1, 3)])
def test_what_a_packed_row_has_beyond_its_width_is_cut(
    more: bytes, rows: slice | None
) -> None:
    """The next row begins where the table of lengths says, and not where this ends."""
    data, shape, pixels = packed(1)
    lengths = np.frombuffer(data, ">u2", HEIGHT).astype(int)
    end = 2 * HEIGHT + lengths[:2].sum()
    lengths[1] += len(more)
    longer = (
        lengths.astype(">u2").tobytes() + data[2 * HEIGHT : end] + more + data[end:]
    )

    found = channel(longer, Compression.RLE, shape, rows, color=True)

    assert np.array_equal(found, pixels[rows or slice(None)])


@pytest.mark.parametrize(
    ("inks", "color"),
    [
        ((0, 0, 0, 0), "ffffff"),
        ((100, 0, 0, 0), "00aeef"),
        ((0, 100, 0, 0), "ec008c"),
        ((0, 0, 100, 0), "fff200"),
        ((0, 0, 0, 100), "231f20"),
        ((100, 100, 0, 0), "2e3192"),
        ((100, 0, 100, 0), "00a651"),
        ((0, 100, 100, 0), "ed1c24"),
        ((0, 0, 0, 50), "939598"),
        ((100, 100, 100, 100), "000000"),
    ],
)
def test_cmyk_without_a_profile_looks_as_photoshop_s_default_inks(
    inks: tuple[int, ...], color: str
) -> None:
    """What Photoshop shows of percents of SWOP inks, of its palettes since CS."""
    stored = np.rint(255 - np.array(inks) * 2.55).astype(np.uint8)
    planes = np.array([[[*stored, 77]]], np.uint8)

    convert = ToSrgb(ColorMode.CMYK, 8, None)

    found = convert(planes)[0, 0]
    assert np.abs(found[:3].astype(int) - list(bytes.fromhex(color))).max() <= 2
    assert found[3] == 77
    assert "U.S. Web Coated (SWOP)" in convert.warnings[0]


def test_cmyk_without_a_profile_is_shown_by_the_profile_that_is_given() -> None:
    """Its table has one colour, which no ink of SWOP has."""
    green = samples.cmyk_profile("Green Inks", (60, -80, 60))
    convert = ToSrgb(ColorMode.CMYK, 8, None, inks=green)
    found = convert(np.full((1, 1, 4), 128, np.uint8))
    assert found[0, 0, 1] > 150
    assert found[0, 0, 0] < 10
    assert "shown as Green Inks" in convert.warnings[0]
