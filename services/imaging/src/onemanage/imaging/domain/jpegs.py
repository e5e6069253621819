"""JPEG as cameras and old programs write it: what is wrong around the picture is mended
before a decoder sees it.

A marker that cannot be read, bytes between markers and a missing end say nothing about
the pixels, yet one decoder or another refuses the whole file for each of them.
"""

import io
from collections.abc import Iterator

import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from PIL import JpegImagePlugin

MENDED = "The JPEG had damaged markers, which are left out."
NO_END = "The JPEG has no end marker; its picture is whole."
_SHORTEST = {0xE0: (b"JFIF\0", 14), 0xEE: (b"Adobe", 12)}
"""Segments by their marker that are read by place: how they begin, and their bytes."""
_ICC = b"ICC_PROFILE\0"
_PART = 65_519
"""Bytes of a profile that a segment holds."""
_SCAN, _END = 0xDA, b"\xff\xd9"


def opened(data: bytes) -> JpegImagePlugin.JpegImageFile:
    """The primary picture. A second one behind it, as a gain map or a preview is, stays
    unread: `Image.open` would make an MPO of several frames of both."""
    return JpegImagePlugin.JpegImageFile(io.BytesIO(data))


def mended(data: bytes) -> tuple[bytes, list[str]]:
    """The file as every decoder reads it, and warnings; itself where nothing is wrong.

    Raises ValueError where the picture itself ends too early.
    """
    segments, scan = _segments(data)
    if scan is None:
        return data, []
    kept = [segment for segment in segments if _is_sound(segment)]
    kept = _with_whole_profile(kept)
    warnings = []
    if sum(map(len, kept)) + 2 != scan:
        data = b"".join([data[:2], *kept, data[scan:]])
        scan = sum(map(len, kept)) + 2
        warnings.append(MENDED)
    if data.rfind(_END, scan) < 0:  # from the end, where it is
        data += _END
        _check_whole(data)
        warnings.append(NO_END)
    return data, warnings


def with_profile(data: bytes, icc: bytes) -> bytes:
    """The file, which has a JFIF header, with a profile behind that, in as many parts
    as it takes (ICC.1, B.4)."""
    parts = [icc[at : at + _PART] for at in range(0, len(icc), _PART)]
    segments = b""
    for number, part in enumerate(parts, 1):
        body = _ICC + bytes((number, len(parts))) + part
        segments += segment(0xE2, body)
    after = 4 + int.from_bytes(data[4:6])
    return data[:after] + segments + data[after:]


def segment(marker: int, body: bytes) -> bytes:
    """With its marker and length in front."""
    return b"\xff" + bytes((marker,)) + (len(body) + 2).to_bytes(2) + body


def _segments(data: bytes) -> tuple[list[bytes], int | None]:
    """Segments before the first scan, with their markers, and where that begins."""
    found: list[bytes] = []
    for marker, start, end in _walked(data):
        if marker == _SCAN:
            return found, start
        found.append(data[start:end])
    return found, None


def _walked(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Markers with where their segments begin and end (ITU-T T.81, B.1.1); what lies
    between them is passed over."""
    position = 2
    while (start := data.find(b"\xff", position)) >= 0:
        position = start + 1
        while position < len(data) and data[position] == 0xFF:  # fill bytes
            position += 1
        if position >= len(data):
            return
        marker = data[position]
        if marker == 0 or marker == 1 or 0xD0 <= marker <= 0xD9:
            position += 1  # no marker, or one without a segment
            continue
        end = position + 1 + int.from_bytes(data[position + 1 : position + 3])
        if end < position + 3 or (end > len(data) and marker != _SCAN):
            continue
        yield marker, position - 1, end
        position = end


def _is_sound(segment: bytes) -> bool:
    begin, least = _SHORTEST.get(segment[1], (b"", 0))
    return not segment.startswith(begin, 4) or len(segment) - 4 >= least


def _with_whole_profile(segments: list[bytes]) -> list[bytes]:
    """Without a profile of which parts are missing or numbered wrongly (ICC.1, B.4)."""
    parts = [s for s in segments if s[1] == 0xE2 and s.startswith(_ICC, 4)]
    numbers = [(s[16], s[17]) for s in parts if len(s) > 18]
    expected = [(number + 1, len(parts)) for number in range(len(parts))]
    if sorted(numbers) == expected:
        return segments
    return [segment for segment in segments if segment not in parts]


def _check_whole(data: bytes) -> None:
    """Raises ValueError where the last scan lacks rows: only then does a strict decoder
    still miss something after the end was given."""
    try:
        simplejpeg.decode_jpeg(data, "GRAY", min_width=1, min_height=1)
    except ValueError as error:
        if "premature end" in str(error).lower():
            raise
