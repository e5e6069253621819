"""Layer records read by hand, so that none is lost for a code that nobody knows."""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from psd_tools.constants import BlendMode, ChannelID, SectionDivider, Tag
from psd_tools.psd.bin_utils import read_length_block, read_pascal_string
from psd_tools.psd.layer_and_mask import (
    ChannelInfo,
    LayerBlendingRanges,
    LayerFlags,
    LayerRecord,
    MaskData,
)
from psd_tools.psd.parse_limits import ParseLimitError
from psd_tools.psd.tagged_blocks import (
    SectionDividerSetting,
    TaggedBlock,
    TaggedBlocks,
)

from onemanage.psd.domain.codes import (
    blend_mode,
    channel_id,
    clipping_of,
    tag_of,
    text_of,
)
from onemanage.psd.domain.notes import Notes
from onemanage.psd.domain.sections import BLOCKS

_SIGNATURE = b"8BIM"
_HEAD = struct.Struct(">4iH")
_TAIL = struct.Struct(">4s4sBBBxI")
_MOST_CHANNELS = 60
_MOST = 1 << 40
"""Bytes; no file is larger."""
_SCANNED = 16 << 20
"""Bytes in which the next record is looked for."""
_MOST_SCANNED = 64 << 20
_MOST_TRIED = 20_000
"""Of all searches together: bytes, and places that may be one."""
_DIVIDERS = (Tag.SECTION_DIVIDER_SETTING, Tag.NESTED_SECTION_DIVIDER_SETTING)
_MODES = frozenset(mode.value for mode in BlendMode)
_NUMBERS = frozenset(int(one) for one in ChannelID)


def bytes_at(file: BinaryIO, begin: int, length: int) -> bytes:
    """Fewer where the file ends; lengths that lie lead past it."""
    if not 0 <= begin < _MOST:
        return b""
    file.seek(begin)
    return file.read(max(0, length))


@dataclass(frozen=True)
class Records:
    """Those of one file, of ``version`` 1 or 2, that end before ``end``."""

    file: BinaryIO
    version: int
    end: int
    notes: Notes
    spent: dict[str, int] = field(default_factory=lambda: {"bytes": 0, "places": 0})

    def read(
        self, position: int, count: int, most: int
    ) -> tuple[list[LayerRecord], int]:
        """As many as there are, whatever the count says, and where they end."""
        records: list[LayerRecord] = []
        while len(records) < most and (fixed := self._fixed(position)):
            is_last = len(records) + 1 >= count
            after = self._after(position, fixed, is_last=is_last)
            records.append(self._record(position, fixed, after))
            position = after
        return records, position

    def _after(self, position: int, fixed: int, *, is_last: bool) -> int:
        """Where the record ends: as it says, if another begins there or none has to."""
        extra = int.from_bytes(bytes_at(self.file, position + fixed - 4, 4))
        after = position + fixed + extra
        if self._fixed(after) or is_last and after <= self.end:
            return after
        return self._next(position + fixed) or min(after, self.end)

    def begins(self, position: int) -> bool:
        """Whether a record does there."""
        return self._fixed(position) > 0

    def _fixed(self, position: int, *, is_sure: bool = False) -> int:
        """How long the record is without its last part; 0 where there is none.

        ``is_sure``: where nothing else speaks for a record, all of it has to.
        """
        head = bytes_at(self.file, position, _HEAD.size)
        if len(head) < _HEAD.size:
            return 0
        top, left, bottom, right, channels = _HEAD.unpack(head)
        fixed = _HEAD.size + channels * self._channel + _TAIL.size
        stored = bytes_at(self.file, position, fixed)
        if channels > _MOST_CHANNELS or len(stored) < fixed:
            return 0
        signature, mode, *_, extra = _TAIL.unpack(stored[-_TAIL.size :])
        proofs = [signature == _SIGNATURE, mode in _MODES]
        numbers = [number in _NUMBERS for number, _ in self._listed(stored)]
        is_usual = all(numbers) and channels > 0
        is_known = any(proofs) and (all(proofs) + is_usual > is_sure)
        is_box = top <= bottom and left <= right
        is_within = position + fixed + extra * (not all(proofs)) <= self.end
        return fixed if is_box and is_known and is_within else 0

    def _listed(self, stored: bytes) -> list[tuple[int, ...]]:
        """Number and length of each channel."""
        layout = ">hI" if self.version == 1 else ">hQ"
        return list(struct.iter_unpack(layout, stored[_HEAD.size : -_TAIL.size]))

    @property
    def _channel(self) -> int:
        return 6 if self.version == 1 else 10

    def _next(self, position: int) -> int | None:
        """The nearest place from there on where a record begins; None also where so
        much was searched already that the document would take too long."""
        if self.spent["bytes"] >= _MOST_SCANNED:
            return None
        data = bytes_at(self.file, position, min(_SCANNED, self.end - position))
        self.spent["bytes"] += len(data)
        at = data.find(_SIGNATURE)
        while at >= 0 and self.spent["places"] < _MOST_TRIED:
            self.spent["places"] += 1
            for channels in range(10, 0, -1):
                begin = at - channels * self._channel - _HEAD.size
                if begin < 0 or data[begin + 16 : begin + 18] != channels.to_bytes(2):
                    continue
                if self._fixed(position + begin, is_sure=True):
                    return position + begin
            at = data.find(_SIGNATURE, at + 1)
        return None

    def _record(self, position: int, fixed: int, after: int) -> LayerRecord:
        stored = bytes_at(self.file, position, fixed)
        top, left, bottom, right, _ = _HEAD.unpack_from(stored)
        _, mode, opacity, clipping, flags, _ = _TAIL.unpack_from(
            stored, fixed - _TAIL.size
        )
        texts: list[str] = []
        record = LayerRecord(
            top=top,
            left=left,
            bottom=bottom,
            right=right,
            channel_info=[
                ChannelInfo(id=channel_id(number, texts), length=length)
                for number, length in self._listed(stored)
            ],
            blend_mode=blend_mode(mode, texts),
            opacity=opacity,
            clipping=clipping_of(clipping, texts),
            flags=LayerFlags.read(io.BytesIO(bytes([flags]))),
        )
        data = bytes_at(self.file, position + fixed, after - position - fixed)
        _read_extra(record, data, self.version, texts)
        for text in texts:
            self.notes.note(record, text)
        return record


