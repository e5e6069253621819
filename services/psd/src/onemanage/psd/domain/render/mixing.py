"""Adjustments of whole colours: values of 0 to 1, (channels, height, width)."""

import struct
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.color_convert import lab_to_rgb
from psd_tools.composite import paint
from psd_tools.constants import ColorMode, Resource
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.color import Pixels, ToSrgb
from onemanage.psd.domain.curves import natural_cubic
from onemanage.psd.domain.render.blend import luminosity, with_luminosity
from onemanage.psd.domain.render.gradients import STEPS, mixed

type Values = NDArray[np.float32]


def channel_mixer(layer: Any, color: Values) -> Values:
    """Each channel a sum of all in percent, and a constant.

    psd-tools reads the first row of the table; the others are in what is left.
    """
    data = layer._data
    count = len(color)
    rest = data.unknown[: len(data.unknown) // 10 * 10]
    rows = [list(data.data), *struct.iter_unpack(">5h", rest)]
    out = np.empty_like(color)
    for number in range(count):
        row = rows[0 if data.monochrome else min(number, len(rows) - 1)]
        share = np.array(row[:count], np.float32) / 100
        out[number] = np.tensordot(share, color, 1) + np.float32(row[4] / 100)
    return out


def black_and_white(layer: Any, color: Values) -> Values:
    """The least channel, and by their sliders what the others stand above it."""
    low, high = color.min(axis=0), color.max(axis=0)
    middle = color.sum(axis=0) - low - high
    primary = np.array([layer.red, layer.green, layer.blue], np.float32) / 100
    # named by what is absent: cyan has no red, magenta no green, yellow no blue
    secondary = np.array([layer.cyan, layer.magenta, layer.yellow], np.float32) / 100
    gray = (
        low
        + (high - middle) * primary[color.argmax(axis=0)]
        + (middle - low) * secondary[color.argmin(axis=0)]
    )
    light = np.clip(gray, 0, 1).astype(np.float32)[None]
    if not layer.use_tint or layer.tint_color is None:
        return np.repeat(light, len(color), axis=0)
    tint = descriptor_rgb(layer.tint_color)
    return with_luminosity(np.broadcast_to(tint[:, None, None], color.shape), light)


def gradient_map(layer: Any, color: Values) -> Values:
    """The gradient's colour at the place of the luminosity."""
    light = luminosity(color)[0]
    if layer.reversed:
        light = 1 - light
    stops = [
        (stop.location / 4096, stop.midpoint / 100, _stop_rgb(stop))
        for stop in sorted(layer.color_stops, key=lambda stop: stop.location)
    ]
    at = np.linspace(0, 1, STEPS, dtype=np.float32)
    method = layer._data.method
    table = mixed(ColorMode.RGB, stops, at, layer.interpolation, method)
    index = (np.clip(light, 0, 1) * (STEPS - 1) + 0.5).astype(np.int32)
    return table.T[:, index]


def threshold(layer: Any, color: Values) -> Values:
    """White or black by the lightness; of CMYK by that of its colour in sRGB."""
    if len(color) == 4:
        light = luminosity(_rgb_of_inks(layer, color))[0]
    else:
        light = luminosity(color)[0] if len(color) == 3 else color[0]
    white = (np.rint(light * 255) >= layer.threshold).astype(np.float32)
    out = np.repeat(white[None], len(color), axis=0)
    if len(color) == 4:  # black ink alone makes black
        out[:3] = 1
    return out


def _rgb_of_inks(layer: Any, color: Values) -> Values:
    psd = layer._psd
    profile = psd.image_resources.get_data(Resource.ICC_PROFILE)
    to_srgb = ToSrgb(psd.color_mode, psd.depth, profile if profile else None)
    stored = np.ascontiguousarray(
        (color * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0)
    )
    rgb = to_srgb(stored).astype(np.float32) * np.float32(1 / 255)
    return cast(Values, rgb.transpose(2, 0, 1))


def color_balance(layer: Any, color: Values) -> Values:
    """Approximate: three overlapping ranges of lightness, as most editors have it."""
    light = (color.max(axis=0) + color.min(axis=0)) / 2
    shadows = np.clip((light - 0.333) / -0.25 + 0.5, 0, 1) * 0.7
    highlights = np.clip((light + 0.333 - 1) / 0.25 + 0.5, 0, 1) * 0.7
    middle = np.clip((light - 0.333) / 0.25 + 0.5, 0, 1) * 0.7
    middle *= np.clip((light + 0.333 - 1) / -0.25 + 0.5, 0, 1)
    out = np.empty_like(color)
    for number in range(3):
        out[number] = color[number] + (
            shadows * (layer.shadows[number] / 100)
            + middle * (layer.midtones[number] / 100)
            + highlights * (layer.highlights[number] / 100)
        )
    out = np.clip(out, 0, 1)
    return with_luminosity(out, luminosity(color)) if layer.luminosity else out


def vibrance(layer: Any, color: Values) -> Values:
    """Approximate: the less saturated a colour is, the more it gains."""
    spread = color.max(axis=0) - color.min(axis=0)
    gain = 1 + layer.vibrance / 100 * (1 - spread) + layer.saturation / 100
    light = luminosity(color)
    return cast(Values, light + (color - light) * np.maximum(gain, 0))


def photo_filter(layer: Any, color: Values) -> Values:
    """Approximate: multiplied by the filter's colour as far as it is dense."""
    if layer.xyz is not None:
        rgb = _xyz_rgb(np.array(layer.xyz, np.float64) / 65536 / 100)
    else:
        rgb = _components_rgb(layer.color_space, layer.color_components)
    share = np.float32((layer.density or 0) / 100)
    out = color * (1 - share + rgb.astype(np.float32)[:, None, None] * share)
    return with_luminosity(out, luminosity(color)) if layer.luminosity else out


def selective_color(layer: Any, color: Values) -> Values:
    """Unproven: inks added to the colours of nine ranges, relative or absolute."""
    low, high = color.min(axis=0), color.max(axis=0)
    middle = color.sum(axis=0) - low - high
    most, least = color.argmax(axis=0), color.argmin(axis=0)
    ranges = [
        np.where(most == 0, high - middle, 0),
        np.where(least == 2, middle - low, 0),
        np.where(most == 1, high - middle, 0),
        np.where(least == 0, middle - low, 0),
        np.where(most == 2, high - middle, 0),
        np.where(least == 1, middle - low, 0),
        np.clip(2 * low - 1, 0, 1),
        1 - np.abs(high - 0.5) - np.abs(low - 0.5),
        np.clip(1 - 2 * high, 0, 1),
    ]
    out = color.copy()
    for scale, plate in zip(ranges, layer.data[1:], strict=False):
        black = plate[3] / 100
        for number in range(3):
            ink = plate[number] / 100
            change = (-1 - ink) * black - ink
            value = color[number]
            if not layer.method:
                change = change * (1 - value)
            out[number] += np.clip(change, -value, 1 - value) * scale
    return out


def brightness_contrast(brightness: int, contrast: int) -> Pixels:
    """Approximate table, fitted to Photoshop's results.

    Brightness multiplies by 2 to the b/110 and bends into white; a negative one is the
    inverse. Contrast is a natural cubic through two points that move by c/4.
    """
    levels = np.arange(256, dtype=np.float64) / 255
    bright = _shoulder(levels, 2 ** (abs(brightness) / 110))
    if brightness < 0:
        bright = np.interp(levels, bright, levels)
    by = contrast / 100 * 25 / 255
    at = np.array([0, 63, 191, 255]) / 255
    out = np.clip(natural_cubic(at, at + [0, -by, by, 0], bright), 0, 1)
    return cast(Pixels, (out * 255 + 0.5).astype(np.uint8))


def _shoulder(levels: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
    """Straight up to about 0.6, then bent to end at (1, 1)."""
    if slope <= 1:
        return levels
    knee = 0.6 + 0.12 * np.exp((1 - slope) / 0.5)
    bends = np.linspace(0.001, 20, 4000)
    steepness = (slope - knee) / (1 - knee)
    bend = np.interp(steepness, bends / (1 - np.exp(-bends)), bends)
    raised = levels * slope
    t = np.clip((raised - knee) / (slope - knee), 0, 1)
    bent = knee + (1 - knee) * (1 - np.exp(-bend * t)) / (1 - np.exp(-bend))
    return np.where(raised < knee, raised, bent)


def legacy_contrast(brightness: int, contrast: int, mean: int) -> Pixels:
    """Table of the old form: steeper after it is shifted, or flatter before."""
    middle = mean or 127
    levels = np.arange(256, dtype=np.float64)
    share = min(100, max(-100, contrast)) / 100
    if share < 0:
        out = (levels - middle) * (1 + share) + middle + brightness
    else:
        out = (levels + brightness - middle) / max(1 - share, 1 / 256) + middle
    return cast(Pixels, (np.clip(out, 0, 255) + 0.5).astype(np.uint8))


def descriptor_rgb(desc: Descriptor) -> Values:
    """A colour descriptor of any kind as sRGB."""
    color, _ = paint.draw_solid_color_fill(
        (0, 0, 1, 1), ColorMode.RGB, cast(Descriptor, {b"Clr ": desc})
    )
    return cast(Values, color[0, 0].astype(np.float32))


def _stop_rgb(stop: Any) -> NDArray[np.float32]:
    return _components_rgb(stop.mode, stop.color)


def _components_rgb(space: int | None, components: Any) -> NDArray[np.float32]:
    """A colour of Adobe's colour structure: 0 RGB, 1 HSB, 2 CMYK, 7 Lab, 8 gray."""
    values = np.array(components, np.float64)
    if space == 7:
        light, a, b = (int(x) - 65536 if x > 32767 else int(x) for x in values[:3])
        return np.array(lab_to_rgb(light / 100, a / 100, b / 100), np.float32)
    if space == 2:
        inks = values[:3] / 65535 * (values[3] / 65535)
        return cast(NDArray[np.float32], inks.astype(np.float32))
    if space == 8:
        return np.full(3, 1 - values[0] / 10000, np.float32)
    if space == 1:
        hue, saturation, light = values[:3] / 65535
        shift = (np.array([0, 4, 2]) / 6 + hue) * 6 % 6
        pure = np.clip(np.abs(shift - 3) - 1, 0, 1)
        rgb = light * (1 - saturation + saturation * pure)
        return cast(NDArray[np.float32], rgb.astype(np.float32))
    return cast(NDArray[np.float32], (values[:3] / 65535).astype(np.float32))


def _xyz_rgb(xyz: NDArray[np.float64]) -> NDArray[np.float32]:
    """XYZ relative to D50 as sRGB (Lindbloom's Bradford-adapted matrix)."""
    matrix = np.array(
        [
            [3.1338561, -1.6168667, -0.4906146],
            [-0.9787684, 1.9161415, 0.0334540],
            [0.0719453, -0.2289914, 1.4052427],
        ]
    )
    linear = np.clip(matrix @ xyz, 0, 1)
    high = 1.055 * linear ** (1 / 2.4) - 0.055
    encoded = np.where(linear <= 0.0031308, linear * 12.92, high)
    return cast(NDArray[np.float32], encoded.astype(np.float32))
