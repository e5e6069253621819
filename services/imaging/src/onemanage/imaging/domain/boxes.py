"""AVIF and HEIF by their boxes (ISO/IEC 14496-12, 23008-12): what the decoders leave to
whoever shows the picture, or do not tell."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

_HELD = {
    b"meta": 4,
    b"iprp": 0,
    b"ipco": 0,
    b"moov": 0,
    b"trak": 0,
    b"edts": 0,
    b"mdia": 0,
}
"""Boxes of boxes that lead to what is looked for, with the bytes before those."""
_FOR_EVER = ((1 << 32) - 1, (1 << 64) - 1)
"""Durations, in either width, that say that there is no end."""


@dataclass
class Boxes:
    """Of the primary picture, and of the animation where there is one."""

    clean: tuple[Fraction, Fraction, Fraction, Fraction] | None = None
    """Width and height of the part that is shown, and how far its middle lies to the
    right of and below that of the picture (clap)."""
    points: tuple[int, int] | None = None
    """Primaries and transfer characteristics (colr, nclx)."""
    has_profile: bool = False
    plays: int | None = None
    """Of an animation; 0 for ever. None where it is not said."""
    seconds: float | None = None
    """Of an animation, once through."""
    bits: int | None = None
    """Of a sample, where all channels have as many (pixi)."""


@dataclass
class _Found:
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    links: dict[int, list[int]] = field(default_factory=dict)
    """Indices of properties, from 1, by item."""
    primary: int | None = None
    edit: tuple[bool, int] | None = None
    """Whether it repeats, and how long one time through takes."""
    duration: int | None = None
    media: tuple[int, int] | None = None
    """Ticks of a second, and how many there are."""
    track: tuple[int, int] = (0, 0)
    """Where the duration stands, and its bytes."""
    places: tuple[int, int, int] | None = None
    """As `track`, and where the edit says that it repeats."""


def boxes(data: bytes) -> Boxes:
    """What the file says; what cannot be read is taken as not said."""
    found = _Found()
    try:
        _read(found, data, 0, len(data))
    except (IndexError, ValueError):
        pass  # the decoder judges the file; this only adds to what it says
    made = Boxes(plays=_plays(found))
    if found.media is not None and all(found.media):
        made.seconds = found.media[1] / found.media[0]
    for number in found.links.get(found.primary or 0, []):
        if not 1 <= number <= len(found.properties):
            continue
        name, body = found.properties[number - 1]
        if name == b"clap":
            made.clean = _clean(body)
        elif name == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            made.points = int.from_bytes(body[4:6]), int.from_bytes(body[6:8])
        elif name == b"pixi" and len(set(body[5:])) == 1:
            made.bits = body[5]
        elif name == b"colr" and body[:4] in (b"prof", b"rICC"):
            made.has_profile = True
    return made


def crop_of(found: Boxes, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is shown of a stored picture; None for all,
    and where the part is not within it."""
    if found.clean is None:
        return None
    across, down, right, below = found.clean
    left = (width - across) / 2 + right
    top = (height - down) / 2 + below
    if left < 0 or top < 0 or across < 1 or down < 1:
        return None
    if left + across > width or top + down > height:
        return None
    x, y = math.floor(left), math.floor(top)
    return x, y, min(width, x + round(across)), min(height, y + round(down))


def played(data: bytes, plays: int) -> bytes:
    """An animated AVIF that is played so often; as it is where ``plays`` is 0, which is
    what encoders say, or where it has no edit to repeat."""
    found = _Found()
    _read(found, data, 0, len(data))
    if not plays or found.edit is None or found.places is None:
        return data
    made = bytearray(data)
    duration, wide, flags = found.places
    made[duration : duration + wide] = (found.edit[1] * plays).to_bytes(wide)
    made[flags] = int(plays > 1)
    return bytes(made)


def top_boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Names of the boxes that the file itself is made of, with what they hold."""
    return [(name, data[at:end]) for name, at, end in _walked(data, 0, len(data))]


def _read(found: _Found, data: bytes, start: int, end: int) -> None:
    for name, body, stop in _walked(data, start, end):
        if name in _HELD:
            _read(found, data, body + _HELD[name], stop)
            if name == b"ipco":
                found.properties = [
                    (kind, data[first:last])
                    for kind, first, last in _walked(data, body, stop)
                ]
        elif name == b"pitm":
            wide = 2 if data[body] == 0 else 4
            found.primary = int.from_bytes(data[body + 4 : body + 4 + wide])
        elif name == b"ipma":
            _link(found, data[body:stop])
        elif name == b"tkhd" and found.duration is None:
            at, wide = (body + 28, 8) if data[body] == 1 else (body + 20, 4)
            found.duration = int.from_bytes(data[at : at + wide])
            found.track = at, wide
        elif name == b"mdhd" and found.media is None:
            at, wide = (body + 20, 8) if data[body] == 1 else (body + 12, 4)
            ticks = int.from_bytes(data[at : at + 4])
            found.media = ticks, int.from_bytes(data[at + 4 : at + 4 + wide])
        elif name == b"elst" and found.edit is None:
            wide = 8 if data[body] == 1 else 4
            length = int.from_bytes(data[body + 8 : body + 8 + wide])
            found.edit = bool(data[body + 3] & 1), length
            found.places = (*found.track, body + 3)


def _walked(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Boxes with where what they hold begins and ends."""
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4])
        name, body = data[start + 4 : start + 8], start + 8
        if size == 1:
            size = int.from_bytes(data[body : body + 8])
            body += 8
        elif size == 0:
            size = end - start
        stop = start + size
        if stop < body or stop > end:
            return
        yield name, body, stop
        start = stop


def _link(found: _Found, body: bytes) -> None:
    """Which properties belong to which item (ipma)."""
    version, wide_index = body[0], bool(body[3] & 1)
    position = 8
    for _ in range(min(int.from_bytes(body[4:8]), 65_536)):
        wide = 2 if version < 1 else 4
        item = int.from_bytes(body[position : position + wide])
        count = body[position + wide]
        position += wide + 1
        step = 2 if wide_index else 1
        mask = 0x7FFF if wide_index else 0x7F
        indices = [
            int.from_bytes(body[at : at + step]) & mask
            for at in range(position, position + count * step, step)
        ]
        found.links.setdefault(item, []).extend(indices)
        position += count * step


def _clean(body: bytes) -> tuple[Fraction, Fraction, Fraction, Fraction] | None:
    numbers = [
        int.from_bytes(body[at : at + 4], signed=at >= 16) for at in range(0, 32, 4)
    ]
    if len(body) < 32 or not all(numbers[1::2]):
        return None
    across, down, right, below = (
        Fraction(over, under)
        for over, under in zip(numbers[::2], numbers[1::2], strict=True)
    )
    return across, down, right, below


def _plays(found: _Found) -> int | None:
    """By how often the edit goes into the track, as AVIF counts repetitions."""
    if found.edit is None or found.duration is None:
        return None
    repeats, once = found.edit
    if not repeats:
        return 1
    if found.duration in _FOR_EVER or not once:
        return 0
    return max(1, -(-found.duration // once))
