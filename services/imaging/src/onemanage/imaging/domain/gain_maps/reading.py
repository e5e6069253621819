"""The gain map of a JPEG, found among the pictures behind its first."""

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from PIL import JpegImagePlugin, TiffImagePlugin

from onemanage.imaging.domain import jpegs, spaces
from onemanage.imaging.domain.gain_maps import apple
from onemanage.imaging.domain.gain_maps.gains import (
    ISO,
    SPACE,
    BadGains,
    Gains,
    of_iso,
    of_xmp,
)
from onemanage.imaging.domain.gain_maps.plane import GainMap, Plane
from onemanage.imaging.domain.metadata import xmp
from onemanage.imaging.domain.opening import orientation
from onemanage.imaging.domain.picture import Limits, Picture
from onemanage.imaging.domain.turning import upright

_ENTRIES, _ENTRY = 0xB002, 16
"""The tag of MPF that lists pictures, and bytes for each (CIPA DC-007, 5.2.3.3)."""
_MOST_PICTURES = 8
_SPACES = {"hdrgm": SPACE, **apple.SPACES}
_SAME = 2
"""Levels within which three channels are one, coded as three."""


def beside(picture: Picture, path: Path, limits: Limits) -> Picture:
    """The picture of this file with the gain map that the file has, or with the reason
    why that cannot be kept."""
    data = path.read_bytes()
    if not data.startswith(b"\xff\xd8"):
        return picture
    try:
        found = _found(data, limits)
    except MemoryError:
        raise
    except BadGains as error:
        return replace(picture, gain_lost=f"{error}")
    except Exception:  # readers of what is damaged raise anything
        return replace(picture, gain_lost="it is damaged")
    return replace(picture, gain=found)


def _found(data: bytes, limits: Limits) -> GainMap | None:
    with jpegs.opened(data) as first:
        for start, size in _places(first):
            second = data[start : start + size]
            with jpegs.opened(second) as image:
                made = _understood(second, image, first, limits)
            if made is not None:
                return made
    return None


def _places(first: JpegImagePlugin.JpegImageFile) -> Iterator[tuple[int, int]]:
    """Where the others begin, and their bytes."""
    index = first.info.get("mp", b"")
    if not index:
        return
    directory = TiffImagePlugin.ImageFileDirectory_v2(index[:8])
    file = io.BytesIO(index)
    file.seek(directory.next)
    directory.load(file)
    order = ">" if index.startswith(b"MM") else "<"
    entries = cast(bytes, directory[_ENTRIES])[: _ENTRY * _MOST_PICTURES]
    for _, size, offset, _ in struct.iter_unpack(f"{order}IIII", entries):
        if offset:
            yield first.info["mpoffset"] + offset, size


def _understood(
    data: bytes,
    image: JpegImagePlugin.JpegImageFile,
    first: JpegImagePlugin.JpegImageFile,
    limits: Limits,
) -> GainMap | None:
    """None where it is another kind of picture. Raises BadGains."""
    iso = [body for _, body in image.applist if body.startswith(ISO)]
    texts = xmp.read(image.info.get("xmp", b""), _SPACES).texts
    said = {n.removeprefix("hdrgm:"): t for n, t in texts.items() if "hdrgm:" in n}
    if not iso and not said and not apple.is_apple(texts):
        return None
    ratio = max(side / of for side, of in zip(image.size, first.size, strict=True))
    if ratio > 1 or image.width * image.height > limits.pixels:
        raise BadGains("it is larger than its picture, or than a picture may be")
    plane = _plane(data, image)
    gains: Gains
    if iso:
        gains = of_iso(iso[0].removeprefix(ISO))
    elif said:
        gains = of_xmp(said)
    else:
        plane, gains = apple.understood(plane, texts, first.getexif())
    base = first.info.get("icc_profile")
    return GainMap(
        plane=upright(plane, orientation(first)),
        gains=gains,
        ratio=ratio,
        icc=image.info.get("icc_profile"),
        base=base if spaces.has_rgb(base) else None,
    )


def _plane(data: bytes, image: JpegImagePlugin.JpegImageFile) -> Plane:
    if image.mode == "L":
        made: Plane = simplejpeg.decode_jpeg(data, "GRAY", strict=False)
        return made[:, :, 0]
    made = simplejpeg.decode_jpeg(data, "RGB", strict=False)
    red, green, blue = cv2.split(made)
    apart = max(int(cv2.absdiff(green, other).max()) for other in (red, blue))
    return np.ascontiguousarray(green) if apart <= _SAME else made
