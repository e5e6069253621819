"""Texts for the tests of typesetting, and what they look like."""

from functools import cache
from typing import Any

import numpy as np

from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.setting import SetText
from onemanage.psd.domain.typesetting.styled import (
    ParagraphStyle,
    Run,
    Style,
    StyledText,
)

BOX = (0.0, 0.0, 300.0, 150.0)
LONG = "The quick brown fox jumps over the lazy dog, again and again and again. "


@cache
def shelf() -> FontShelf:
    """Our fonts alone."""
    return FontShelf([])


def styled(
    text: str,
    box: tuple[float, float, float, float] | None = None,
    paragraph: ParagraphStyle | None = None,
    style: dict[str, Any] | None = None,
    **more: Any,
) -> StyledText:
    """In one style: 20 units of a font as wide as Arial, at 100, 100."""
    look = Style(**{"font": "ArialMT", "size": 20.0, **(style or {})})
    return StyledText(
        runs=(Run(text, look),),
        paragraphs=(paragraph or ParagraphStyle(),) * (text.count("\n") + 1),
        box=box,
        **{"transform": (1.0, 0.0, 0.0, 1.0, 100.0, 100.0), **more},
    )


def width(done: SetText) -> int:
    return done.box[2] - done.box[0]


def height(done: SetText) -> int:
    return done.box[3] - done.box[1]


def ink(done: SetText) -> float:
    """Pixels that are covered, together."""
    return float(done.rgba[..., 3].astype(np.float64).sum() / 255)
