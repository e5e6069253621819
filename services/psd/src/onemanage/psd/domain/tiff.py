"""A TIFF encoder for what Pillow's has no room for: 16 and 32 bits a channel, and inks
with alpha. TIFF 6.0: one strip for some rows, differences along a row, deflated.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from isal import isal_zlib

from onemanage.psd.domain.channels import Samples

_MOST = 0xFFFF_FFFF
"""Bytes: places in a TIFF have 32 bits."""
_BLOCK = 1 << 20
"""Bytes of a strip, as they are before they are deflated."""
_LEVEL = 1
_SHORT, _LONG, _BYTES = 3, 4, 7
_SIZES = {_SHORT: 2, _LONG: 4, _BYTES: 1}
_DEFLATED = 8
_PREDICTED, _PREDICTED_FLOATS = 2, 3
_GRAY, _RGB, _INKS = 1, 2, 5
_STRAIGHT = 2
"""Alpha that the colours are not multiplied with."""

type Tag = tuple[int, int, list[int] | bytes]


def write_tiff(
    target: Path, samples: Samples, profile: bytes, *, is_cmyk: bool
) -> None:
    """Write (height, width, channels) with straight alpha last, if there is any.

    1 and 2 channels are gray, 3 and 4 RGB, or with ``is_cmyk`` 4 and 5 inks, 0 where
    there is none. Raises ValueError where it were larger than 4 GB.
    """
    height, width, channels = samples.shape
    rows = max(1, _BLOCK // max(1, width * channels * samples.itemsize))
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 0))
        places, sizes = [], []
        for strip in _strips(samples, rows):
            places.append(file.tell())
            sizes.append(file.write(isal_zlib.compress(strip, _LEVEL)))
        tags = [
            *_layout(samples, is_cmyk=is_cmyk),
            (273, _LONG, places),
            (278, _LONG, [min(rows, height)]),
            (279, _LONG, sizes),
            *([(34675, _BYTES, profile)] if profile else []),
        ]
        begin = file.tell() + file.tell() % 2
        if begin + len(profile) + 16 * len(places) + 1024 > _MOST:
            raise ValueError("a TIFF has at most 4 GB")
        file.seek(begin)
        file.write(_directory(sorted(tags, key=lambda tag: tag[0]), begin))
        file.seek(4)
        file.write(struct.pack("<I", begin))


def _layout(samples: Samples, *, is_cmyk: bool) -> list[Tag]:
    height, width, channels = samples.shape
    is_float = samples.dtype == np.float32
    colors = 4 if is_cmyk else 3 if channels > 2 else 1
    meaning = _INKS if is_cmyk else _RGB if colors == 3 else _GRAY
    return [
        (256, _LONG, [width]),
        (257, _LONG, [height]),
        (258, _SHORT, [samples.itemsize * 8] * channels),
        (259, _SHORT, [_DEFLATED]),
        (262, _SHORT, [meaning]),
        (277, _SHORT, [channels]),
        (284, _SHORT, [1]),
        (317, _SHORT, [_PREDICTED_FLOATS if is_float else _PREDICTED]),
        (339, _SHORT, [3 if is_float else 1] * channels),
        *([(338, _SHORT, [_STRAIGHT])] if channels > colors else []),
    ]


def _strips(samples: Samples, rows: int) -> Iterator[bytes]:
    for top in range(0, samples.shape[0], rows):
        strip = samples[top : top + rows]
        yield _floats(strip) if strip.dtype == np.float32 else _integers(strip)


def _integers(strip: Samples) -> bytes:
    """Each less what is left of it; little-endian."""
    out = strip.copy()
    np.subtract(strip[:, 1:], strip[:, :-1], out=out[:, 1:])
    return out.astype(out.dtype.newbyteorder("<")).tobytes()


def _floats(strip: Samples) -> bytes:
    """Adobe's third predictor (TIFF Technical Note 3): the highest bytes of a row come
    first, then the next, and of all these the differences along the row."""
    height, width, channels = strip.shape
    big = np.ascontiguousarray(strip, ">f4")
    raw = big.view(np.uint8).reshape(height, width * channels, 4)
    planes = np.ascontiguousarray(raw.transpose(0, 2, 1)).reshape(height, -1)
    out = planes.copy()
    np.subtract(planes[:, channels:], planes[:, :-channels], out=out[:, channels:])
    return out.tobytes()


def _directory(tags: list[Tag], begin: int) -> bytes:
    """The entries, then the values that do not fit into one."""
    entries, values = struct.pack("<H", len(tags)), b""
    after = begin + 2 + 12 * len(tags) + 4
    for number, kind, value in tags:
        if isinstance(value, bytes):
            data = value
        else:
            data = np.array(value, f"<u{_SIZES[kind]}").tobytes()
        count = len(data) // _SIZES[kind]
        if len(data) > 4:
            place = struct.pack("<I", after + len(values))
            values += data + bytes(len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack("<HHI", number, kind, count) + place
    return entries + bytes(4) + values
