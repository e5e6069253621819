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


def test_ideal_inks_are_products_rounded_to_the_nearest() -> None:
    ink, black = (x.astype(np.uint8) for x in np.mgrid[:256, :256])
    alpha = samples.noise(256, 256)
    found = ToSrgb(ColorMode.CMYK, 8, None)(
        np.dstack([ink, ink.T, ink[::-1], black, alpha])
    )
    exact = [x.astype(float) * black / 255 for x in (ink, ink.T, ink[::-1])]
    assert np.array_equal(found[:, :, :3], np.rint(np.dstack(exact)))
    assert np.array_equal(found[:, :, 3], alpha)
