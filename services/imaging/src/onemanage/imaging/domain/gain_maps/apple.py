"""Apple's gain maps, as others understand them.

Light is multiplied by 1 + (headroom - 1) * g, where g is the map's level through the
curve of BT.709 (Apple, "Applying Apple HDR effect to your photos"). The logarithm of
that over its highest value is a map as ISO 21496-1 has it.
"""

import math
import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from onemanage.imaging.domain.gain_maps.gains import BadGains, Gains

SPACES = {
    "HDRGainMap": "http://ns.apple.com/HDRGainMap/1.0/",
    "apdi": "http://ns.apple.com/pixeldatainfo/1.0/",
}
_KIND = "urn:com:apple:photo:2020:aux:hdrgainmap"
_NOTE = b"Apple iOS\0\0\1MM"
"""How a note of Apple's in EXIF begins; a directory follows, with places from here."""
_HEADROOM, _GAIN = 33, 48
_SIGNED_RATIONAL = 10
_MOST = 64.0


def is_apple(texts: Mapping[str, Sequence[str]]) -> bool:
    """Whether the packet of a second picture says that it is one."""
    return list(texts.get("apdi:AuxiliaryImageType", ())) == [_KIND]


def understood(
    plane: NDArray[np.uint8], texts: Mapping[str, Sequence[str]], exif: Image.Exif
) -> tuple[NDArray[np.uint8], Gains]:
    """The map and what it means, by its packet and the first picture's EXIF. Raises
    BadGains."""
    headroom = _headroom(texts, exif)
    if not 1.0 < headroom <= _MOST:
        raise BadGains("its headroom is not said")
    level = np.arange(256) / 255
    # ITU-R BT.709-6, 1.2, the other way round.
    light = np.where(
        level < 0.081, level / 4.5, ((level + 0.099) / 1.099) ** (1 / 0.45)
    )
    stops = math.log2(headroom)
    share = np.log2(1 + (headroom - 1) * light) / stops
    table = np.rint(share * 255).astype(np.uint8)
    gains = Gains(
        most=(stops,), offset=(0.0,), other_offset=(0.0,), other_headroom=(stops,)
    )
    return table[plane], gains


def _headroom(texts: Mapping[str, Sequence[str]], exif: Image.Exif) -> float:
    said = texts.get("HDRGainMap:HDRGainMapHeadroom")
    try:
        return float(said[0]) if said else _of_note(exif)
    except (ValueError, struct.error, ZeroDivisionError) as error:
        raise BadGains("its headroom is not said") from error


def _of_note(exif: Image.Exif) -> float:
    """By two numbers of the maker's note, as Apple says."""
    note = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.MakerNote, b"")
    if not isinstance(note, bytes) or not note.startswith(_NOTE):
        raise BadGains("its headroom is not said")
    found = {}
    (count,) = struct.unpack_from(">H", note, len(_NOTE))
    for number in range(count):
        at = len(_NOTE) + 2 + 12 * number
        tag, kind, _, place = struct.unpack_from(">HHII", note, at)
        if tag in (_HEADROOM, _GAIN) and kind == _SIGNED_RATIONAL:
            above, below = struct.unpack_from(">ii", note, place)
            found[tag] = above / below
    if _HEADROOM not in found:
        raise BadGains("its headroom is not said")
    gain = found.get(_GAIN, 0.0)
    if found[_HEADROOM] < 1:
        stops = 1.8 - 20 * gain if gain <= 0.01 else 1.601 - 0.101 * gain
    else:
        stops = 3 - 70 * gain if gain <= 0.01 else 2.303 - 0.303 * gain
    return float(2 ** max(stops, 0.0))
