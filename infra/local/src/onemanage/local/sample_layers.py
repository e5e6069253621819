"""Layers that psd-tools cannot make: type, smart objects and Photoshop's variables.

Each is a pixel layer that is given the blocks which make it what it is. Their pixels are
drawn by our own engine, as Photoshop's would stand there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group, Layer
from psd_tools.constants import LinkedLayerType, Resource, Tag
from psd_tools.psd.descriptor import (
    Bool,
    Descriptor,
    DescriptorBlock,
    Double,
    Enumerated,
    List,
    RawData,
    String,
    UnitFloat,
)
from psd_tools.psd.engine_data import EngineData
from psd_tools.psd.image_resources import ImageResource
from psd_tools.psd.linked_layer import LinkedLayer, LinkedLayers
from psd_tools.psd.tagged_blocks import (
    SmartObjectLayerData,
    TaggedBlock,
    TaggedBlocks,
    TypeToolObjectSetting,
)
from psd_tools.terminology import Unit

from onemanage.psd.domain.templates.corners import Corners
from onemanage.psd.domain.templates.placing import placed
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.setting import set_text
from onemanage.psd.domain.typesetting.styled import (
    ParagraphStyle,
    Run,
    Style,
    StyledText,
)

type Color = tuple[int, int, int]
type Quad = Sequence[tuple[float, float]]

_JUSTIFICATIONS = {"left": 0, "right": 1, "center": 2}
_FAR = (-10_000, -10_000, 20_000, 20_000)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text of one style, in pixels of the canvas.

    ``box``: width and height of box text; None: point text, whose baseline begins, or
    has its middle, at ``at``. Of box text ``at`` is the left top corner.
    """

    text: str
    at: tuple[float, float]
    size: float
    color: Color
    font: str = "NotoSans-Bold"
    box: tuple[float, float] | None = None
    align: str = "left"
    turn: float = 0.0
    """Degrees, clockwise."""
    tracking: float = 0.0
    leading: float | None = None

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """From the text to the canvas."""
        angle = np.radians(self.turn)
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        return cos, sin, -sin, cos, self.at[0], self.at[1]

    @property
    def styled(self) -> StyledText:
        """As our engine takes it."""
        style = Style(
            font=self.font,
            size=self.size,
            color=self.color,
            tracking=self.tracking,
            leading=self.leading,
        )
        count = self.text.count("\n") + 1
        return StyledText(
            runs=(Run(self.text, style),),
            paragraphs=(ParagraphStyle(align=self.align),) * count,
            box=None if self.box is None else (0.0, 0.0, *self.box),
            transform=self.transform,
        )


def add_type(
    parent: PSDImage | Group, name: str, words: Words, shelf: FontShelf | None = None
) -> Layer:
    """A type layer, drawn as it says."""
    drawn = set_text(words.styled, shelf or FontShelf([]), overflow="grow")
    layer = parent.create_pixel_layer_from_array(
        drawn.rgba,
        name,
        left=drawn.box[0],
        top=drawn.box[1],
    )
    block: Any = DescriptorBlock
    styles: Any = EngineData.frombytes(_engine(words))
    data = block(
        name="",
        classID=b"TxLr",
        items={
            b"Txt ": String(words.text.replace("\n", "\r") + "\0"),
            b"Ornt": Enumerated(typeID=b"Ornt", enum=b"Hrzn"),
            b"EngineData": RawData(styles),
            **_bounds(words),
        },
    )
    none = {b"warpStyle": Enumerated(typeID=b"warpStyle", enum=b"warpNone")}
    warp = block(name="", classID=b"warp", items=none)
    setting = TypeToolObjectSetting(1, words.transform, 50, data, 1, warp)
    _put(layer, Tag.TYPE_TOOL_OBJECT_SETTING, setting)
    return layer


def add_smart_object(
    parent: PSDImage | Group,
    name: str,
    content: Image.Image,
    quad: Quad,
    unique_id: str,
) -> Layer:
    """Shows ``content`` between the corners, clockwise from its left top. Its file is
    embedded by ``embed``."""
    rgba = np.asarray(content.convert("RGBA"))
    corners = Corners(np.array(quad, np.float64), content.width, content.height)
    shown = placed(rgba, corners, fit="conform", align=None, clip=True, within=_FAR)
    if shown is None:
        raise ValueError("the corners enclose nothing")
    layer = parent.create_pixel_layer_from_array(
        shown.rgba,
        name,
        left=shown.box[0],
        top=shown.box[1],
    )
    block: Any = DescriptorBlock
    listed = cast(type[Any], List)
    size = Descriptor(classID=b"Pnt ")
    size[b"Wdth"], size[b"Hght"] = Double(content.width), Double(content.height)
    items = {
        b"Idnt": String(unique_id + "\0"),
        b"Trnf": listed([Double(float(x)) for corner in quad for x in corner]),
        b"Sz  ": size,
        b"Rslt": UnitFloat(value=72.0, unit=Unit.Density),
    }
    data = block(name="", classID=b"null", items=items)
    _put(layer, Tag.SMART_OBJECT_LAYER_DATA1, SmartObjectLayerData(data=data))
    return layer


