"""ICC profiles of our own making, version 2 (ICC.1:2001-04)."""

import struct

import numpy as np

from onemanage.psd.domain.colorimetry import RGB_TO_XYZ, WHITE

_D50 = (63190, 65536, 54061)
"""White, in 1/65536."""


def icc_profile(
    name: str, kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]
) -> bytes:
    """A profile of a device ``kind`` (``prtr``, ``mntr``), whose colours are of
    ``space`` and whose tags lead to ``connection`` (``Lab ``, ``XYZ ``); 6.1 and 6.2.
    """
    text = name.encode("ascii") + b"\0"
    tags = {
        b"desc": struct.pack(">4s4xI", b"desc", len(text)) + text + bytes(78),
        b"cprt": struct.pack(">4s4x", b"text") + b"none\0",
        b"wtpt": struct.pack(">4s4x3i", b"XYZ ", *_D50),
        **tags,
    }
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", tag, place + len(body), len(data))
        body += data
    size = place + len(body)
    head = struct.pack(">I4xI4s4s4s", size, 0x02100000, kind, space, connection)
    head += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
    return head.ljust(68, b"\0") + struct.pack(">3i48x", *_D50) + table + body


def linear_srgb() -> bytes:
    """The profile of linear light with the primaries of sRGB."""
    columns = np.rint(RGB_TO_XYZ.T * WHITE * 65536).astype(int).tolist()
    straight = struct.pack(">4s4xI", b"curv", 0)
    tags = {
        tag: struct.pack(">4s4x3i", b"XYZ ", *column)
        for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    }
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), straight)
    return icc_profile(
        "sRGB primaries, linear", b"mntr", b"RGB ", b"XYZ ", tags | curves
    )
