"""Gradients: a place between 0 and 1 for each pixel, and a table of colours."""

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.composite import paint
from psd_tools.constants import ColorMode
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Enum, Key, Type

from onemanage.psd.domain.boxes import Box, size_of
from onemanage.psd.domain.colorimetry import decoded, encoded
from onemanage.psd.domain.enumerations import gradient_method
from onemanage.psd.domain.render.noise import noise
from onemanage.psd.domain.render.numbers import number

type Values = NDArray[np.float32]
type _Way = Callable[[Values], Values]
type Stop = tuple[float, float, Values]
"""Where it is, where between the one before and it they are even, and its colour."""

STEPS = 1024
"""Entries of a table."""


def places(desc: Descriptor, box: Box, anchor: Box) -> NDArray[np.uint16]:
    """Indices into a table for each pixel of ``box``; the gradient spans ``anchor``."""
    kind = getattr(desc.get(Key.Type), "enum", Enum.Linear)
    start, (right, down) = _line(desc, anchor, whole=kind not in _FROM_MIDDLE)
    length = math.hypot(right, down)
    square = np.float32(length * length)
    x = np.arange(box[0], box[2], dtype=np.float32) - np.float32(start[0])
    y = np.arange(box[1], box[3], dtype=np.float32) - np.float32(start[1])
    x, y = x[None, :], y[:, None]
    along = (x * np.float32(right) + y * np.float32(down)) / square
    match kind:
        case Enum.Radial:
            at = np.hypot(x, y) / np.float32(length)
        case Enum.Angle:
            at = (np.degrees(np.arctan2(y, x)) + number(desc, Key.Angle, 0.0)) / 360 % 1
        case Enum.Reflected:
            at = np.abs(along)
        case Enum.Diamond:
            across = (y * np.float32(right) - x * np.float32(down)) / square
            at = np.abs(along) + np.abs(across)
        case _:
            at = along
    at = np.clip(at, 0, 1)
    if bool(desc.get(Key.Reverse, False)):
        at = 1 - at
    return cast(NDArray[np.uint16], (at * (STEPS - 1) + 0.5).astype(np.uint16))


_FROM_MIDDLE = (Enum.Radial, Enum.Angle, Enum.Reflected, Enum.Diamond)


