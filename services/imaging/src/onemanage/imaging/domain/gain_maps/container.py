"""A JPEG and its gain map as one file.

The first picture says by XMP (Ultra HDR Image Format 1.1, "GContainer") and by MPF (CIPA
DC-007) where the second lies, and by a segment of ISO 21496-1 that it is a gain map.
"""

import struct

from onemanage.imaging.domain import jpegs
from onemanage.imaging.domain.gain_maps.gains import ISO, SPACE, VERSION

_MPF = b"MPF\0"
_ISO = jpegs.segment(0xE2, ISO + VERSION)
_PRIMARY = 0x030000
"""The first picture of several, as it is without the others (DC-007, 5.2.3.3.1)."""
_CONTAINER = "http://ns.google.com/photos/1.0/container/"


def directory(size: int) -> str:
    """An ``rdf:Description`` of both pictures, of which the second has so many bytes."""
    items = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="{name}" '
        f'Item:Mime="image/jpeg"{more}/></rdf:li>'
        for name, more in (("Primary", ""), ("GainMap", f' Item:Length="{size}"'))
    )
    return (
        f'<rdf:Description rdf:about="" xmlns:hdrgm="{SPACE}" hdrgm:Version="1.0" '
        f'xmlns:Container="{_CONTAINER}" xmlns:Item="{_CONTAINER}item/">'
        f"<Container:Directory><rdf:Seq>{items}</rdf:Seq></Container:Directory>"
        "</rdf:Description>"
    )


def joined(before: bytes, after: bytes, second: bytes) -> bytes:
    """A JPEG in two parts, between which segments may stand, with another behind it."""
    first = len(before) + len(_index(0, 0, 0)) + len(_ISO) + len(after)
    start = len(before) + 4 + len(_MPF)  # what its places are counted from
    index = _index(first, len(second), first - start)
    return b"".join([before, index, _ISO, after, second])


def _index(first: int, second: int, place: int) -> bytes:
    """The segment of MPF: a directory of three tags, and an entry for each picture."""
    entries = struct.pack(">4I", _PRIMARY, first, 0, 0)
    entries += struct.pack(">4I", 0, second, place, 0)
    tags = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    tags += struct.pack(">HHII", 0xB001, 4, 1, 2)
    behind = 8 + 2 + 3 * 12 + 4
    tags += struct.pack(">HHII", 0xB002, 7, len(entries), behind)
    head = b"MM\0*" + struct.pack(">IH", 8, 3)
    return jpegs.segment(0xE2, _MPF + head + tags + bytes(4) + entries)
