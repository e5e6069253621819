"""Documents with effects and adjustments, whose records are written by hand."""

from typing import Any

import numpy as np
from psd_tools import PSDImage
from psd_tools.api.adjustments import TYPES
from psd_tools.api.layers import Layer
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.descriptor import (
    Bool,
    Descriptor,
    DescriptorBlock,
    Double,
    Enumerated,
    Integer,
    List,
    String,
    UnitFloat,
)
from psd_tools.psd.tagged_blocks import TaggedBlock
from psd_tools.psd.vector import (
    ClosedKnotLinked,
    ClosedPath,
    InitialFillRule,
    Path,
    PathFillRule,
    VectorMaskSetting,
)
from psd_tools.terminology import Unit

from onemanage.psd.domain.render import render

GROUND = (40, 120, 200)


def descriptor(class_id: bytes, **items: Any) -> Descriptor:
    found = Descriptor(classID=class_id)
    for key, value in items.items():
        found[key.ljust(4).encode() if len(key) < 4 else key.encode()] = value
    return found


def rgb(red: float, green: float, blue: float) -> Descriptor:
    found = descriptor(b"RGBC")
    for key, value in ((b"Rd  ", red), (b"Grn ", green), (b"Bl  ", blue)):
        found[key] = Double(value)
    return found


def enum(type_id: bytes, value: bytes) -> Enumerated:
    return Enumerated(typeID=type_id, enum=value)


def pixels(value: float) -> UnitFloat:
    return UnitFloat(value=value, unit=Unit.Pixels)


def percent(value: float) -> UnitFloat:
    return UnitFloat(value=value, unit=Unit.Percent)


def ground(color: tuple[int, ...] = GROUND, size: int = 24) -> PSDImage:
    psd = PSDImage.new("RGB", (size, size))
    whole = np.full((size, size, 3), color, np.uint8)
    psd.create_pixel_layer_from_array(whole, "ground")
    return psd


def color(psd: PSDImage, x: int = 0, y: int = 0) -> list[int]:
    rendered = render(psd)
    assert rendered.warnings == ()
    return [int(value) for value in rendered.planes[y, x]]


def effect(psd: PSDImage, key: bytes, desc: Descriptor, **items: Any) -> Layer:
    """A white square of 8 x 8 at (8, 8) with one effect."""
    square = np.full(
        (8, 8, 5 if psd.color_mode is ColorMode.CMYK else 4), 255, np.uint8
    )
    layer = psd.create_pixel_layer_from_array(square, "square", left=8, top=8)
    for name, value in items.items():
        desc[name.encode()] = value
    with_effects(layer, {key: desc})
    return layer


def with_effects(layer: Layer, effects: dict[bytes, Any]) -> None:
    """The layer's effects by their keys; several of one kind are a list."""
    block = descriptor(b"null", masterFXSwitch=Bool(True))
    for key, value in effects.items():
        found = value if isinstance(value, list) else [value]
        for desc in found:
            desc[b"enab"] = desc[b"present"] = Bool(True)
        block[key] = List(items=found) if isinstance(value, list) else value
    layer.tagged_blocks.set_data(Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, block)


def stroke(color: Descriptor, size: float, position: bytes = b"OutF") -> Descriptor:
    desc = descriptor(b"FrFX", Opct=percent(100), PntT=enum(b"FrFl", b"SClr"))
    desc[b"Styl"] = enum(b"FStl", position)
    desc[b"Sz  "] = pixels(size)
    desc[b"Clr "] = color
    return desc


def shadow(kind: bytes, size: float, distance: float) -> Descriptor:
    desc = descriptor(kind, Opct=percent(100), uglg=Bool(False))
    desc[b"Md  "] = enum(b"BlnM", b"Nrml")
    desc[b"Clr "] = rgb(0, 0, 0)
    desc[b"lagl"] = UnitFloat(value=180.0, unit=Unit.Angle)
    desc[b"Dstn"] = pixels(distance)
    desc[b"blur"] = pixels(size)
    desc[b"Ckmt"] = pixels(0)
    return desc


