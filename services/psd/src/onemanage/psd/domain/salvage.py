"""What can be had of a layer block whose lengths, counts or codes are wrong.

A channel has to be as long as its own compression says; one that is not is left out,
so that nobody is shown pixels of another.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from psd_tools.constants import Compression, Tag
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    GlobalLayerMaskInfo,
    LayerAndMaskInformation,
    LayerInfo,
    LayerInfoBlock,
    LayerRecord,
    LayerRecords,
)
from psd_tools.psd.tagged_blocks import TaggedBlock, TaggedBlocks

from onemanage.psd.domain.notes import Notes
from onemanage.psd.domain.places import LeftChannelData, Place, StoredFile, left
from onemanage.psd.domain.salvage_records import (
    Records,
    block_head,
    bytes_at,
    read_blocks,
)
from onemanage.psd.domain.sections import BLOCKS

_MOST_TABLES = 256 << 20
_MOST_TRIED = 50_000
"""Channels whose place is looked for; of more the first that comes is taken."""
_LARGEST_BLOCK = 256 << 20
_SLACK = 3
"""Bytes that writers fill up with."""
_WORDS = frozenset(int(one) for one in Compression)
_DEEP = (Tag.LAYER_16, Tag.LAYER_32)


class UnreadableChannel(ChannelData):
    """It says why as soon as its pixels are asked for: whoever asks warns of it."""

    why = ""

    @property
    def data(self) -> bytes:
        """Raises ValueError."""
        raise ValueError(self.why)

    @data.setter
    def data(self, value: bytes) -> None:
        """There is none to keep."""

    @property
    def _length(self) -> int:
        return 3


@dataclass(frozen=True)
class _Span:
    """Where a channel stands, its compression with it, and what is wrong with it."""

    offset: int
    length: int
    fault: str = ""
    is_mended: bool = False
    """Its length is not the one that its record says."""


@dataclass(frozen=True)
class Salvage:
    """Of one file. ``depth`` is bits per channel, ``version`` 1 of a PSD, 2 of a PSB."""

    file: BinaryIO
    stored: StoredFile
    version: int
    depth: int
    notes: Notes
    max_layers: int
    spent: list[int] = field(default_factory=lambda: [0])
    """Bytes of tables of rows that were read."""

    def information(self, start: int, end: int) -> LayerAndMaskInformation:
        """Of the section of layers, which goes from its length's end to ``end``."""
        width = 4 if self.version == 1 else 8
        if end - start < width:
            return LayerAndMaskInformation()
        length = int.from_bytes(bytes_at(self.file, start, width))
        stated = start + width + length
        info, after = LayerInfo(), start + width
        reader = Records(self.file, self.version, end, self.notes)
        if length or reader.begins(start + width + 2):
            info, after = self._layers(start + width, end, min(stated, end), LayerInfo)
        if not info.layer_records:
            after = start + width
        for begin in (stated, *range(after, after + _SLACK + 1)):
            rest = self._rest(begin, end) if after <= begin <= end else None
            if rest is not None:
                return LayerAndMaskInformation(info, GlobalLayerMaskInfo(), rest)
        self.notes.document.append("What follows the layers in their block is damaged")
        return LayerAndMaskInformation(info, GlobalLayerMaskInfo(), TaggedBlocks())

    def _layers[T: LayerInfo](
        self, start: int, end: int, stated_end: int, kind: type[T]
    ) -> tuple[T, int]:
        """From the count of layers on, and where their channels end."""
        count: int = struct.unpack(">h", bytes_at(self.file, start, 2))[0]
        reader = Records(self.file, self.version, end, self.notes)
        records, after = reader.read(start + 2, abs(count), self.max_layers)
        if len(records) != abs(count):
            self.notes.document.append(
                f"The layer block is damaged: it counts {abs(count)} layers, and "
                f"{len(records)} can be read"
            )
        places, after = self._places(records, start, after, end, stated_end)
        return (
            kind(
                layer_count=-len(records) if count < 0 else len(records),
                layer_records=LayerRecords(records),  # type: ignore[arg-type]  # any list does
                channel_image_data=ChannelImageData(self._channels(records, places)),  # type: ignore[arg-type]  # any list does
            ),
            after,
        )

    def _places(
        self,
        records: Sequence[LayerRecord],
        start: int,
        after: int,
        end: int,
        stated_end: int,
    ) -> tuple[list[_Span], int]:
        """Of all channels: after the records, or so that they end where they should."""
        total = sum(info.length for x in records for info in x.channel_info)
        ends = [stated_end - pad for pad in range(_SLACK + 1)]
        found: list[tuple[list[_Span], int]] = []
        for begin in (after, *(end - total for end in ends)):
            if begin > start:
                found.append(self._walk(records, begin, end))
                if not _doubts(found[-1]) or len(found[-1][0]) > _MOST_TRIED:
                    break
        return min(found, key=_doubts)

    def _walk(
        self, records: Sequence[LayerRecord], position: int, end: int
    ) -> tuple[list[_Span], int]:
        places = []
        for record in records:
            for info, (width, height) in zip(
                record.channel_info, record.channel_sizes, strict=True
            ):
                place = self._place(position, info.length, width, height, end)
                places.append(place)
                position += place.length
        return places, min(position, end)

    def _place(
        self, offset: int, length: int, width: int, height: int, end: int
    ) -> _Span:
        """By what the record says; where its compression knows better, by that."""
        if length < 2 and offset + length <= end:
            return _Span(offset, length)
        if offset + 2 > end:
            return _Span(offset, length, "it lies past the end of the layer block")
        word = int.from_bytes(bytes_at(self.file, offset, 2))
        if word not in _WORDS:
            return _Span(offset, length, f"its compression {word} is not known")
        is_mended = False
        own = self._own_length(offset, word, width, height, end)
        if own is not None and not 0 <= length - own <= _SLACK:
            stated, told = offset + length, offset + own
            if self._may_begin(told, end) or not self._may_begin(stated, end):
                length = own
            is_mended = True
        if offset + length > end:
            return _Span(offset, length, "its length in the layer block is wrong")
        return _Span(offset, length, is_mended=is_mended)

    def _may_begin(self, offset: int, end: int) -> bool:
        """Whether a channel may begin there, or none does any more."""
        word = int.from_bytes(bytes_at(self.file, offset, 2))
        return end - _SLACK <= offset <= end or offset + 2 <= end and word in _WORDS

    def _own_length(
        self, offset: int, word: int, width: int, height: int, end: int
    ) -> int | None:
        """By its compression; None where only unpacking would tell."""
        if not width or not height:
            return None
        if word == Compression.RAW:
            return 2 + height * ((width * self.depth + 7) // 8)
        layout = np.dtype(">u2" if self.version == 1 else ">u4")
        table = height * layout.itemsize
        is_there = offset + 2 + table <= end and self.spent[0] < _MOST_TABLES
        if word != Compression.RLE or not is_there:
            return None
        self.spent[0] += table
        lengths = np.frombuffer(bytes_at(self.file, offset + 2, table), layout)
        return 2 + table + int(lengths.sum(dtype=np.int64))

    def _channels(
        self, records: Sequence[LayerRecord], places: Sequence[_Span]
    ) -> list[ChannelDataList]:
        waiting = iter(places)
        return [
            ChannelDataList([self._channel(next(waiting)) for _ in record.channel_info])  # type: ignore[misc]  # any list does
            for record in records
        ]

    def _channel(self, place: _Span) -> ChannelData:
        if place.fault:
            unreadable = UnreadableChannel()
            unreadable.why = place.fault
            return unreadable
        if place.length < 2:
            return ChannelData()
        return left(LeftChannelData, Place(self.stored, place.offset, place.length))

    def _rest(self, begin: int, end: int) -> TaggedBlocks | None:
        """The blocks after the document's mask; None where there can be none."""
        head = bytes_at(self.file, begin, 4)
        if len(head) < 4 or begin + 4 > end:
            return TaggedBlocks() if end - begin <= _SLACK else None
        if head not in BLOCKS:
            begin += 4 + int.from_bytes(head)
            if begin > end:
                return None
            follows = bytes_at(self.file, begin, min(4, end - begin))
            if end - begin > _SLACK and follows not in BLOCKS:
                return None
        return self._blocks(begin, end)

    def _blocks(self, begin: int, end: int) -> TaggedBlocks:
        blocks: dict[bytes | Tag, TaggedBlock] = {}
        texts: list[str] = []
        while bytes_at(self.file, begin, 4) in BLOCKS and begin + 12 <= end:
            head = bytes_at(self.file, begin, 16)
            tag, body, length = block_head(head, self.version)
            after = begin + body + length + -length % 4
            if tag not in _DEEP and length > _LARGEST_BLOCK:
                texts.append("A block after the layers is too large to be read")
            elif tag in _DEEP:
                start, stop = begin + body, min(begin + body + length, end)
                deep, _ = self._layers(start, stop, stop, LayerInfoBlock)
                blocks[tag] = TaggedBlock(head[:4], tag, deep)  # type: ignore[arg-type]  # psd-tools says bytes and means either
            else:
                data = bytes_at(self.file, begin, min(after, end) - begin)
                blocks |= read_blocks(
                    data, version=self.version, padding=4, texts=texts
                )
            begin = after
        self.notes.document.extend(texts)
        return TaggedBlocks(list(blocks.items()))  # type: ignore[arg-type]  # pairs, as psd-tools passes


def _doubts(found: tuple[list[_Span], int]) -> int:
    return sum(bool(place.fault) or place.is_mended for place in found[0])
