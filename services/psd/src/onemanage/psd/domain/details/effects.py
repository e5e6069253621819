"""Layer effects by the names and units of Photoshop's dialog."""

from collections.abc import Iterator
from functools import partial

from psd_tools.api.layers import Layer
from psd_tools.constants import (
    BevelStyle,
    BevelTechnique,
    GlowSource,
    Resource,
    StrokePosition,
    Tag,
)
from psd_tools.psd.descriptor import Descriptor, List
from psd_tools.psd.image_resources import ImageResources

from onemanage.contracts.psd.style import BevelLight, Effect, Fill
from onemanage.psd.domain.details.colors import descriptor_color
from onemanage.psd.domain.details.paint import fill
from onemanage.psd.domain.details.reading import (
    MAX_ENTRIES,
    Reading,
    ascii_word,
    blend_mode,
    code,
    flag,
    number,
    optional,
    optional_share,
    share,
    word,
)

_KINDS = {
    b"DrSh": "drop_shadow",
    b"IrSh": "inner_shadow",
    b"OrGl": "outer_glow",
    b"IrGl": "inner_glow",
    b"ebbl": "bevel_emboss",
    b"ChFX": "satin",
    b"SoFi": "color_overlay",
    b"GrFl": "gradient_overlay",
    b"patternFill": "pattern_overlay",
    b"FrFX": "stroke",
}
_TAGS = (
    Tag.OBJECT_BASED_EFFECTS_LAYER_INFO,
    Tag.OBJECT_BASED_EFFECTS_LAYER_INFO_V0,
    Tag.OBJECT_BASED_EFFECTS_LAYER_INFO_V1,
)
_SPREAD = ("drop_shadow", "inner_shadow", "outer_glow", "inner_glow")
_GLOWS = ("outer_glow", "inner_glow")
_PAINTS = {b"SClr": "color", b"GrFl": "gradient", b"Ptrn": "pattern"}
_DIRECTIONS = {b"In  ": "up", b"Out ": "down"}


def effects(layer: Layer, reading: Reading) -> tuple[list[Effect], bool]:
    """Those in the layer's list, and the one switch for all of them."""
    data = reading.block(layer, "effects", *_TAGS)
    if not isinstance(data, Descriptor):
        if layer.tagged_blocks.get_data(Tag.EFFECTS_LAYER) is not None:
            reading.warn(
                "Its effects are in the form of Photoshop 5, which is not read"
            )
        return [], True
    listed = reading.capped("effects", _listed(data), MAX_ENTRIES)
    found = []
    for item in listed:
        read = partial(_effect, item, layer._psd.image_resources, reading)
        effect = reading.value("effects", read, None)
        if effect:
            found.append(effect)
    return found, flag(data.get(b"masterFXSwitch"), True)


def _listed(data: Descriptor) -> Iterator[Descriptor]:
    """What older documents list lacks ``present`` and is there all the same."""
    for value in data.values():
        for item in value if isinstance(value, List) else (value,):
            if isinstance(item, Descriptor) and flag(item.get(b"present"), True):
                yield item


def _effect(data: Descriptor, resources: ImageResources, reading: Reading) -> Effect:
    kind = _KINDS.get(bytes(data.classID)) or ascii_word(bytes(data.classID))
    is_global = flag(data.get(b"uglg"))
    angle, altitude = optional(data.get(b"lagl")), optional(data.get(b"Lald"))
    if is_global:
        angle = number(resources.get_data(Resource.GLOBAL_ANGLE), 30.0)
        if altitude is not None:
            altitude = number(resources.get_data(Resource.GLOBAL_ALTITUDE), 30.0)
    is_bevel = kind == "bevel_emboss"
    choke = optional_share(data.get(b"Ckmt"))
    return Effect(
        kind=kind,
        enabled=flag(data.get(b"enab"), True),
        blend_mode=blend_mode(data.get(b"Md  "), reading),
        opacity=share(data.get(b"Opct")),
        fill=_paint(data, kind, reading),
        angle=angle,
        altitude=altitude,
        global_light=is_global,
        distance=optional(data.get(b"Dstn")),
        size=optional(data.get(b"Sz  ", data.get(b"blur"))),
        spread=choke if kind in _SPREAD else None,
        noise=optional_share(data.get(b"Nose")),
        range=optional_share(data.get(b"Inpr")) if kind in _GLOWS else None,
        jitter=optional_share(data.get(b"ShdN")) if kind in _GLOWS else None,
        position=_position(data, kind, reading),
        technique=word(data.get(b"bvlT", data.get(b"GlwT")), BevelTechnique, reading),
        style=word(data.get(b"bvlS"), BevelStyle, reading),
        direction=_DIRECTIONS.get(code(data.get(b"bvlD"))),
        depth=optional_share(data.get(b"srgR")),
        soften=optional(data.get(b"Sftn")),
        highlight=_light(data, b"hgl", reading) if is_bevel else None,
        shadow=_light(data, b"sdw", reading) if is_bevel else None,
        inverted=flag(data.get(b"Invr")),
        knocks_out=flag(data.get(b"layerConceals"), True),
    )


def _paint(data: Descriptor, kind: str, reading: Reading) -> Fill | None:
    """A stroke keeps the colour, gradient and pattern that it does not use."""
    used = _PAINTS.get(code(data.get(b"PntT"))) if kind == "stroke" else None
    if kind == "stroke" and used is None:
        reading.unknown(data.get(b"PntT"))
    return fill(data, reading, used)


def _position(data: Descriptor, kind: str, reading: Reading) -> str | None:
    if kind == "stroke":
        return word(data.get(b"Styl"), StrokePosition, reading)
    if kind != "inner_glow":
        return None
    return word(data.get(b"glwS"), GlowSource, reading)


def _light(data: Descriptor, prefix: bytes, reading: Reading) -> BevelLight:
    return BevelLight(
        color=descriptor_color(data.get(prefix + b"C")),
        blend_mode=blend_mode(data.get(prefix + b"M"), reading),
        opacity=share(data.get(prefix + b"O"), 0.5),
    )
