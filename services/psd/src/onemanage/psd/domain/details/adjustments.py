"""Adjustment layers: a kind, and parameters in the units of Photoshop's dialogs.

Adobe, "Photoshop File Formats", describes the blocks. psd-tools reads three fields of
them as unsigned that are signed, which is put right here.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from struct import iter_unpack
from typing import Any

import msgspec
from psd_tools.api.layers import Layer
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.descriptor import Descriptor

from onemanage.contracts.psd.manifest import Adjustment
from onemanage.psd.domain.details.colors import lab, legacy_color, signed
from onemanage.psd.domain.details.paint import mapped_gradient
from onemanage.psd.domain.details.plain import plain
from onemanage.psd.domain.details.reading import Reading, flag, number

_CHANNELS = {
    ColorMode.GRAYSCALE: ("gray",),
    ColorMode.DUOTONE: ("gray",),
    ColorMode.RGB: ("red", "green", "blue"),
    ColorMode.CMYK: ("cyan", "magenta", "yellow", "black"),
    ColorMode.LAB: ("lightness", "a", "b"),
}
_HUES = ("reds", "yellows", "greens", "cyans", "blues", "magentas")
_PLATES = (*_HUES, "whites", "neutrals", "blacks")
_INKS = ("cyan", "magenta", "yellow", "black")
_SLIDERS = ("cyan_red", "magenta_green", "yellow_blue")
_HSL = ("hue", "saturation", "lightness")
_MAX_POINTS = 64

type _Parameters = dict[str, Any]


def adjustment(layer: Layer, reading: Reading) -> Adjustment | None:
    """What the layer does, by its block and not by its class: old ones have none."""
    for tag, read in _READERS.items():
        if tag not in layer.tagged_blocks:
            continue
        kind = "hue_saturation" if tag is Tag.HUE_SATURATION_V4 else tag.name.lower()
        if kind == "brightness_and_contrast":
            kind = "brightness_contrast"
        data = reading.block(layer, "adjustment", tag)
        parameters: _Parameters = {}
        if data is not None:
            values = partial(read, data, layer, reading)
            parameters = reading.value("adjustment", values, {})
        return Adjustment(kind=kind, parameters=parameters)
    return None


def _brightness_contrast(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    """Since CS3 the true values stand in a block of their own."""
    newer = layer.tagged_blocks.get_data(Tag.CONTENT_GENERATOR_EXTRA_DATA)
    if isinstance(newer, Descriptor) and newer.get(b"Brgh") is not None:
        return {
            "brightness": number(newer.get(b"Brgh")),
            "contrast": number(newer.get(b"Cntr")),
            "legacy": flag(newer.get(b"useLegacy")),
        }
    return {
        "brightness": signed(data.brightness),
        "contrast": signed(data.contrast),
        "legacy": True,
    }


def _levels(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    names = _composite(layer)
    return {
        "channels": [
            {
                "channel": channel,
                "input": [record.input_floor, record.input_ceiling],
                "output": [record.output_floor, record.output_ceiling],
                "gamma": record.gamma / 100,
            }
            for channel, record in zip(names, data, strict=False)
        ]
    }


def _curves(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    """Points as input and output, 0 to 255; they are stored the other way round."""
    names = _composite(layer)
    numbered: Sequence[tuple[int, Any]]
    if data.extra:
        numbered = [(item.channel_id, item.points) for item in data.extra]
    elif data.version == 1:
        bits = [bit for bit in range(32) if data.count_map >> bit & 1]
        numbered = list(zip(bits, data.data, strict=False))
    else:
        numbered = list(enumerate(data.data))
    channels = []
    for number_, points in reading.capped("curves", numbered, _MAX_POINTS):
        channel = names[number_] if number_ < len(names) else f"channel_{number_}"
        if data.is_map:
            channels.append({"channel": channel, "map": list(points)})
            continue
        kept = reading.capped("points of a curve", points, _MAX_POINTS)
        channels.append({"channel": channel, "points": [[x, y] for y, x in kept]})
    return {"channels": channels}


def _exposure(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {
        "exposure": number(data.exposure),
        "offset": number(data.offset),
        "gamma": number(data.gamma),
    }


def _hue_saturation(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {
        "colorize": bool(data.enable),
        "colorization": _named(_HSL, data.colorization),
        "master": _named(_HSL, data.master),
        "ranges": [
            {"range": hue, "bounds": list(bounds), **_named(_HSL, values)}
            for hue, (bounds, values) in zip(_HUES, data.items, strict=False)
        ],
    }


def _color_balance(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {
        "shadows": _named(_SLIDERS, data.shadows),
        "midtones": _named(_SLIDERS, data.midtones),
        "highlights": _named(_SLIDERS, data.highlights),
        "preserve_luminosity": bool(data.luminosity),
    }


def _photo_filter(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    if data.xyz is not None:  # named so in Adobe's text, but it is Lab in hundredths
        parts = [x - 2**32 if x >= 2**31 else x for x in data.xyz]
        color: str | None = lab(*(x / 100 for x in parts))
    else:
        color = legacy_color(data.color_space, data.color_components)
    return {
        "color": color,
        "density": data.density,
        "preserve_luminosity": bool(data.luminosity),
    }


def _channel_mixer(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    """psd-tools reads the first row and leaves the others as bytes."""
    rest = data.unknown[: len(data.unknown) // 10 * 10]
    rows = [tuple(data.data), *iter_unpack(">5h", rest)]
    names = _CHANNELS.get(layer._psd.color_mode, ())
    outputs = ("gray",) if data.monochrome else names
    return {
        "monochrome": bool(data.monochrome),
        "outputs": [
            {"output": output, **_named(names, row), "constant": row[4]}
            for output, row in zip(outputs, rows, strict=False)
        ],
    }


def _selective_color(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    """The first of ten plates is not used."""
    plates = zip(_PLATES, data.data[1:], strict=False)
    return {
        "method": "absolute" if data.method else "relative",
        "colors": {plate: _named(_INKS, values) for plate, values in plates},
    }


def _gradient_map(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    found: _Parameters = msgspec.to_builtins(mapped_gradient(data, reading))
    return {"gradient": found}


def _posterize(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {"levels": int(number(data))}


def _threshold(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {"level": int(number(data))}


def _descriptor(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return plain(data, reading) if isinstance(data, Descriptor) else {}


def _nothing(data: Any, layer: Layer, reading: Reading) -> _Parameters:
    return {}


def _named(names: Sequence[str], values: Sequence[int]) -> dict[str, int]:
    return dict(zip(names, values, strict=False))


def _composite(layer: Layer) -> tuple[str, ...]:
    return ("composite", *_CHANNELS.get(layer._psd.color_mode, ()))


_READERS: Mapping[Tag, Callable[[Any, Layer, Reading], _Parameters]] = {
    Tag.BRIGHTNESS_AND_CONTRAST: _brightness_contrast,
    Tag.LEVELS: _levels,
    Tag.CURVES: _curves,
    Tag.EXPOSURE: _exposure,
    Tag.VIBRANCE: _descriptor,
    Tag.HUE_SATURATION: _hue_saturation,
    Tag.HUE_SATURATION_V4: _hue_saturation,
    Tag.COLOR_BALANCE: _color_balance,
    Tag.BLACK_AND_WHITE: _descriptor,
    Tag.PHOTO_FILTER: _photo_filter,
    Tag.CHANNEL_MIXER: _channel_mixer,
    Tag.COLOR_LOOKUP: _descriptor,
    Tag.INVERT: _nothing,
    Tag.POSTERIZE: _posterize,
    Tag.THRESHOLD: _threshold,
    Tag.SELECTIVE_COLOR: _selective_color,
    Tag.GRADIENT_MAP: _gradient_map,
}
