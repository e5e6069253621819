"""How a colour meets that below it (W3C, Compositing and Blending Level 1).

All take and give colours (…, 3), float32 from 0 to 1: first what is below, then what
is laid over it.
"""

from collections.abc import Callable

import numpy as np

from onemanage.contracts.imaging.operations.values import Blend
from onemanage.imaging.domain.arrays import Values, highest, lowest

_WEIGHTS = np.array([0.3, 0.59, 0.11], np.float32)
"""Of the colours in Lum(C)."""
_TINY = np.float32(1e-6)


def blended(below: Values, over: Values, alpha: Values | float, mode: Blend) -> Values:
    """``over`` laid on an opaque ground; ``alpha`` is (…, 1) or a number."""
    met = over if mode == "normal" else MODES[mode](below, over)
    return np.asarray(below + (met - below) * alpha, np.float32)


def _screen(below: Values, over: Values) -> Values:
    return below + over - below * over


def _hard_light(below: Values, over: Values) -> Values:
    light = 2 * over
    return np.where(over <= 0.5, below * light, _screen(below, light - 1))


def _color_dodge(below: Values, over: Values) -> Values:
    rest = 1 - over
    made = np.minimum(1, below / np.maximum(rest, _TINY))
    return np.where(below <= 0, below, made)


def _color_burn(below: Values, over: Values) -> Values:
    made = 1 - np.minimum(1, (1 - below) / np.maximum(over, _TINY))
    return np.where(below >= 1, below, made)


def _soft_light(below: Values, over: Values) -> Values:
    dark = below - (1 - 2 * over) * below * (1 - below)
    low = ((16 * below - 12) * below + 4) * below
    target = np.where(below <= 0.25, low, np.sqrt(np.maximum(below, 0)))
    return np.where(over <= 0.5, dark, below + (2 * over - 1) * (target - below))


def _lum(color: Values) -> Values:
    return (color @ _WEIGHTS)[..., None]


def _with_lum(color: Values, lum: Values) -> Values:
    """SetLum, with ClipColor of what comes out of range."""
    made = color + (lum - _lum(color))
    light = _lum(made)
    least, most = lowest(made)[..., None], highest(made)[..., None]
    up = light + (made - light) * light / np.maximum(light - least, _TINY)
    made = np.where(least < 0, up, made)
    down = light + (made - light) * (1 - light) / np.maximum(most - light, _TINY)
    return np.where(most > 1, down, made)


def _sat(color: Values) -> Values:
    return np.asarray(highest(color) - lowest(color))[..., None]


def _with_sat(color: Values, sat: Values) -> Values:
    least = lowest(color)[..., None]
    return (color - least) * sat / np.maximum(_sat(color), _TINY)


MODES: dict[Blend, Callable[[Values, Values], Values]] = {
    "normal": lambda below, over: over,
    "multiply": lambda below, over: below * over,
    "screen": _screen,
    "overlay": lambda below, over: _hard_light(over, below),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color_dodge": _color_dodge,
    "color_burn": _color_burn,
    "hard_light": _hard_light,
    "soft_light": _soft_light,
    "difference": lambda below, over: np.abs(below - over),
    "exclusion": lambda below, over: below + over - 2 * below * over,
    "hue": lambda below, over: _with_lum(_with_sat(over, _sat(below)), _lum(below)),
    "saturation": lambda below, over: _with_lum(
        _with_sat(below, _sat(over)), _lum(below)
    ),
    "color": lambda below, over: _with_lum(over, _lum(below)),
    "luminosity": lambda below, over: _with_lum(below, _lum(over)),
    "add": lambda below, over: np.minimum(1, below + over),
}
