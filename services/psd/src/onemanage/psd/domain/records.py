"""The sections of a document and its layers' records, read in one pass.

Nothing is read that a record does not say itself: pixels, and blocks of many bytes,
stay in the file (places.py), and blocks are parsed when somebody looks at them
(blocks.py). The objects are psd-tools', so that its layers can be made of them; the
layout is that of Adobe's file format.

What a later Photoshop may add to a list, a blend mode or a kind of channel, is no reason
to refuse a document: an unknown mode is drawn as normal, and said.
"""

import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

from psd_tools.constants import BlendMode, ChannelID, Resource, Tag
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.document import PSD
from psd_tools.psd.header import FileHeader
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    ChannelInfo,
    LayerAndMaskInformation,
    LayerBlendingRanges,
    LayerFlags,
    LayerInfo,
    LayerRecord,
    LayerRecords,
    MaskData,
    MaskFlags,
    MaskParameters,
)
from psd_tools.psd.tagged_blocks import TaggedBlock, TaggedBlocks

from onemanage.psd.domain.blocks import Block, Parsing, Resources, block, resource
from onemanage.psd.domain.codes import blend_mode, channel_id, clipping_of
from onemanage.psd.domain.places import (
    LeftChannelData,
    LeftImageData,
    Place,
    StoredFile,
    left,
)
from onemanage.psd.domain.sections import BLOCKS, RESOURCES

_WORTH_LEAVING = 4096
"""Bytes of a block of the document; less is read at once."""
_HEADER = struct.Struct(">4sH6xHIIHH")
_BOX_AND_COUNT = struct.Struct(">4iH")
_LOOK = struct.Struct(">4s4sBBBxI")
_CHANNEL = {1: struct.Struct(">hI"), 2: struct.Struct(">hQ")}
_SIZE = {1: struct.Struct(">I"), 2: struct.Struct(">Q")}
_U1, _U2, _U4 = struct.Struct(">B"), struct.Struct(">h"), struct.Struct(">I")
_DOUBLE = struct.Struct(">d")
_PAIRS = struct.Struct(">4H")
_MASK, _REAL = struct.Struct(">4iBB"), struct.Struct(">BB4i")
_REAL_MASK = (
    "real_flags",
    "real_background_color",
    "real_top",
    "real_left",
    "real_bottom",
    "real_right",
)
_RESOURCE = struct.Struct(">4sH")
_TAGS: dict[bytes, Tag] = {one.value: one for one in Tag}
_RESOURCES: dict[int, Resource] = {one.value: one for one in Resource}
_MODES: dict[bytes, BlendMode] = {one.value: one for one in BlendMode}
_CHANNELS: dict[int, ChannelID] = {one.value: one for one in ChannelID}
_BIG = {tag.value for tag in TaggedBlock._BIG_KEYS}
_LAYERS = {Tag.LAYER_16.value, Tag.LAYER_32.value}
_new, _put = object.__new__, object.__setattr__
"""Past the checks and conversions of psd-tools' classes."""


def _made[T](kind: type[T], **values: Any) -> T:
    made = _new(kind)
    for name, value in values.items():
        _put(made, name, value)
    return made


class _Part:
    """A part of the file, read in order and not past its end."""

    def __init__(self, file: BinaryIO, stored: StoredFile, end: int) -> None:
        self.file, self.stored, self.end = file, stored, end
        self.at = file.tell()

    @property
    def left(self) -> int:
        return self.end - self.at

    def read(self, size: int) -> bytes:
        """Raises OSError where there is less."""
        self._need(size)
        data = self.file.read(size)
        if len(data) != size:
            raise OSError(f"{len(data)} of {size} bytes are there")
        self.at += size
        return data

    def peek(self, size: int) -> bytes:
        """The same, to be read again."""
        data = self.read(size)
        self.at -= size
        self.file.seek(self.at)
        return data

    def size(self, version: int = 1) -> int:
        """A length, which the version of the file makes one of four or eight bytes."""
        layout = _SIZE[version]
        return int(layout.unpack(self.read(layout.size))[0])

    def place(self, size: int) -> Place:
        """Pass over it, and say where it is."""
        self._need(size)
        place = Place(self.stored, self.at, size)
        self.at += size
        self.file.seek(self.at)
        return place

    def within(self, size: int) -> "_Part":
        """The next bytes, as a part by themselves; ``leave`` goes on after it."""
        self._need(size)
        return _Part(self.file, self.stored, self.at + size)

    def leave(self, inner: "_Part") -> None:
        self.at = inner.end
        self.file.seek(self.at)

    def _need(self, size: int) -> None:
        if size > self.end - self.at:
            raise OSError(f"{size} bytes are needed, {self.left} are there")


