"""A finished TIFF given more tags (TIFF 6.0): libtiff, as Pillow uses it, writes no
directories of EXIF and replaces what is no ASCII."""

import struct
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, TiffImagePlugin

from onemanage.imaging.domain.metadata import exif
from onemanage.imaging.domain.metadata.saying import Saying

_HEAD = b"II*\0\0\0\0\0"
_XMP = 700
_BYTE, _LONG = 1, 4
_ENTRY = 12
_DIRECTORIES = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)


def with_tags(data: bytes, said: Saying) -> bytes:
    """The file, little-endian, whose first directory stands anew at its end, with what
    is said added to it. The picture stays where it is."""
    made = bytearray(data + bytes(len(data) % 2))
    source = exif.loaded(said.exif)
    tags = {
        tag: exif.as_stored(value)
        for tag, value in source.items()
        if tag not in _DIRECTORIES
    }
    kinds: dict[int, int] = {}
    for number in _DIRECTORIES:
        inner = source.get_ifd(number)
        if inner:
            tags[number], kinds[number] = _appended(made, inner), _LONG
    if said.xmp:
        tags[_XMP], kinds[_XMP] = said.xmp, _BYTE
    fresh = _entries(made, _appended(made, tags, kinds))[0]
    old, following = _entries(made, struct.unpack_from("<I", data, 4)[0])
    listed = sorted((old | fresh).values(), key=lambda entry: entry[:2][::-1])
    made[4:8] = struct.pack("<I", len(made))
    made += struct.pack("<H", len(listed)) + b"".join(listed) + following
    return bytes(made)


def _appended(
    made: bytearray, values: Mapping[int, Any], kinds: Mapping[int, int] = {}
) -> int:
    """Where the directory of these values stands."""
    directory = TiffImagePlugin.ImageFileDirectory_v2(_HEAD)
    directory.tagtype.update(kinds)
    for tag, value in values.items():
        directory[tag] = exif.as_stored(value)
    at = len(made)
    made += directory.tobytes(at)
    made += bytes(len(made) % 2)
    return at


def _entries(data: bytearray, at: int) -> tuple[dict[int, bytes], bytes]:
    """Entries of a directory by their tags, and where the next directory stands."""
    count = struct.unpack_from("<H", data, at)[0]
    end = at + 2 + count * _ENTRY
    listed = [bytes(data[n : n + _ENTRY]) for n in range(at + 2, end, _ENTRY)]
    found = {int.from_bytes(entry[:2], "little"): entry for entry in listed}
    return found, bytes(data[end : end + 4])
