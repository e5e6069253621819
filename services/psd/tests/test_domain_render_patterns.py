"""Patterns: where they lie, and the colours of those in indexed colour."""

from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Compression, Tag
from psd_tools.psd.descriptor import Descriptor, String
from psd_tools.psd.patterns import (
    Pattern,
    Patterns,
    VirtualMemoryArray,
    VirtualMemoryArrayList,
)
from psd_tools.psd.tagged_blocks import TaggedBlock, TaggedBlocks

from onemanage.psd.domain.render.fills import painted

from .effect_samples import descriptor, percent

PALETTE = [(200, 40, 10), (10, 90, 220), (0, 0, 0)]
INDICES = np.array([[0, 1], [1, 2]], np.uint8)


def indexed_pattern(mode: str) -> tuple[PSDImage, Descriptor]:
    """A document with one pattern of 2 x 2, and a fill with it."""
    box = (0, 0, *INDICES.shape)
    plane = VirtualMemoryArray(1, 8, box, 8, Compression.RAW, INDICES.tobytes())
    data = VirtualMemoryArrayList(
        rectangle=box, channels=[plane, VirtualMemoryArray(), VirtualMemoryArray()]
    )
    pattern = Pattern(
        image_mode=ColorMode.INDEXED,
        point=INDICES.shape,
        name="tiles",
        pattern_id="tiles-id",
        color_table=[*PALETTE, *[(255, 255, 255)] * 253],
        data=data,
    )
    psd = PSDImage.new(mode, (4, 4))
    items: Any = [pattern]
    patterns: Any = Patterns(items)
    blocks = TaggedBlocks()
    blocks[Tag.PATTERNS1] = TaggedBlock(key=Tag.PATTERNS1, data=patterns)
    psd._record.layer_and_mask_information.tagged_blocks = blocks
    desc = descriptor(b"patternFill", Scl=percent(100))
    desc[b"Ptrn"] = descriptor(b"Ptrn", Idnt=String("tiles-id\0"))
    return psd, desc


def test_a_pattern_in_indexed_color_has_a_palette_of_its_own() -> None:
    psd, desc = indexed_pattern("RGB")
    found = painted(psd, desc, (0, 0, 4, 4), (0, 0, 4, 4))
    assert found is not None
    color = found[0].transpose(1, 2, 0)
    tiled = np.array(PALETTE)[np.tile(INDICES, (2, 2))]
    assert color.tolist() == tiled.tolist()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("L", [round(0.3 * 200 + 0.59 * 40 + 0.11 * 10)]),
        ("CMYK", [200, 40, 10, 255]),
    ],
)
def test_its_colors_are_those_of_the_document(mode: str, expected: list[int]) -> None:
    psd, desc = indexed_pattern(mode)
    found = painted(psd, desc, (0, 0, 4, 4), (0, 0, 4, 4))
    assert found is not None
    assert found[0][:, 0, 0].tolist() == pytest.approx(expected, abs=1)


def test_a_larger_one_is_scaled_in_color() -> None:
    """Each index twice as wide; a mean of indices would be a colour of neither."""
    psd, desc = indexed_pattern("RGB")
    desc[b"Scl "] = percent(200)
    found = painted(psd, desc, (0, 0, 4, 4), (0, 0, 4, 4))
    assert found is not None
    assert found[0][:, 0, 0].tolist() == list(PALETTE[0])
    assert found[0][:, 3, 3].tolist() == list(PALETTE[2])
