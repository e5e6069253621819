"""Photoshop's blend modes on 8-bit planes.

A separable mode is a function of two bytes, so it is a table of 65,536, made from the
formula when it is first needed. The formulas are those of the PDF reference, 11.3.5,
and, where it has none, what Adobe documents of the mode. Colours stand in the file's own sense, in
which 255 is white, or no ink, in every channel: the formulas are the same for all.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.constants import BlendMode

from onemanage.psd.domain.color import Pixels, encode_linear
from onemanage.psd.domain.render import light

type Values = NDArray[np.float32]
"""0 to 1; backdrop first, source second."""


def blended(
    mode: BlendMode, below: Pixels, above: Pixels, strength: float = 1.0
) -> Pixels:
    """B(cb, cs) of two colours, (channels, height, width); a new array.

    ``strength``, 0 to 1, is the fill opacity in modes that have a strength: the source
    moves towards the colour that changes nothing.
    """
    if mode in _SEPARABLE:
        strength = strength if has_strength(mode) else 1.0
        table = _table(mode, round(strength * 255), light.is_linear())
        index = below.astype(np.uint16)
        index <<= 8
        index |= above
        return cast(Pixels, np.take(table, index))
    whole = _WHOLE.get(mode)
    if whole is None or below.shape[0] < 3:
        return above.copy()
    return whole(below, above)


def has_strength(mode: BlendMode) -> bool:
    """Whether the fill opacity is a strength in this mode, and does not fade."""
    return mode in _NEUTRAL


def weakened(mode: BlendMode, color: Pixels, cover: Pixels) -> Pixels:
    """The colour as strong as ``cover`` says, pixel by pixel, in such a mode."""
    neutral = np.float32(_NEUTRAL[mode] * 255)
    share = cover.astype(np.float32) * np.float32(1 / 255)
    found = neutral + (color.astype(np.float32) - neutral) * share
    return cast(Pixels, (found + np.float32(0.5)).astype(np.uint8))


_NEUTRAL = {
    BlendMode.COLOR_BURN: 1.0,
    BlendMode.LINEAR_BURN: 1.0,
    BlendMode.COLOR_DODGE: 0.0,
    BlendMode.LINEAR_DODGE: 0.0,
    BlendMode.DIFFERENCE: 0.0,
    BlendMode.VIVID_LIGHT: 0.5,
    BlendMode.LINEAR_LIGHT: 0.5,
    BlendMode.HARD_MIX: 1.0,
}
"""The eight special modes, with the source that changes nothing."""


def dissolved(cover: Pixels, origin: tuple[int, int]) -> Pixels:
    """The coverage as all or nothing, by chance.

    The chance hangs on the place alone, so that tiles fit together. Photoshop's own
    noise is not known.
    """
    height, width = cover.shape
    rows = (np.arange(height, dtype=np.uint32) + np.uint32(origin[1] & 0xFFFF))[:, None]
    columns = np.arange(width, dtype=np.uint32) + np.uint32(origin[0] & 0xFFFF)
    mixed = rows * np.uint32(0x9E3779B1) ^ columns * np.uint32(0x85EBCA77)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(13)
    chance = (mixed % np.uint32(255)).astype(np.uint8)
    return np.where(chance < cover, np.uint8(255), np.uint8(0))


@lru_cache(maxsize=64)
def _table(mode: BlendMode, strength: int, is_linear: bool) -> Pixels:
    bytes_ = np.arange(256, dtype=np.uint8)
    levels = light.lit(bytes_) if is_linear else bytes_ / np.float32(255)
    below, above = np.broadcast_arrays(levels[:, None], levels[None, :])
    function = _SEPARABLE[mode]
    if strength < 255:
        share = np.float32(strength / 255)
        if mode is BlendMode.HARD_MIX:
            function = partial(_soft_mix, strength=share)
        else:
            neutral = np.float32(_NEUTRAL[mode])
            above = neutral + (above - neutral) * share
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.clip(np.nan_to_num(function(below, above)), 0, 1)
    if is_linear:
        return encode_linear(found.astype(np.float32)).ravel()
    return cast(Pixels, (found * 255 + 0.5).astype(np.uint8).ravel())


def _screen(b: Values, s: Values) -> Values:
    return b + s - b * s


def _hard_light(b: Values, s: Values) -> Values:
    return np.where(s > 0.5, _screen(b, 2 * s - 1), 2 * b * s)


def _color_dodge(b: Values, s: Values) -> Values:
    return np.where(b == 0, 0, np.where(s == 1, 1, np.minimum(1, b / (1 - s))))


def _color_burn(b: Values, s: Values) -> Values:
    return np.where(b == 1, 1, np.where(s == 0, 0, 1 - np.minimum(1, (1 - b) / s)))


def _vivid_light(b: Values, s: Values) -> Values:
    """Here the source decides at both ends, unlike in colour burn and dodge."""
    burnt = np.where(s == 0, 0, 1 - np.minimum(1, (1 - b) / (2 * s)))
    dodged = np.where(s == 1, 1, np.minimum(1, b / (2 - 2 * s)))
    return np.where(s > 0.5, dodged, burnt)


def _soft_light(b: Values, s: Values) -> Values:
    root = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(
        s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (root - b)
    )


def _pin_light(b: Values, s: Values) -> Values:
    return np.where(s > 0.5, np.maximum(b, 2 * s - 1), np.minimum(b, 2 * s))


def _hard_mix(b: Values, s: Values) -> Values:
    """On the line itself the backdrop decides."""
    levels = np.rint(b * 255) + np.rint(s * 255)
    white = (levels > 255) | ((levels == 255) & (b > 0.5))
    return cast(Values, white.astype(np.float32))


def _soft_mix(b: Values, s: Values, *, strength: np.float32) -> Values:
    """Hard mix below its full strength: a ramp, the steeper the stronger it is.

    At two thirds it is what Krita has measured as Photoshop's softer hard mix.
    """
    return cast(Values, (b - strength * (1 - s)) / (1 - strength))


_SEPARABLE: dict[BlendMode, Callable[[Values, Values], Values]] = {
    BlendMode.DARKEN: np.minimum,
    BlendMode.MULTIPLY: np.multiply,
    BlendMode.COLOR_BURN: _color_burn,
    BlendMode.LINEAR_BURN: lambda b, s: b + s - 1,
    BlendMode.LIGHTEN: np.maximum,
    BlendMode.SCREEN: _screen,
    BlendMode.COLOR_DODGE: _color_dodge,
    BlendMode.LINEAR_DODGE: np.add,
    BlendMode.OVERLAY: lambda b, s: _hard_light(s, b),
    BlendMode.SOFT_LIGHT: _soft_light,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.VIVID_LIGHT: _vivid_light,
    BlendMode.LINEAR_LIGHT: lambda b, s: b + 2 * s - 1,
    BlendMode.PIN_LIGHT: _pin_light,
    BlendMode.HARD_MIX: _hard_mix,
    BlendMode.DIFFERENCE: lambda b, s: np.abs(b - s),
    BlendMode.EXCLUSION: lambda b, s: b + s - 2 * b * s,
    BlendMode.SUBTRACT: np.subtract,
    BlendMode.DIVIDE: lambda b, s: np.where(s == 0, b > 0, b / s),
}


def luminosity(color: Values) -> Values:
    """Lum of the PDF reference, (1, height, width)."""
    weights = np.array([0.3, 0.59, 0.11], np.float32)
    return np.tensordot(weights, color[:3], 1)[None]


def with_luminosity(color: Values, target: Values) -> Values:
    """SetLum and ClipColor of the PDF reference."""
    color = color + (target - luminosity(color))
    light = luminosity(color)
    low = color.min(axis=0, keepdims=True)
    high = color.max(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        color = np.where(
            low < 0, light + (color - light) * light / (light - low), color
        )
        above = light + (color - light) * (1 - light) / (high - light)
        color = np.where(high > 1, above, color)
    return np.clip(np.nan_to_num(color), 0, 1)


def _with_saturation(color: Values, target: Values) -> Values:
    """SetSat of the PDF reference: the least goes to 0, the greatest to the target."""
    low = color.min(axis=0, keepdims=True)
    spread = color.max(axis=0, keepdims=True) - low
    scale = np.divide(target, spread, out=np.zeros_like(spread), where=spread > 0)
    return cast(Values, (color - low) * scale)


def _saturation(color: Values) -> Values:
    return cast(
        Values, color.max(axis=0, keepdims=True) - color.min(axis=0, keepdims=True)
    )


def _component(
    function: Callable[[Values, Values], Values], *, black_of_source: bool = False
) -> Callable[[Pixels, Pixels], Pixels]:
    """On three channels at once; black stays with one side, as in Photoshop."""

    def apply(below: Pixels, above: Pixels) -> Pixels:
        out = (above if black_of_source else below).copy()
        found = function(_unit(below[:3]), _unit(above[:3]))
        out[:3] = (found * 255 + np.float32(0.5)).astype(np.uint8)
        return out

    return apply


def _choice(*, darker: bool) -> Callable[[Pixels, Pixels], Pixels]:
    """One of the two colours whole: which, their lightness says."""

    def apply(below: Pixels, above: Pixels) -> Pixels:
        one, other = _lightness(below), _lightness(above)
        chosen = other < one if darker else other > one
        return np.where(chosen, above, below)

    return apply


def _lightness(color: Pixels) -> Values:
    light = luminosity(_unit(color[:3]))
    return light * _unit(color[3:4]) if color.shape[0] == 4 else light


def _unit(color: Pixels) -> Values:
    return color.astype(np.float32) / np.float32(255)


_WHOLE: dict[BlendMode, Callable[[Pixels, Pixels], Pixels]] = {
    BlendMode.HUE: _component(
        lambda b, s: with_luminosity(_with_saturation(s, _saturation(b)), luminosity(b))
    ),
    BlendMode.SATURATION: _component(
        lambda b, s: with_luminosity(_with_saturation(b, _saturation(s)), luminosity(b))
    ),
    BlendMode.COLOR: _component(lambda b, s: with_luminosity(s, luminosity(b))),
    BlendMode.LUMINOSITY: _component(
        lambda b, s: with_luminosity(b, luminosity(s)), black_of_source=True
    ),
    BlendMode.DARKER_COLOR: _choice(darker=True),
    BlendMode.LIGHTER_COLOR: _choice(darker=False),
}
