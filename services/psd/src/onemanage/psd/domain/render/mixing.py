"""Adjustments of whole colours: values of 0 to 1, (channels, height, width)."""

import struct
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.color_convert import lab_to_rgb
from psd_tools.composite import paint
from psd_tools.constants import ColorMode, Resource
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.colorimetry import (
    RGB_TO_XYZ,
    XYZ_TO_RGB,
    decoded,
    encoded,
    rgb_to_xyz,
)
from onemanage.psd.domain.render.blend import luminosity, with_luminosity
from onemanage.psd.domain.render.gradients import STEPS, mixed

type Values = NDArray[np.float32]
type _Light = NDArray[np.float64]


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
    is_lab = layer._psd.color_mode is ColorMode.LAB
    if len(color) == 4:
        light = luminosity(_rgb_of_inks(layer, color))[0]
    else:
        light = color[0] if is_lab or len(color) < 3 else luminosity(color)[0]
    white = (np.rint(light * 255) >= layer.threshold).astype(np.float32)
    out = np.repeat(white[None], len(color), axis=0)
    if len(color) == 4:  # black ink alone makes black
        out[:3] = 1
    if is_lab:
        out[1:] = np.float32(128 / 255)
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


def vibrance(layer: Any, color: Values) -> Values:
    """In linear light: towards an end that depends on how saturated a colour is.

    Skin, within 75 degrees of red, gains a little less, and a negative vibrance has an
    end of its own. Then saturation, away from a gray of red and green. Both as measured
    on Photoshop 27 (github.com/StefanRademakers/LightTable, 2026).
    """
    rgb = np.array(decoded(color.astype(np.float64)))
    share = min(100, max(-100, layer.vibrance)) / 100
    if share:
        high, low = rgb.max(axis=0), rgb.min(axis=0)
        chroma = np.divide(high - low, high, out=np.zeros_like(high), where=high > 0)
        if share > 0:
            skin = np.maximum(0, 1 - _from_red(rgb, high, high - low) / 75)
            end = 1 + chroma * (1 - chroma) * (1 - 0.2 * skin)
        else:
            end = 0.34 + 0.4 * chroma
        rgb += (np.clip(high + (rgb - high) * end, 0, 1) - rgb) * abs(share)
    gray = 0.2882 * rgb[0] + 0.7127 * rgb[1]
    saturation = min(100, max(-100, layer.saturation)) / 100
    rgb = np.clip(rgb + (rgb - gray) * saturation, 0, 1)
    return encoded(rgb).astype(np.float32)


def _from_red(rgb: _Light, high: _Light, chroma: _Light) -> _Light:
    """How far the hue is from red, in degrees, 0 to 180; gray is red."""
    red, green, blue = rgb
    safe = np.where(chroma > 0, chroma, 1)
    sector = np.where(high == green, (blue - red) / safe + 2, (red - green) / safe + 4)
    sector = np.where(high == red, (green - blue) / safe, sector)
    hue = np.where(chroma > 0, sector * 60 % 360, 0)
    return cast(_Light, np.minimum(hue, 360 - hue))


def photo_filter(layer: Any, color: Values) -> Values:
    """What XYZ of D50 a filter lets through, as far as it is dense.

    So Photoshop does it by public measurements (see vibrance). The filter's colour is
    first cut to sRGB.
    """
    if layer.xyz is not None:  # so named in Adobe's text, but Lab in hundredths
        light, a, b = (x - 2**32 if x >= 2**31 else x for x in layer.xyz)
        rgb = np.array(lab_to_rgb(light / 100, a / 100, b / 100), np.float32)
    else:
        rgb = _components_rgb(layer.color_space, layer.color_components)
    filtering = rgb_to_xyz(np.clip(rgb, 0, 1).astype(np.float64))
    share = (layer.density or 0) / 100
    passes = 1 - share + filtering * share
    matrix = XYZ_TO_RGB @ np.diag(passes) @ RGB_TO_XYZ
    linear = np.tensordot(matrix, decoded(color.astype(np.float64)), 1)
    out = encoded(linear).astype(np.float32)
    return with_luminosity(out, luminosity(color)) if layer.luminosity else out


def selective_color(layer: Any, color: Values) -> Values:
    """Inks added to the colours of nine ranges, relative or absolute.

    The formula is public (ubitux, "Understanding selective coloring in Adobe Photoshop",
    2013), and was found to hold to a tenth of a level on Photoshop 27 (see vibrance).
    """
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
