"""What areas are filled with: colours, gradients, patterns, and strokes of shapes."""

from typing import Any

from psd_tools.constants import GradientType
from psd_tools.psd.adjustments import GradientMap
from psd_tools.psd.descriptor import Descriptor

from onemanage.contracts.psd.style import (
    ColorStop,
    Fill,
    LayerGradient,
    OpacityStop,
    Pattern,
    ShapeStroke,
)
from onemanage.psd.domain.details.colors import descriptor_color, legacy_color
from onemanage.psd.domain.details.reading import (
    MAX_STOPS,
    Reading,
    blend_mode,
    code,
    flag,
    name,
    number,
    optional,
    pixels,
    share,
    word,
)
from onemanage.psd.domain.enumerations import gradient_method

_LENGTH = 4096
"""Positions along a gradient, as stored."""
_SOURCES = {b"FrgC": "foreground", b"BckC": "background"}
_METHODS = {
    b"Gcls": "classic",
    b"Perc": "perceptual",
    b"Lnr ": "linear",
    b"Smoo": "smooth",
}
_ALIGNMENTS = {"Inside": "inside", "Outside": "outside", "Center": "center"}


def fill(data: Any, reading: Reading, kind: str | None = None) -> Fill | None:
    """Of a descriptor that holds a colour, or a gradient or pattern with its layout.

    ``kind`` says which, where it may hold more than one.
    """
    if not isinstance(data, Descriptor):
        return None
    if kind in (None, "gradient") and isinstance(data.get(b"Grad"), Descriptor):
        return Fill(kind="gradient", gradient=gradient(data, reading))
    if kind in (None, "pattern") and isinstance(data.get(b"Ptrn"), Descriptor):
        return Fill(kind="pattern", pattern=pattern(data))
    color = descriptor_color(data.get(b"Clr "))
    return Fill(kind="color", color=color) if color else None


def gradient(data: Descriptor, reading: Reading) -> LayerGradient:
    """``data`` holds the layout, and in Grad the gradient itself."""
    inner = data.get(b"Grad")
    offset = data.get(b"Ofst")
    across = offset.get(b"Hrzn") if isinstance(offset, Descriptor) else None
    down = offset.get(b"Vrtc") if isinstance(offset, Descriptor) else None
    is_noise = code(inner.get(b"GrdF")) == b"ClNs"
    return LayerGradient(
        kind="noise" if is_noise else "solid",
        name=name(inner.get(b"Nm  ")),
        stops=_stops(inner, reading),
        opacity_stops=_opacity_stops(inner, reading),
        smoothness=round(number(inner.get(b"Intr"), _LENGTH) / _LENGTH, 4),
        method=_METHODS.get(gradient_method(data), "classic"),
        style=word(data.get(b"Type"), GradientType, reading),
        angle=optional(data.get(b"Angl")),
        scale=share(data.get(b"Scl ")),
        reversed=flag(data.get(b"Rvrs")),
        dithered=flag(data.get(b"Dthr")),
        aligned=flag(data.get(b"Algn"), True),
        offset_x=share(across, 0),
        offset_y=share(down, 0),
    )


def mapped_gradient(data: GradientMap, reading: Reading) -> LayerGradient:
    """Of a gradient map, which has a form of its own."""
    colors = reading.capped("gradient stops", data.color_stops, MAX_STOPS)
    opacities = reading.capped("gradient stops", data.transparency_stops, MAX_STOPS)
    return LayerGradient(
        kind="noise" if data.mode else "solid",
        name=name(data.name),
        stops=[
            ColorStop(
                position=_position(stop.location),
                color=legacy_color(stop.mode, stop.color),
                midpoint=share(stop.midpoint, 0.5),
            )
            for stop in colors
        ],
        opacity_stops=[
            OpacityStop(
                position=_position(stop.location),
                opacity=round(number(stop.opacity) / 255, 4),
                midpoint=share(stop.midpoint, 0.5),
            )
            for stop in opacities
        ],
        smoothness=round(number(data.interpolation, _LENGTH) / _LENGTH, 4),
        method=_METHODS.get(bytes(data.method), "classic"),
        reversed=bool(data.is_reversed),
        dithered=bool(data.is_dithered),
    )


def pattern(data: Descriptor) -> Pattern:
    """``data`` holds the layout, and in Ptrn the pattern's name and id."""
    inner = data.get(b"Ptrn")
    phase = data.get(b"phase")
    is_moved = isinstance(phase, Descriptor)
    return Pattern(
        pattern_id=name(inner.get(b"Idnt")),
        name=name(inner.get(b"Nm  ")),
        scale=share(data.get(b"Scl ")),
        angle=number(data.get(b"Angl")),
        linked=flag(data.get(b"Lnkd", data.get(b"Algn")), True),
        phase_x=number(phase.get(b"Hrzn")) if is_moved else 0,
        phase_y=number(phase.get(b"Vrtc")) if is_moved else 0,
    )


def shape_stroke(data: Any, reading: Reading) -> ShapeStroke | None:
    """None where ``data`` is no descriptor."""
    if not isinstance(data, Descriptor):
        return None

    def of(key: str) -> Any:
        return data.get(b"strokeStyle" + key.encode())

    def ending(key: str, default: str) -> str:
        """strokeStyleRoundCap is round."""
        text = code(of("Line" + key + "Type")).decode("ascii", "replace")
        found = text.removeprefix("strokeStyle").removesuffix(key).lower()
        return found or default

    ppi = number(of("Resolution"), 72.0)
    side = code(of("LineAlignment")).decode("ascii", "replace")
    dashes = of("LineDashSet")
    listed = list(dashes) if hasattr(dashes, "__iter__") else []
    return ShapeStroke(
        enabled=flag(data.get(b"strokeEnabled"), True),
        width=pixels(of("LineWidth"), ppi) or 0,
        fill=fill(of("Content"), reading),
        fill_enabled=flag(data.get(b"fillEnabled"), True),
        opacity=share(of("Opacity")),
        blend_mode=blend_mode(of("BlendMode"), reading),
        alignment=_ALIGNMENTS.get(side.removeprefix("strokeStyleAlign"), "center"),
        cap=ending("Cap", "butt"),
        join=ending("Join", "miter"),
        miter_limit=number(of("MiterLimit"), 100),
        dashes=[number(x) for x in reading.capped("dashes", listed, MAX_STOPS)],
        dash_offset=number(of("LineDashOffset")),
    )


def _stops(data: Descriptor, reading: Reading) -> list[ColorStop]:
    stops = reading.capped("gradient stops", data.get(b"Clrs") or (), MAX_STOPS)
    return [
        ColorStop(
            position=_position(stop.get(b"Lctn")),
            color=descriptor_color(stop.get(b"Clr ")),
            midpoint=share(stop.get(b"Mdpn"), 0.5),
            source=_SOURCES.get(code(stop.get(b"Type")), "user"),
        )
        for stop in stops
        if isinstance(stop, Descriptor)
    ]


def _opacity_stops(data: Descriptor, reading: Reading) -> list[OpacityStop]:
    stops = reading.capped("gradient stops", data.get(b"Trns") or (), MAX_STOPS)
    return [
        OpacityStop(
            position=_position(stop.get(b"Lctn")),
            opacity=share(stop.get(b"Opct")),
            midpoint=share(stop.get(b"Mdpn"), 0.5),
        )
        for stop in stops
        if isinstance(stop, Descriptor)
    ]


def _position(value: Any) -> float:
    return round(number(value) / _LENGTH, 4)