def adjustment(psd: PSDImage, tag: Tag, data: Any) -> Layer:
    """Replaces the topmost layer, which only lends its record."""
    empty = psd.create_pixel_layer_from_array(np.zeros((1, 1, 4), np.uint8), "adjust")
    record = empty._record
    record.right, record.bottom = record.left, record.top
    for channel in empty._channels:
        channel.data = b""
    empty.tagged_blocks[tag] = TaggedBlock(key=tag, data=data)
    layer: Layer = TYPES[tag](psd, record, empty._channels)
    layer._data = data  # type: ignore[attr-defined]  # what was read from the block
    psd._layers[-1] = layer
    return layer


def shape(psd: PSDImage, stroke: Descriptor | None, **stated: Any) -> Layer:
    """A square of 8 x 8 at (8, 8), white in its stored pixels, with a path around it.

    The fill is white; ``stroke`` is the colour of an inner stroke of 2 pixels, which
    the stored pixels do not show, and ``stated`` what else the stroke says.
    """
    square = np.full((8, 8, 4), 255, np.uint8)
    layer = psd.create_pixel_layer_from_array(square, "shape", left=8, top=8)
    low, high = 8 / psd.width, 16 / psd.width
    corners = [(low, low), (low, high), (high, high), (high, low)]
    knots: Any = [ClosedKnotLinked(corner, corner, corner) for corner in corners]
    items: Any = [PathFillRule(), InitialFillRule(0), ClosedPath(items=knots)]
    setting = VectorMaskSetting(path=Path(items))
    _put(layer, Tag.VECTOR_MASK_SETTING1, setting)
    fill = DescriptorBlock()
    fill[b"Clr "] = rgb(255, 255, 255)
    _put(layer, Tag.SOLID_COLOR_SHEET_SETTING, fill)
    if stroke is not None:
        _put(layer, Tag.VECTOR_STROKE_DATA, _own(stroke, **stated))
    return layer


def _put(layer: Layer, tag: Tag, data: Any) -> None:
    layer.tagged_blocks[tag] = TaggedBlock(key=tag, data=data)


def _own(color: Descriptor, **stated: Any) -> DescriptorBlock:
    desc = DescriptorBlock(classID=b"strokeStyle")
    desc[b"strokeEnabled"] = desc[b"fillEnabled"] = Bool(True)
    desc[b"strokeStyleLineWidth"] = pixels(2)
    desc[b"strokeStyleOpacity"] = percent(100)
    desc[b"strokeStyleLineAlignment"] = enum(
        b"strokeStyleLineAlignment", b"strokeStyleAlignInside"
    )
    content = descriptor(b"solidColorLayer")
    content[b"Clr "] = color
    desc[b"strokeStyleContent"] = content
    for name, value in stated.items():
        desc[name.encode()] = value
    return desc


def gradient(*colors: Descriptor, angle: float = 0, smooth: int = 0) -> Descriptor:
    stops: Any = []
    for number, value in enumerate(colors):
        stop = descriptor(b"Clrt", Type=enum(b"Clry", b"UsrS"))
        stop[b"Clr "] = value
        stop[b"Lctn"] = Integer(4096 * number // (len(colors) - 1))
        stop[b"Mdpn"] = Integer(50)
        stops.append(stop)
    grad = descriptor(b"Grdn", GrdF=enum(b"GrdF", b"CstS"), Intr=Double(smooth))
    grad[b"Nm  "] = String("gradient")
    grad[b"Clrs"] = List(stops)
    found = descriptor(b"GrFl", Grad=grad, Type=enum(b"GrdT", b"Lnr "))
    found[b"Angl"] = UnitFloat(value=angle, unit=Unit.Angle)
    return found
