"""Adjustment layers: new colours for the colours that lie below.

Where an adjustment treats each channel alone, psd-tools' function is asked for a ramp
of the 256 levels, which gives a table. The others are formulas on whole colours, in
mixing.py.
"""

from collections.abc import Callable
from typing import Any, cast

import cv2
import numpy as np
from psd_tools.api.layers import AdjustmentLayer, Layer
from psd_tools.composite.adjustments import ADJUSTMENT_FUNC
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.adjustments import Curves

from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.layers import is_adjustment
from onemanage.psd.domain.render import lookup, mixing, tones
from onemanage.psd.domain.render.mixing import Values

_BLOCK = 1 << 17
"""Pixels worked on at a time."""

_TABLES = ("levels", "curves", "exposure", "brightnesscontrast", "invert", "posterize")
_MODES = (ColorMode.RGB, ColorMode.GRAYSCALE, ColorMode.CMYK)
_COLORED = (ColorMode.RGB, ColorMode.CMYK)
_IN_LAB = ("levels", "curves", "brightnesscontrast", "invert", "posterize", "threshold")
"""What Photoshop has in Lab and is done channel by channel there."""
_RGB_ONLY: dict[str, Callable[[Any, Values], Values]] = {
    "channelmixer": mixing.channel_mixer,
    "blackandwhite": mixing.black_and_white,
    "gradientmap": mixing.gradient_map,
    "threshold": mixing.threshold,
    "vibrance": mixing.vibrance,
    "photofilter": mixing.photo_filter,
    "selectivecolor": mixing.selective_color,
}


def kind_of(layer: Layer) -> str:
    """Which adjustment it is; psd-tools takes one of an old form for a pixel layer."""
    if isinstance(layer, AdjustmentLayer):
        return layer.kind
    return "brightnesscontrast" if is_adjustment(layer) else layer.kind


def is_drawn(layer: Layer) -> bool:
    """Whether this kind of adjustment is known in the document's colour mode."""
    kind = kind_of(layer)
    if kind == "colorlookup" and why_not_looked_up(layer) is not None:
        return False
    return draws(kind, layer._psd.color_mode)


def draws(kind: str, mode: ColorMode) -> bool:
    """Whether a kind of adjustment, in psd-tools' words, is known in a colour mode."""
    if mode is ColorMode.LAB:
        return kind in _IN_LAB
    if kind == "colorlookup":
        return mode is ColorMode.RGB
    if kind in _TABLES or kind == "threshold":
        return mode in _MODES
    if kind == "huesaturation":
        return mode is ColorMode.RGB
    if kind in ("channelmixer", "colorbalance"):
        return mode in _COLORED
    return kind in _RGB_ONLY and mode is ColorMode.RGB


def why_not_looked_up(layer: Layer) -> str | None:
    """Why the table of a colour lookup is not understood; None where it is."""
    try:
        lookup.lookup_of(layer)
    except lookup.NoLookup as error:
        return str(error)
    return None


def adjusted(layer: Layer, color: Pixels) -> Pixels | None:
    """The colour planes after the adjustment, or None where it is not known."""
    if not is_drawn(layer):
        return None
    kind = kind_of(layer)
    if isinstance(layer, AdjustmentLayer) and getattr(layer, "_data", 0) is None:
        return None
    if kind == "colorbalance":
        return _balanced(layer, color)
    if kind == "colorlookup":
        table = lookup.lookup_of(layer)
        return _by_block(
            lambda _, values: lookup.looked_up(table, values), layer, color
        )
    if kind in _TABLES:
        return _by_table(_tables(layer, len(color)), color)
    if kind == "huesaturation":
        return _by_block(_hue_saturation, layer, color)
    return _by_block(_RGB_ONLY[kind], layer, color)


