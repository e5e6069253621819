"""ICC profiles, written (ICC.1:2001-04)."""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

D50 = (0.9642, 1.0, 0.8249)
"""White of the space that profiles lead to, X, Y and Z."""


def profile(
    device: bytes, space: bytes, link: bytes, name: str, tags: Mapping[bytes, bytes]
) -> bytes:
    """One of a device (``mntr``, ``prtr``) whose colours are in ``space`` (``RGB ``,
    ``CMYK``), by way of ``link`` (``XYZ ``, ``Lab ``)."""
    text = name.encode("ascii") + b"\0"
    named = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": xyz(D50),
        **tags,
    }
    table, body = struct.pack(">I", len(named)), b""
    start = 128 + 4 + 12 * len(named)
    for tag, data in named.items():
        data += bytes(-len(data) % 4)
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, device, space, link)
    head += bytes(12) + b"acsp" + bytes(28) + xyz(D50)[8:]
    return head + bytes(128 - len(head)) + table + body


def xyz(values: Sequence[float] | NDArray[np.float64]) -> bytes:
    """Three numbers of 16 bits before the point and 16 behind."""
    numbers = [round(float(value) * 65536) for value in values]
    return b"XYZ " + bytes(4) + struct.pack(">3i", *numbers)


def curve(points: NDArray[np.float64]) -> bytes:
    """A table of levels, 0 to 1, evenly spaced."""
    table = np.rint(points * 65535).astype(">u2").tobytes()
    return b"curv" + bytes(4) + struct.pack(">I", len(points)) + table


def lab_table(lab: NDArray[np.float64], inputs: int, steps: int) -> bytes:
    """L*, a* and b* of every mixture of ``inputs`` in so many steps each, the last
    channel fastest."""
    stored = np.stack([lab[:, 0] * 652.8, *((lab[:, 1:].T + 128) * 256)], axis=1)
    return lut16(stored, inputs, steps)


def lab_nodes(steps: int) -> NDArray[np.float64]:
    """L*, a* and b* of every node of a table that begins with them, b* fastest."""
    levels = np.linspace(0, 65535, steps)
    lightness, a, b = np.meshgrid(levels, levels, levels, indexing="ij")
    nodes = [lightness / 652.8, a / 256 - 128, b / 256 - 128]
    return np.stack(nodes, axis=-1).reshape(-1, 3)


def lut16(stored: NDArray[np.float64], inputs: int, steps: int) -> bytes:
    """A table of every mixture of ``inputs`` in so many steps each, (mixtures, outputs)
    of 0 to 65535, with straight curves on both sides of it."""
    outputs = int(stored.shape[1])
    values: bytes = np.clip(np.rint(stored), 0, 65535).astype(">u2").tobytes()
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    straight = struct.pack(">2H", 0, 65535)
    head = b"mft2" + bytes(4) + bytes((inputs, outputs, steps, 0)) + unit
    ends = straight * inputs + values + straight * outputs
    return head + struct.pack(">2H", 2, 2) + ends
