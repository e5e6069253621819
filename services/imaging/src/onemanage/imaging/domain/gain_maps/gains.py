"""What the levels of a gain map mean, as ISO 21496-1 and as Adobe's XMP say it.

Of a level v, 0 to 1, the gain is 2 ** (least + (most - least) * v ** (1 / gamma)), by
which light is multiplied on a display that shows all of it (Adobe, Gain Map
Specification 1.0, "Apply"; Ultra HDR Image Format 1.1, "Decoding").
"""

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

ISO = b"urn:iso:std:iso:ts:21496:-1\0"
"""How a segment begins that says it as the standard does."""
VERSION = bytes(4)
"""Of the standard: the least that reads it, and that it is written by."""
SPACE = "http://ns.adobe.com/hdr-gain-map/1.0/"
_MANY, _IN_BASE, _BACKWARD, _ONE_DENOMINATOR = 0x80, 0x40, 0x04, 0x08
_DENOMINATOR = 1 << 20
_MOST = 2000.0
"""What fits into 32 bits with its sign, over that denominator."""
_PROPERTIES = {
    "least": "GainMapMin",
    "most": "GainMapMax",
    "gamma": "Gamma",
    "offset": "OffsetSDR",
    "other_offset": "OffsetHDR",
    "headroom": "HDRCapacityMin",
    "other_headroom": "HDRCapacityMax",
}

type Triple = tuple[float, ...]
"""One number for all channels, or one for each of red, green and blue."""


class BadGains(Exception):
    """They make no sense, or nothing that is written here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Defaults are those of Adobe's specification."""

    least: Triple = (0.0,)
    """Powers of 2, as ``most`` and the headrooms."""
    most: Triple
    gamma: Triple = (1.0,)
    offset: Triple = (1 / 64,)
    """Added to light before it is multiplied; ``other_offset`` is taken off after."""
    other_offset: Triple = (1 / 64,)
    headroom: Triple = (0.0,)
    """Of the display that shows the first picture as it is, above white."""
    other_headroom: Triple
    """Of the display that shows all of the gain."""
    in_base_colors: bool = True
    """Channels are those of the first picture; else those of the map's own profile."""

    def __post_init__(self) -> None:
        numbers = [number for one in self._numbers() for number in one]
        if not all(math.isfinite(n) and abs(n) <= _MOST for n in numbers):
            raise BadGains("a number of it is out of range")
        if min(self.gamma) <= 0 or any(
            most < least for most, least in zip(*self._paired(), strict=True)
        ):
            raise BadGains("its numbers contradict each other")
        if self.other_headroom[0] <= self.headroom[0]:
            raise BadGains("the first picture is the brighter one")

    def as_iso(self) -> bytes:
        """The binary form (ISO 21496-1, annex C), each number over a denominator."""
        channels = max(map(len, self._numbers()))
        flags = _MANY * (channels == 3) | _IN_BASE * self.in_base_colors
        made = VERSION + bytes((flags,))
        made += _fraction(self.headroom[0]) + _fraction(self.other_headroom[0])
        for channel in range(channels):
            for numbers in self._numbers()[:5]:
                made += _fraction(numbers[min(channel, len(numbers) - 1)])
        return made

    def as_xmp(self) -> str:
        """An ``rdf:Description``."""
        said, listed = "", ""
        for field, name in _PROPERTIES.items():
            texts = [f"{number:.9g}" for number in getattr(self, field)]
            if len(texts) == 1:
                said += f' hdrgm:{name}="{texts[0]}"'
            else:
                items = "".join(f"<rdf:li>{text}</rdf:li>" for text in texts)
                listed += f"<hdrgm:{name}><rdf:Seq>{items}</rdf:Seq></hdrgm:{name}>"
        head = f'<rdf:Description rdf:about="" xmlns:hdrgm="{SPACE}"'
        head += f' hdrgm:Version="1.0"{said} hdrgm:BaseRenditionIsHDR="False">'
        return f"{head}{listed}</rdf:Description>"

    def _numbers(self) -> list[Triple]:
        return [getattr(self, field.name) for field in fields(self)[:7]]

    def _paired(self) -> tuple[Triple, Triple]:
        """``most`` and ``least``, as many of each."""
        count = max(len(self.most), len(self.least))
        most, least = (one * (count // len(one)) for one in (self.most, self.least))
        return most, least


def of_iso(body: bytes) -> Gains:
    """Of the binary form behind its name. Raises BadGains."""
    try:
        return _of_iso(body)
    except (struct.error, ZeroDivisionError) as error:
        raise BadGains("it is damaged") from error


def of_xmp(texts: Mapping[str, Sequence[str]]) -> Gains:
    """Of the properties of its packet, without their prefix. Raises BadGains."""
    if texts.get("BaseRenditionIsHDR", ["False"])[0].lower() == "true":
        raise BadGains("the first picture is the brighter one")
    try:
        found: dict[str, Any] = {
            field: tuple(map(float, texts[name]))
            for field, name in _PROPERTIES.items()
            if name in texts
        }
        found.setdefault("other_headroom", (max(found["most"]),))
    except (KeyError, ValueError) as error:
        raise BadGains("a number of it is missing") from error
    if not all(len(numbers) in (1, 3) for numbers in found.values()):
        raise BadGains("it has a number for some channels alone")
    return Gains(**found)


def _of_iso(body: bytes) -> Gains:
    least_version, flags = struct.unpack_from(">HxxB", body)
    if least_version != 0:
        raise BadGains("it is of a version that is not known")
    if flags & _BACKWARD:
        raise BadGains("the first picture is the brighter one")
    channels = 3 if flags & _MANY else 1
    count, at = 2 + 5 * channels, 5
    if flags & _ONE_DENOMINATOR:
        (below,) = struct.unpack_from(">I", body, at)
        above = struct.unpack_from(f">{count}i", body, at + 4)
        values = [number / below for number in above]
    else:
        pairs = struct.iter_unpack(">iI", body[at : at + 8 * count])
        values = [number / below for number, below in pairs]
    if len(values) < count:
        raise BadGains("it is damaged")
    headroom, other, *rest = values
    names = ("least", "most", "gamma", "offset", "other_offset")
    return Gains(
        **{name: tuple(rest[number::5]) for number, name in enumerate(names)},
        headroom=(headroom,),
        other_headroom=(other,),
        in_base_colors=bool(flags & _IN_BASE),
    )


def _fraction(value: float) -> bytes:
    return struct.pack(">iI", round(value * _DENOMINATOR), _DENOMINATOR)
