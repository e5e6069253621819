"""PNG chunk by chunk: what its ancillary chunks say, and which of them are damaged.

A decoder needs none of them for the pixels; Pillow 13 refuses the whole file for one
byte of text that is wrong.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DAMAGED = "A chunk of the PNG that holds no pixels is damaged, and left out."
STILL = "The frames of the animation are damaged: the still picture is shown."
_MOVING = (b"acTL", b"fcTL", b"fdAT")


@dataclass
class Chunks:
    """What stands beside the pixels (W3C, Portable Network Graphics, third edition)."""

    data: bytes
    """The file without damaged ancillary chunks."""
    bits: int = 8
    """Of a sample."""
    cicp: tuple[int, int] | None = None
    """Primaries and transfer characteristics (ITU-T H.273)."""
    gamma: float | None = None
    """Exponent with which samples were encoded."""
    primaries: tuple[float, ...] | None = None
    """x and y of white, red, green and blue."""
    is_srgb: bool = False
    has_profile: bool = False
    plays: int | None = None
    """Of an animation; 0 for ever. None where it is none."""
    is_hidden: bool = False
    """Whether the still picture is no frame of the animation."""
    warnings: list[str] = field(default_factory=list)


def chunks(data: bytes) -> Chunks:
    """Of a whole file, whose critical chunks are left to the decoder."""
    kept: list[tuple[bytes, memoryview]] = []
    names: list[bytes] = []
    damaged: set[bytes] = set()
    found = Chunks(data=data)
    for name, chunk in _walked(data):
        is_ancillary = bool(name[:1].islower())
        if is_ancillary and zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            damaged.add(name)
            continue
        kept.append((name, chunk))
        names.append(name)
        if is_ancillary or name == b"IHDR":
            _note(found, name, bytes(chunk[8:-4]))
    if found.plays is not None:
        pixels = names.index(b"IDAT") if b"IDAT" in names else 0
        found.is_hidden = b"fcTL" not in names[:pixels]
    if damaged & set(_MOVING):
        kept = [(name, chunk) for name, chunk in kept if name not in _MOVING]
        found.plays, found.is_hidden = None, False
        found.warnings.append(STILL)
    if damaged:
        found.data = SIGNATURE + b"".join(chunk for _, chunk in kept)
        if not found.warnings:
            found.warnings.append(DAMAGED)
    return found


def still(data: bytes) -> bytes:
    """The file without what moves."""
    kept = [chunk for name, chunk in _walked(data) if name not in _MOVING]
    return SIGNATURE + b"".join(kept)


def bodies(data: bytes, name: bytes) -> list[bytes]:
    """What the chunks of this name hold."""
    return [bytes(chunk[8:-4]) for one, chunk in _walked(data) if one == name]


def _walked(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Names of chunks, and the whole of them; what is cut off at the end as it is."""
    view = memoryview(data)
    position = len(SIGNATURE)
    while position < len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        name = data[position + 4 : position + 8]
        if end > len(data):
            yield b"IDAT", view[position:]  # a decoder says what it misses
            return
        yield name, view[position:end]
        position = end
        if name == b"IEND":
            return


def _note(found: Chunks, name: bytes, body: bytes) -> None:
    try:
        match name:
            case b"IHDR":
                found.bits = body[8]
            case b"cICP":
                found.cicp = body[0], body[1]
            case b"gAMA":
                found.gamma = struct.unpack(">I", body)[0] / 100_000
            case b"cHRM":
                found.primaries = tuple(v / 100_000 for v in struct.unpack(">8I", body))
            case b"sRGB":
                found.is_srgb = True
            case b"iCCP":
                found.has_profile = True
            case b"acTL":
                found.plays = struct.unpack(">II", body)[1]
    except (IndexError, struct.error):
        found.warnings.append(DAMAGED)