def embed(document: PSDImage, unique_id: str, name: str, data: bytes) -> None:
    """The file that smart objects of this id show."""
    link = Descriptor(classID=b"ExternalFileLink")
    file = LinkedLayer(
        kind=LinkedLayerType.DATA,
        version=2,
        uuid=unique_id,
        filename=name,
        filetype=b"8BPB" if data[:4] == b"8BPS" else b"png ",
        linked_file=cast(Any, link),
        filesize=len(data),
        data=data,
    )
    information = document._record.layer_and_mask_information
    blocks = information.tagged_blocks
    if blocks is None:
        blocks = information.tagged_blocks = TaggedBlocks()
    held = blocks.get_data(Tag.LINKED_LAYER2)
    files = [*(held or ()), file]
    listed = cast(type[Any], LinkedLayers)(files)
    blocks[Tag.LINKED_LAYER2] = TaggedBlock(key=Tag.LINKED_LAYER2.value, data=listed)


def add_variables(document: PSDImage, definitions: str, data_sets: str = "") -> None:
    """Image resources 7000 and 7001, which Photoshop keeps variables in."""
    for key, text in (
        (Resource.IMAGE_READY_VARIABLES, definitions),
        (Resource.IMAGE_READY_DATA_SETS, data_sets),
    ):
        if text:
            document.image_resources[key] = ImageResource(key=key, data=text.encode())


def set_psd_id(layer: Layer, number: int) -> None:
    """The id that Photoshop knows the layer by, as variables name it."""
    layer.tagged_blocks.set_data(Tag.LAYER_ID, number)


def with_effects(layer: Layer, **found: Descriptor) -> None:
    """The layer's effects by their keys."""
    block = Descriptor(classID=b"null")
    block[b"masterFXSwitch"] = Bool(True)
    for key, desc in found.items():
        desc[b"enab"] = desc[b"present"] = Bool(True)
        block[key.encode()] = desc
    layer.tagged_blocks.set_data(Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, block)


def drop_shadow(
    *, size: float, distance: float, opacity: float, color: Color = (0, 0, 0)
) -> Descriptor:
    """Lengths in pixels, the opacity in percent; light from the upper left."""
    desc = Descriptor(classID=b"DrSh")
    desc[b"Md  "] = Enumerated(typeID=b"BlnM", enum=b"Nrml")
    desc[b"Clr "] = rgb = Descriptor(classID=b"RGBC")
    for key, value in zip((b"Rd  ", b"Grn ", b"Bl  "), color, strict=True):
        rgb[key] = Double(float(value))
    desc[b"Opct"] = UnitFloat(value=opacity, unit=Unit.Percent)
    desc[b"uglg"] = Bool(False)
    desc[b"lagl"] = UnitFloat(value=120.0, unit=Unit.Angle)
    desc[b"Dstn"] = UnitFloat(value=distance, unit=Unit.Pixels)
    desc[b"Ckmt"] = UnitFloat(value=0.0, unit=Unit.Pixels)
    desc[b"blur"] = UnitFloat(value=size, unit=Unit.Pixels)
    return desc


def _put(layer: Layer, tag: Tag, data: Any) -> None:
    layer.tagged_blocks[tag] = TaggedBlock(key=tag.value, data=data)


def _bounds(words: Words) -> dict[bytes, Descriptor]:
    if words.box is None:
        return {}
    bounds = Descriptor(classID=b"bounds")
    sides = (0.0, 0.0, *words.box)
    for key, value in zip((b"Left", b"Top ", b"Rght", b"Btom"), sides, strict=True):
        bounds[key] = UnitFloat(value=float(value), unit=Unit.Points)
    return {b"bounds": bounds}


def _engine(words: Words) -> bytes:
    """The styles, in the language of Photoshop's text engine."""
    units = len(words.text.encode("utf-16-le")) // 2 + 1
    red, green, blue = (x / 255 for x in words.color)
    leading = (
        "/AutoLeading true"
        if words.leading is None
        else f"/AutoLeading false /Leading {words.leading:.3f}"
    )
    shape = "/ShapeType 0"
    if words.box is not None:
        shape = f"/ShapeType 1 /BoxBounds [ 0.0 0.0 {words.box[0]} {words.box[1]} ]"
    name = b"(\xfe\xff" + _escaped(words.font.encode("utf-16-be")) + b")"
    return f"""<< /EngineDict << /ParagraphRun << /RunArray [ << /ParagraphSheet <<
/Properties << /Justification {_JUSTIFICATIONS[words.align]} >> >> >> ]
/RunLengthArray [ {units} ] >>
/StyleRun << /RunArray [ << /StyleSheet << /StyleSheetData << /Font 0
/FontSize {words.size:.3f} {leading} /Tracking {int(words.tracking)}
/FillColor << /Type 1 /Values [ 1.0 {red:.4f} {green:.4f} {blue:.4f} ] >>
>> >> >> ] /RunLengthArray [ {units} ] >>
/Rendered << /Version 1 /Shapes << /WritingDirection 0 /Children [ << {shape}
/Cookie << /Photoshop << {shape} >> >> >> ] >> >> >>
/ResourceDict << /FontSet [ << /Name FONT /FontType 1 >> ] >> >>
""".encode().replace(b"FONT", name)


def _escaped(text: bytes) -> bytes:
    for character in (b"\\", b"(", b")"):
        text = text.replace(character, b"\\" + character)
    return text