def read_document(file: BinaryIO, stored: StoredFile, parsing: Parsing) -> PSD:
    """All of it, from the beginning of ``file``, which is ``stored`` too.

    Raises OSError where a length goes past what it is in, and what psd-tools raises for
    values that it does not know.
    """
    size = file.seek(0, 2)
    file.seek(0)
    whole = _Part(file, stored, size)
    header = FileHeader(*_HEADER.unpack(whole.read(_HEADER.size)))
    return PSD(
        header,
        ColorModeData(whole.read(whole.size())),
        _resources(whole.read(whole.size()), parsing),
        _layers_and_masks(whole, header.version, parsing),
        left(LeftImageData, whole.place(whole.left)),
    )


def _resources(data: bytes, parsing: Parsing) -> Resources:
    items: dict[int, Any] = {}
    at, size = 0, len(data)
    while size - at >= 4:
        signature, key = _RESOURCE.unpack_from(data, at)
        if signature not in RESOURCES:
            raise ValueError(f"an image resource is marked {signature!r}")
        at += _RESOURCE.size
        name = data[at + 1 : at + 1 + data[at]].decode("macroman")
        at += 1 + data[at] + (data[at] + 1) % 2
        begin = at + 4
        end = begin + _U4.unpack_from(data, at)[0]
        if end > size:
            raise OSError(f"image resource {key} ends {end - size} bytes too late")
        number = _RESOURCES.get(key, key)
        items[number] = resource(signature, number, name, data[begin:end], parsing)
        at = end + (end - begin) % 2
    made = _made(Resources, _items=items)
    made.parsing = parsing
    return made


def _layers_and_masks(
    whole: _Part, version: int, parsing: Parsing
) -> LayerAndMaskInformation:
    """The layers, the mask of the whole, which nobody asks for, and the blocks."""
    section = whole.within(whole.size(version))
    if not section.left:
        whole.leave(section)
        return LayerAndMaskInformation()
    info = section.within(section.size(version))
    layers = _layer_info(info, version, parsing) if info.left else LayerInfo()
    section.leave(info)
    if section.left >= 4 and section.peek(4) not in BLOCKS:
        size = section.size()
        section.place(min(size, section.left))
    blocks = _document_blocks(section, version, parsing)
    whole.leave(section)
    return LayerAndMaskInformation(layers, None, blocks)


def _document_blocks(section: _Part, version: int, parsing: Parsing) -> TaggedBlocks:
    """Those of the whole document, of which 16 and 32 bits keep their layers in one."""
    items: dict[bytes, TaggedBlock] = {}
    while section.left >= 8:
        signature, key = section.read(4), section.read(4)
        if signature not in BLOCKS:
            break
        size = section.size(2 if version == 2 and key in _BIG else 1)
        tag = _TAGS.get(key, key)
        if key in _LAYERS:
            info = section.within(size)
            layers = _layer_info(info, version, parsing)
            section.leave(info)
            items[tag] = _made(Block, signature=signature, key=tag, _data=layers)
        else:
            small = size < _WORTH_LEAVING
            data = section.read(size) if small else section.place(size)
            items[tag] = block(signature, tag, data, version, parsing)
        section.place(min(-size % 4, section.left))
    return _made(TaggedBlocks, _items=items)


def _layer_info(info: _Part, version: int, parsing: Parsing) -> LayerInfo:
    (count,) = _U2.unpack(info.read(_U2.size))
    records = [_record(info, version, parsing) for _ in range(abs(count))]
    channels = [_channels(info, record.channel_info) for record in records]
    return _made(
        LayerInfo,
        layer_count=count,
        layer_records=_made(LayerRecords, _items=records),
        channel_image_data=_made(ChannelImageData, _items=channels),
    )


def _channels(info: _Part, channels: Iterable[ChannelInfo]) -> ChannelDataList:
    """Where they are. Less than two bytes name no compression, and are no channel."""
    items: list[ChannelData] = []
    for channel in channels:
        place = info.place(channel.length)
        items.append(
            left(LeftChannelData, place) if place.length > 1 else ChannelData()
        )
    return _made(ChannelDataList, _items=items)


