"""Patterns: scaled, turned, and with a palette of their own.

Expected values are by the rule alone: bilinear between the corners of the tile's
pixels, or the mean of what falls into a pixel.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Compression, Tag
from psd_tools.psd.descriptor import Descriptor, Double, String
from psd_tools.psd.patterns import (
    Pattern,
    Patterns,
    VirtualMemoryArray,
    VirtualMemoryArrayList,
)
from psd_tools.psd.tagged_blocks import TaggedBlock, TaggedBlocks

from onemanage.psd.domain.render import RenderLimits, render
from onemanage.psd.domain.render.fills import painted

from .effect_samples import color, descriptor, effect, enum, ground, percent

NAME = "tile"


def with_pattern(psd: PSDImage, planes: NDArray[np.uint8], **stated: Any) -> None:
    """Put a pattern (channels, height, width) into the file."""
    height, width = planes.shape[1:]
    box = (0, 0, height, width)
    channels = []
    for plane in planes:
        channel = VirtualMemoryArray(
            is_written=1, depth=8, rectangle=box, pixel_depth=8
        )
        channel.set_data((width, height), plane.tobytes(), 8, Compression.RAW)
        channels.append(channel)
    channels += [VirtualMemoryArray(is_written=0), VirtualMemoryArray(is_written=0)]
    data = VirtualMemoryArrayList(rectangle=box, channels=channels)
    pattern = Pattern(
        name=NAME, pattern_id=NAME, point=(width, height), data=data, **stated
    )
    blocks = psd._record.layer_and_mask_information.tagged_blocks
    if blocks is None:
        blocks = TaggedBlocks()
        psd._record.layer_and_mask_information.tagged_blocks = blocks
    held: Any = Patterns(items=[pattern])  # type: ignore[list-item]  # psd-tools' list names no type
    blocks[Tag.PATTERNS1] = TaggedBlock(key=Tag.PATTERNS1, data=held)


def with_indexed_pattern(psd: PSDImage) -> None:
    """Two colours in the squares of a chessboard."""
    table = [(0, 0, 0)] * 256
    table[7], table[9] = (250, 20, 30), (10, 220, 40)
    index = np.array([[[7, 9], [9, 7]]], np.uint8)
    with_pattern(psd, index, image_mode=ColorMode.INDEXED, color_table=table)


def overlay(scale: float = 100, angle: float = 0) -> Descriptor:
    desc = descriptor(b"patternFill", Opct=percent(100), Md=enum(b"BlnM", b"Nrml"))
    named = descriptor(b"Ptrn", Idnt=String(NAME))
    named[b"Nm  "] = String(NAME)
    desc[b"Ptrn"] = named
    desc[b"Scl "] = percent(scale)
    desc[b"Angl"] = Double(angle)
    return desc


def row(psd: PSDImage, y: int = 10) -> list[int]:
    return [int(value) for value in render(psd).planes[y, 8:16, 0]]


def test_an_enlarged_pattern_is_even_between_the_corners_of_its_pixels() -> None:
    psd = ground()
    lines = np.tile(np.array([0, 200, 200, 200], np.uint8), (3, 2, 1))
    with_pattern(psd, lines)
    effect(psd, b"patternFill", overlay(scale=200))
    assert row(psd) == [0, 100, 200, 200, 200, 200, 200, 100]


def test_a_pattern_made_smaller_is_the_mean_of_what_falls_into_a_pixel() -> None:
    psd = ground()
    lines = np.tile(np.array([0, 200, 100, 60], np.uint8), (3, 4, 1))
    with_pattern(psd, lines)
    effect(psd, b"patternFill", overlay(scale=50))
    assert row(psd) == [100, 80] * 4


def test_a_pattern_turns_counter_clockwise_about_where_it_begins() -> None:
    psd = ground()
    lines = np.tile(np.array([0, 50, 100, 150], np.uint8), (3, 4, 1))
    with_pattern(psd, lines)
    effect(psd, b"patternFill", overlay(angle=90))
    column = [color(psd, 10, y)[0] for y in range(8, 16)]
    assert column == [150, 100, 50, 0] * 2
    assert row(psd) == [row(psd)[0]] * 8


def test_an_indexed_pattern_has_the_colours_of_its_own_table() -> None:
    psd = ground()
    with_indexed_pattern(psd)
    effect(psd, b"patternFill", overlay())
    assert color(psd, 8, 8)[:3] == [250, 20, 30]
    assert color(psd, 9, 8)[:3] == [10, 220, 40]
    assert color(psd, 9, 9)[:3] == [250, 20, 30]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("L", [round(0.3 * 250 + 0.59 * 20 + 0.11 * 30)]), ("CMYK", [250, 20, 30, 255])],
)
def test_an_indexed_pattern_takes_on_the_mode_of_the_document(
    mode: str, expected: list[int]
) -> None:
    psd = PSDImage.new(mode, (4, 4))
    with_indexed_pattern(psd)
    found = painted(psd, overlay(), (0, 0, 4, 4), (0, 0, 4, 4))
    assert found is not None
    assert found[0][:, 0, 0].tolist() == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("scale", [200, 50])
def test_a_pattern_is_the_same_in_tiles(scale: float) -> None:
    psd = ground()
    noise = np.random.default_rng(3).integers(0, 256, (3, 5, 7), np.uint8)
    with_pattern(psd, noise)
    effect(psd, b"patternFill", overlay(scale=scale, angle=20))
    whole = render(psd).planes
    tiled = render(psd, limits=RenderLimits(tile_pixels=24 * 5)).planes
    assert np.abs(whole.astype(int) - tiled).max() <= 1
