"""Documents of many layers as designers have them: groups, blend modes, opacities."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.api.layers import GroupMixin
from psd_tools.constants import BlendMode

WIDTH, HEIGHT = 1920, 1440
_IN_A_GROUP = 20
LARGE, SMALL = (60, 480), (24, 40)
"""From and to so many pixels a side: of 300 layers, and of thousands."""
_MODES = (BlendMode.MULTIPLY, BlendMode.SCREEN, BlendMode.SOFT_LIGHT)
_EVERY = 10
"""So many layers to one that is blended otherwise than normally."""


def layered(path: Path, count: int, sides: tuple[int, int] = LARGE) -> Path:
    """``count`` layers with pixels, twenty to a group, on a paper as large as the
    canvas."""
    chance = np.random.default_rng(count)
    document = PSDImage.new("RGB", (WIDTH, HEIGHT))
    paper = np.full((HEIGHT, WIDTH, 3), (238, 234, 226), np.uint8)
    document.create_pixel_layer_from_array(paper, "Paper")
    group: GroupMixin = document
    for number in range(1, count):
        if number % _IN_A_GROUP == 1:
            group = document.create_group(name=f"Group {number // _IN_A_GROUP + 1}")
        across, down = (int(x) for x in chance.integers(*sides, 2))
        is_blended = number % _EVERY == 0
        group.create_pixel_layer_from_array(
            _spot(chance, across, down),
            f"Layer {number}",
            left=int(chance.integers(0, WIDTH - across)),
            top=int(chance.integers(0, HEIGHT - down)),
            opacity=int(chance.integers(120, 256)),
            blend_mode=_MODES[number % len(_MODES)] if is_blended else BlendMode.NORMAL,
        )
    with path.open("wb") as file:  # saving would compose it first
        document._record.write(file)
    return path


def _spot(chance: np.random.Generator, across: int, down: int) -> NDArray[Any]:
    """A slope of two colours in an ellipse that fades towards its edge."""
    x = np.linspace(-1, 1, across, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, down, dtype=np.float32)[:, None]
    one, other = chance.integers(0, 256, (2, 3))
    slope = (x * 0.3 + y * 0.2 + 0.5)[:, :, None]
    alpha = np.clip(2 * (1 - np.hypot(x, y)), 0, 1)[:, :, None] * 255
    return np.concatenate([one + (other - one) * slope, alpha], axis=2).astype(np.uint8)