def _read_extra(
    record: LayerRecord, data: bytes, version: int, texts: list[str]
) -> None:
    """Mask, ranges, name and blocks: each for itself, as far as their lengths go."""
    has_real_mask = any(
        info.id == ChannelID.REAL_USER_LAYER_MASK for info in record.channel_info
    )
    with io.BytesIO(data) as extra:
        try:
            parts = [read_length_block(extra), read_length_block(extra)]
            name = read_pascal_string(extra, padding=4)
        except (OSError, ValueError):
            texts.append("What its record holds beside its pixels is damaged")
            return
        mask, ranges = (len(x).to_bytes(4) + x for x in parts)
        record.name = name
        record.mask_data = _attempt(
            lambda: MaskData.read(io.BytesIO(mask), has_real_mask=has_real_mask),
            "its mask",
            texts,
        )
        found = _attempt(
            lambda: LayerBlendingRanges.read(io.BytesIO(ranges)), "Blend If", texts
        )
        record.blending_ranges = found or LayerBlendingRanges()
        blocks = read_blocks(extra.read(), version=version, padding=1, texts=texts)
        record.tagged_blocks = TaggedBlocks(list(blocks.items()))  # type: ignore[arg-type]  # pairs, as psd-tools passes


def block_head(head: bytes, version: int) -> tuple[bytes | Tag, int, int]:
    """Of a block: its key, where its body begins, and how long that is."""
    key = tag_of(head[4:8])
    body = 8 + struct.calcsize(TaggedBlock._length_format(key, version))
    return key, body, int.from_bytes(head[8:body])


def read_blocks(
    data: bytes, *, version: int, padding: int, texts: list[str]
) -> dict[bytes | Tag, TaggedBlock]:
    """Each by itself. What one holds that cannot be read is kept as bytes; ``texts``
    is told."""
    blocks = {}
    position = 0
    while data[position : position + 4] in BLOCKS:
        tag, body, length = block_head(data[position : position + 16], version)
        if position + body + length > len(data):
            texts.append(f"The block {text_of(tag)} is longer than there is room for")
            break
        after = position + body + length + -length % padding
        whole = data[position:after].ljust(after - position, b"\0")
        blocks[tag] = _block(tag, whole, body, version, padding, texts)
        position = after
    return blocks


def _block(
    tag: bytes | Tag,
    whole: bytes,
    body: int,
    version: int,
    padding: int,
    texts: list[str],
) -> TaggedBlock:
    try:
        return TaggedBlock.read(io.BytesIO(whole), version=version, padding=padding)
    except (ParseLimitError, MemoryError):
        raise
    except Exception as error:  # psd-tools raises anything
        if tag in _DIVIDERS:
            return _divider(tag, whole[body:], texts)
        texts.append(f"The block {text_of(tag)} cannot be read: {error}")
        return TaggedBlock(whole[:4], tag, whole[body:])


def _divider(tag: bytes | Tag, body: bytes, texts: list[str]) -> TaggedBlock:
    """What begins or ends a group, with what is known of it."""
    kind = int.from_bytes(body[:4])
    if kind not in [*SectionDivider]:
        texts.append(f"The kind {kind} of group divider is not known: it is left out")
        kind = SectionDivider.OTHER
    mode = blend_mode(body[8:12], texts) if len(body) >= 12 else None
    setting = SectionDividerSetting(
        kind=SectionDivider(kind), signature=_SIGNATURE, blend_mode=mode
    )
    return TaggedBlock(_SIGNATURE, tag, setting)  # type: ignore[arg-type]  # psd-tools says bytes and means either


def _attempt[T](read: Callable[[], T], what: str, texts: list[str]) -> T | None:
    try:
        return read()
    except (ParseLimitError, MemoryError):
        raise
    except Exception as error:  # psd-tools raises anything
        texts.append(f"{what.capitalize()} cannot be read: {error}")
        return None
