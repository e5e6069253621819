"""The documents that are hurt: some of the corpus, and some that are made here."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

LARGEST_FILE = 200_000
LARGEST_CANVAS = 1_000_000
"""Bytes and pixels: with these a child is done in a fraction of a second."""


def documents() -> dict[str, bytes]:
    """By name, in the same order everywhere: what is made here comes first."""
    found = {f"made/{name}": _bytes(make()) for name, make in _MADE.items()}
    root = corpus()
    for path in sorted(root.rglob("*.ps[db]")):
        data = path.read_bytes()
        if 0 < len(data) <= LARGEST_FILE and _canvas(data) <= LARGEST_CANVAS:
            found[path.relative_to(root).as_posix()] = data
    return found


def corpus() -> Path:
    beside = Path(__file__).parents[3] / "shared/corpus"
    return Path(os.environ.get("CORPUS", beside))


def _canvas(data: bytes) -> int:
    return int.from_bytes(data[14:18]) * int.from_bytes(data[18:22])


def _bytes(document: PSDImage) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _plain(mode: str, depth: int, version: int = 1) -> PSDImage:
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    chance = np.random.default_rng(channels + depth)
    document = PSDImage.new(mode, (64, 48), depth=depth)  # type: ignore[arg-type]  # 8, 16 or 32
    document._record.header.version = version  # before there are rows to pack
    for number, mode_of in enumerate((BlendMode.NORMAL, BlendMode.MULTIPLY)):
        document.create_pixel_layer_from_array(
            chance.integers(0, 256, (30, 40, channels + 1), np.uint8),
            f"layer {number}",
            left=9 * number - 3,
            top=7 * number,
            blend_mode=mode_of,
            opacity=200,
        )
    return document


def _grouped(version: int) -> PSDImage:
    """Groups in groups, a mask, a clipped layer, a long name."""
    document = _plain("RGB", 8, version)
    group = document.create_group(name="outer", opacity=128)
    group.name = "outer \N{EYE}"
    for _ in range(4):
        group = group.create_group(name="inner")
    chance = np.random.default_rng(5)
    for number in range(3):
        layer = group.create_pixel_layer_from_array(
            chance.integers(0, 256, (20, 20, 4), np.uint8), "x" * 200, left=number
        )
        layer.clipping = number == 2
    layer.create_mask(Image.linear_gradient("L").resize((20, 20)))
    return document


_MADE: dict[str, Callable[[], PSDImage]] = {
    "gray": lambda: _plain("L", 8),
    "rgb": lambda: _plain("RGB", 8),
    "rgb_16": lambda: _plain("RGB", 16),
    "rgb_32": lambda: _plain("RGB", 32),
    "cmyk": lambda: _plain("CMYK", 8),
    "grouped": lambda: _grouped(version=1),
    "psb": lambda: _grouped(version=2),
}