def _record(info: _Part, version: int, parsing: Parsing) -> LayerRecord:
    top, left_, bottom, right, count = _BOX_AND_COUNT.unpack(
        info.read(_BOX_AND_COUNT.size)
    )
    layout = _CHANNEL[version]
    data = info.read(count * layout.size + _LOOK.size)
    texts: list[str] = []
    channels = _listed(layout, data[: count * layout.size], texts)
    signature, mode, opacity, clipping, flags, size = _LOOK.unpack_from(
        data, count * layout.size
    )
    if signature != b"8BIM":
        raise ValueError(f"a layer's record is marked {signature!r}")
    extra = info.read(size)
    mask, ranges, name, at = _extra(extra, any(c.id == -3 for c in channels))
    record = _made(
        LayerRecord,
        top=top,
        left=left_,
        bottom=bottom,
        right=right,
        channel_info=channels,
        signature=signature,
        blend_mode=_MODES.get(mode) or blend_mode(mode, texts),
        opacity=opacity,
        clipping=clipping_of(clipping, texts),
        flags=_flags(flags),
        mask_data=mask,
        blending_ranges=ranges,
        name=name,
        tagged_blocks=_blocks(extra, at, version, parsing),
    )
    for text in texts:
        parsing.notes.note(record, text)
    return record


def _listed(layout: struct.Struct, data: bytes, texts: list[str]) -> list[ChannelInfo]:
    return [
        _made(
            ChannelInfo,
            id=_CHANNELS[number] if number in _CHANNELS else channel_id(number, texts),
            length=length,
        )
        for number, length in layout.iter_unpack(data)
    ]


def _flags(bits: int) -> LayerFlags:
    """The second is set where the layer is hidden."""
    return LayerFlags(*(bool((bits ^ 2) >> place & 1) for place in range(8)))


def _extra(
    data: bytes, has_real_mask: bool
) -> tuple[MaskData | None, LayerBlendingRanges, str, int]:
    """Mask, ranges and name, and where the blocks begin after them."""
    size = _within(data, 4 + _U4.unpack_from(data, 0)[0])
    mask = _mask(data[4:size], has_real_mask) if size > 4 else None
    at = size + 4
    end = _within(data, at + _U4.unpack_from(data, size)[0])
    ranges = _ranges(data[at:end])
    length = data[end]
    name = data[end + 1 : end + 1 + length].decode("macroman")
    return mask, ranges, name, _within(data, end + length + 4 - length % 4)


def _within(data: bytes, end: int) -> int:
    if end > len(data):
        raise OSError(f"a layer's record ends {end - len(data)} bytes too late")
    return end


def _ranges(data: bytes) -> LayerBlendingRanges:
    """Of gray first, then of each channel: two pairs, of this layer and of those below."""
    found = [
        [(a, b), (c, d)]
        for a, b, c, d in _PAIRS.iter_unpack(data[: len(data) // 8 * 8])
    ]
    return _made(
        LayerBlendingRanges,
        composite_ranges=found[0] if found else None,
        channel_ranges=found[1:] if found else None,
    )


def _mask(data: bytes, has_real: bool) -> MaskData:
    """A layer that has a mask of pixels besides one of paths says where both are."""
    top, left_, bottom, right, color, bits = _MASK.unpack_from(data)
    values = dict.fromkeys(_REAL_MASK)
    at = _MASK.size
    if has_real and len(data) >= at + _REAL.size:
        flags, *others = _REAL.unpack_from(data, at)
        values = dict(zip(_REAL_MASK, (_mask_flags(flags), *others), strict=True))
        at += _REAL.size
    return _made(
        MaskData,
        top=top,
        left=left_,
        bottom=bottom,
        right=right,
        background_color=color,
        flags=_mask_flags(bits),
        parameters=_mask_parameters(data[at:]) if bits & 16 else None,
        **values,
    )


def _mask_flags(bits: int) -> MaskFlags:
    return MaskFlags(*(bool(bits >> place & 1) for place in range(8)))


def _mask_parameters(data: bytes) -> MaskParameters:
    """Density and feather of the mask of pixels, then of that of paths, where given."""
    values: list[Any] = [None] * 4
    at = 1
    for number, layout in enumerate((_U1, _DOUBLE) * 2):
        if data[:1] and data[0] >> number & 1 and at + layout.size <= len(data):
            (values[number],) = layout.unpack_from(data, at)
            at += layout.size
    return MaskParameters(*values)


def _blocks(data: bytes, at: int, version: int, parsing: Parsing) -> TaggedBlocks:
    """A layer's; they end where something else stands."""
    items: dict[bytes, TaggedBlock] = {}
    while len(data) - at >= 8 and data[at : at + 4] in BLOCKS:
        signature, key = data[at : at + 4], data[at + 4 : at + 8]
        layout = _SIZE[2 if version == 2 and key in _BIG else 1]
        begin = at + 8 + layout.size
        at = _within(data, begin + layout.unpack_from(data, at + 8)[0])
        tag = _TAGS.get(key, key)
        items[tag] = block(signature, tag, data[begin:at], version, parsing)
    return _made(TaggedBlocks, _items=items)