def _line(
    desc: Descriptor, anchor: Box, *, whole: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the gradient begins, and how far it goes right and down from there.

    It runs through the anchor's middle from edge to edge, or from the middle to the
    edge, and both ends are cut to whole pixels, which turns it a little where the
    anchor is small. Of a scaled one the way from the middle is cut, to both sides
    alike. Fitted on gradients of all five styles that Photoshop drew.
    """
    height, width = size_of(anchor)
    turn = math.radians(number(desc, Key.Angle, 0.0))
    cos, sin = math.cos(turn), math.sin(turn)
    scale = max(0.001, number(desc, Key.Scale, 100.0) / 100)
    half = min(width / max(abs(cos), 1e-9), height / max(abs(sin), 1e-9)) * scale / 2
    x, y = (anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2
    right, down = half * cos, -half * sin
    if scale == 1:
        end = _floor(x + right), _floor(y + down)
        start = (_floor(x - right), _floor(y - down)) if whole else (x, y)
    else:
        right, down = _cut(right), _cut(down)
        x, y = math.floor(x + 0.5), math.ceil(y - 0.5)
        end = x + right, y + down
        start = (x - right, y - down) if whole else (x, y)
    right, down = end[0] - start[0], end[1] - start[1]
    return start, (right, down) if math.hypot(right, down) >= 1 else (cos, -sin)


def _floor(value: float) -> float:
    """The pixel that a place is in; what is a pixel but for rounding stays."""
    return float(math.floor(value + 1e-6))


def _cut(value: float) -> float:
    """Towards zero; what is whole but for rounding stays."""
    return float(math.trunc(value + math.copysign(1e-6, value)))


def tables(mode: ColorMode, desc: Descriptor) -> tuple[Values, Values]:
    """Colours (STEPS, channels) and opacities (STEPS), 0 to 1.

    Raises ValueError where the descriptor holds no gradient.
    """
    grad = desc.get(Key.Gradient)
    if not isinstance(grad, Descriptor):
        raise ValueError("a gradient is missing")
    at = np.linspace(0, 1, STEPS, dtype=np.float32)
    if getattr(grad.get(Type.GradientForm), "enum", b"") == Enum.ColorNoise:
        return noise(mode, grad, at)
    smooth = number(grad, Key.Interpolation, 4096.0) / 4096
    method = gradient_method(desc)
    stops = _stops(grad.get(Key.Colors, []), lambda stop: _color(mode, stop))
    colors = mixed(mode, stops, at, smooth, method)
    if Key.Transparency not in grad:
        return colors, np.ones(STEPS, np.float32)
    opacities = _stops(
        grad.get(Key.Transparency),
        lambda stop: np.array([number(stop, Key.Opacity, 100.0) / 100], np.float32),
    )
    if method == STRIPES:
        return colors, stripes(opacities, at)[:, 0]
    return colors, ramp(opacities, at, smooth)[:, 0]


def mixed(
    mode: ColorMode, stops: list[Stop], at: Values, smoothness: float, method: bytes
) -> Values:
    """A gradient's colours at places, (places, channels), by the method it names.

    Perceptual and smooth go through OKLab and linear through linear light, in RGB and
    gray; elsewhere they are as classic ones. Raises ValueError without stops.
    """
    if method == STRIPES:
        return stripes(stops, at)
    if method not in SPACES or mode not in MIXED:
        return ramp(stops, at, smoothness)
    there, back = SPACES[method]
    moved = [
        (place, half, there(np.broadcast_to(value, 3)))  # gray: three equal parts
        for place, half, value in stops
    ]
    found = back(ramp(moved, at, smoothness))
    return found if mode is ColorMode.RGB else found[:, :1]


def stripes(stops: list[Stop], at: Values) -> Values:
    """The colour of the nearer stop; the edge is at the midpoint."""
    where, values = _split(stops)
    if len(stops) == 1:
        return np.repeat(values, len(at), axis=0)
    after = np.clip(np.searchsorted(where, at, side="right"), 1, len(where) - 1)
    nearer = _between(stops, where, after, at) >= 0.5
    return values[after - 1 + nearer]


def ramp(stops: list[Stop], at: Values, smoothness: float) -> Values:
    """A gradient's values at places, (places, values of a stop).

    A stop's midpoint says where between the one before and it they are even.
    Smoothness of 0 to 1 mixes in a Catmull-Rom spline through all stops, as if they
    were evenly spaced and the outer ones there twice, cut to the values of the two
    that are nearest. So Photoshop's gradients of up to six stops are to half a level.
    """
    where, values = _split(stops)
    if len(stops) == 1:
        return np.repeat(values, len(at), axis=0)
    last = len(where) - 1
    after = np.clip(np.searchsorted(where, at, side="right"), 1, last)
    t = _between(stops, where, after, at)[:, None]
    old, new = values[after - 1], values[after]
    leaves = (new - values[np.maximum(after - 2, 0)]) / 2
    arrives = (values[np.minimum(after + 1, last)] - old) / 2
    bend = (1 - 2 * t) * (old - new) + (1 - t) * leaves - t * arrives
    found = old + (new - old) * t + t * (1 - t) * bend * np.float32(smoothness)
    return cast(Values, np.clip(found, np.minimum(old, new), np.maximum(old, new)))


def _split(stops: list[Stop]) -> tuple[Values, Values]:
    """Where the stops are, and their values, (stops, channels)."""
    if not stops:
        raise ValueError("a gradient has no stops")
    where = np.array([stop[0] for stop in stops], np.float32)
    return where, np.stack([stop[2] for stop in stops])


def _between(
    stops: list[Stop], where: Values, after: NDArray[np.intp], at: Values
) -> Values:
    """How far from the stop before to the one after, 0 to 1; .5 at the midpoint."""
    width = np.maximum(where[after] - where[after - 1], np.float32(1e-6))
    t = np.clip((at - where[after - 1]) / width, 0, 1)
    middle = np.clip(np.array([stop[1] for stop in stops], np.float32), 0.01, 0.99)
    half = middle[after]
    even = np.where(t < half, t / (2 * half), 0.5 + (t - half) / (2 * (1 - half)))
    return cast(Values, even.astype(np.float32))


def _stops(found: Any, value: Any) -> list[Stop]:
    stops = [
        (
            number(stop, Key.Location, 0.0) / 4096,
            number(stop, Key.Midpoint, 50.0) / 100,
            value(stop),
        )
        for stop in found
    ]
    return sorted(stops, key=lambda stop: stop[0])


def _color(mode: ColorMode, stop: Descriptor) -> Values:
    """Stops of the foreground or background colour do not say what that was."""
    if Key.Color in stop:
        return np.array(paint._get_color(mode, stop), np.float32)
    white = getattr(stop.get(Key.Type), "enum", b"") == b"BckC"
    count = {ColorMode.RGB: 3, ColorMode.LAB: 3, ColorMode.CMYK: 4}.get(mode, 1)
    value = np.full(count, float(white), np.float32)
    if mode is ColorMode.LAB:
        value[1:] = 128 / 255
    return value


# OKLab (B. Ottosson, "A perceptual color space for image processing", 2020)
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)


def _oklab(rgb: Values) -> Values:
    return cast(Values, np.cbrt(decoded(rgb) @ _TO_LMS.T) @ _TO_OKLAB.T)


def _from_oklab(lab: Values) -> Values:
    lms = (lab @ np.linalg.inv(_TO_OKLAB).T) ** 3
    return encoded((lms @ np.linalg.inv(_TO_LMS).T).astype(np.float32))


SPACES: dict[bytes, tuple[_Way, _Way]] = {
    b"Perc": (_oklab, _from_oklab),
    b"Smoo": (_oklab, _from_oklab),
    b"Lnr ": (decoded, encoded),
}
"""Of the methods that mix in another space than the document's, the way there and back."""
STRIPES = b"GIMs"
"""The method that does not mix; where its edges are is not measured."""
MIXED = (ColorMode.RGB, ColorMode.GRAYSCALE)
"""Where methods count; how Photoshop mixes inks by them is not known."""