def _tables(layer: Layer, channels: int) -> Pixels:
    """One table for each channel, (channels, 256)."""
    if not isinstance(layer, AdjustmentLayer):
        data = layer.tagged_blocks.get_data(Tag.BRIGHTNESS_AND_CONTRAST)
        table = tones.legacy_contrast(
            _signed(data.brightness), _signed(data.contrast), _signed(data.mean)
        )
        return _on_tones(table, layer, channels)
    found: Any = layer
    if layer.kind == "brightnesscontrast":
        table = tones.brightness_contrast(found.brightness, found.contrast)
        if found.use_legacy:
            table = tones.legacy_contrast(found.brightness, found.contrast, found.mean)
        return _on_tones(table, layer, channels)
    if layer.kind == "curves" and found._data.is_map:
        return _by_hand(_maps(found._data), channels)
    # A little above each level: psd-tools rounds down to one.
    ramp = (np.arange(256, dtype=np.float32) + np.float32(0.01)) / np.float32(255)
    image = np.repeat(np.minimum(ramp, 1)[None, :, None], channels, axis=2)
    values = ADJUSTMENT_FUNC[layer.kind](image, layer._psd.color_mode, layer)
    clipped = np.clip(values.reshape(256, channels).T, 0, 1)
    return np.ascontiguousarray((clipped * 255 + 0.5).astype(np.uint8))


def _on_tones(table: Pixels, layer: Layer, channels: int) -> Pixels:
    """One table for all channels; in Lab for the lightness alone."""
    every = np.broadcast_to(table, (channels, 256))
    if layer._psd.color_mode is not ColorMode.LAB:
        return every
    return np.stack([table, *[np.arange(256, dtype=np.uint8)] * (channels - 1)])


def _balanced(layer: Any, color: Pixels) -> Pixels:
    """Red, green and blue, or what the inks of their opposites leave; never black."""
    tables = tones.color_balance(
        layer.shadows, layer.midtones, layer.highlights, preserve=bool(layer.luminosity)
    )
    return np.concatenate([_by_table(tables, color[:3]), color[3:]])


def _maps(curves: Curves) -> dict[int, Pixels]:
    """Curves that were drawn by hand: of a channel, 0 for all, where each level goes."""
    if curves.extra is not None:
        stored: Any = curves.extra
        named = [(item.channel_id, item.points) for item in stored]
    elif curves.version == 1:  # a bit for each channel that has one
        bits = [at for at in range(32) if curves.count_map >> at & 1]
        named = list(zip(bits, curves.data, strict=True))
    else:
        named = list(enumerate(curves.data))
    return {channel: np.array(levels, np.uint8) for channel, levels in named}


def _by_hand(maps: dict[int, Pixels], channels: int) -> Pixels:
    """Each channel by its own, and then by that of all."""
    same = np.arange(256, dtype=np.uint8)
    every = maps.get(0, same)
    return np.stack([every[maps.get(number + 1, same)] for number in range(channels)])


def _by_table(tables: Pixels, color: Pixels) -> Pixels:
    return np.stack(
        [
            cast(Pixels, cv2.LUT(plane, np.ascontiguousarray(table)))
            for plane, table in zip(color, tables, strict=True)
        ]
    )


def _by_block(
    function: Callable[[Any, Values], Values], layer: Layer, color: Pixels
) -> Pixels:
    out = np.empty_like(color)
    step = max(1, _BLOCK // max(1, color.shape[2]))
    for top in range(0, color.shape[1], step):
        rows = slice(top, top + step)
        values = color[:, rows].astype(np.float32) * np.float32(1 / 255)
        found = np.clip(function(layer, values), 0, 1)
        out[:, rows] = (found * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return out


def _hue_saturation(layer: AdjustmentLayer, color: Values) -> Values:
    image = np.ascontiguousarray(color.transpose(1, 2, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ADJUSTMENT_FUNC["huesaturation"](image, layer._psd.color_mode, layer)
    return cast(Values, np.nan_to_num(found).transpose(2, 0, 1))


def _signed(value: int) -> int:
    """psd-tools reads these 16 bits as unsigned."""
    return value - 65536 if value > 32767 else value
