"""Images made of pixels, opened by Pillow with one format allowed."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import cv2
from PIL import ExifTags, Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.color import to_srgb
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.engines import Source, decode_still
from onemanage.imaging.domain.headers import Header, gif_frames, jxl_size
from onemanage.imaging.domain.picture import (
    Limits,
    Picture,
    Pixels,
    Sides,
    with_alpha,
    without_idle_alpha,
)
from onemanage.imaging.errors import InvalidImage

_TURNED = (5, 6, 7, 8)
"""Orientations of EXIF that swap width and height."""
_NEVER_SHOWN = 100
"""Milliseconds of a frame that gives none."""


def header(data: bytes, kind: str, reading: Reading, limits: Limits) -> Header:
    """Of the frame that is asked for. Raises InvalidImage."""
    with _opened(data, kind, reading, limits) as image:
        return _header(data, kind, image, limits)


def read(
    data: bytes,
    kind: str,
    reading: Reading,
    limits: Limits,
    scale: Callable[[int, int], float],
) -> Picture:
    """One frame, or all where ``reading`` asks for them. Raises InvalidImage."""
    with _opened(data, kind, reading, limits) as image:
        found = _header(data, kind, image, limits)
        if found.frames > 1 and reading.animated:
            return _animated(image, found, limits)
        turn = _orientation(image)
        source = Source(data=data, image=image, format=kind)
        pixels, warnings = decode_still(source, scale(found.width, found.height))
    return _placed(without_idle_alpha(pixels), found, turn, warnings)


def _placed(pixels: Pixels, header: Header, turn: int, warnings: list[str]) -> Picture:
    """Upright, with what is known of a decoder that has shrunk it by a whole number."""
    stored = (header.height, header.width)
    if turn in _TURNED:
        stored = stored[::-1]
    shrink = next(
        (
            shrink
            for shrink in (8, 4, 2)
            if tuple(-(-whole // shrink) for whole in stored) == pixels.shape[:2]
        ),
        1,
    )
    bottom, right = (
        max(0.0, have - whole / shrink)
        for have, whole in zip(pixels.shape, stored, strict=False)
    )
    return Picture(
        frames=(_upright(pixels, turn),),
        scale=(1 / shrink, 1 / shrink),
        overhang=_upright_sides((0.0, 0.0, right, bottom), turn),
        warnings=tuple(warnings),
    )


@contextmanager
def _opened(
    data: bytes, kind: str, reading: Reading, limits: Limits
) -> Iterator[Image.Image]:
    """The image with its header read and judged."""
    if kind == "jxl":
        # Its plugin decodes when it opens, so the size has to be known before.
        width, height = jxl_size(data) or (0, 0)
        check_size(Header(format=kind, width=width, height=height), limits)
    Image.MAX_IMAGE_PIXELS = None  # what the header says is judged below, in full
    with clear_errors(kind.upper()):
        with Image.open(io.BytesIO(data), formats=[kind.upper()]) as image:
            if kind == "tiff" and reading.page > 1:
                _turn_to(image, reading.page)
            check_size(
                Header(format=kind, width=image.width, height=image.height), limits
            )
            Image.MAX_IMAGE_PIXELS = limits.pixels  # frames may be larger than it says
            yield image


def _turn_to(image: Image.Image, page: int) -> None:
    try:
        image.seek(page - 1)
    except EOFError as error:
        raise InvalidImage(
            "imaging.no_such_page", f"The image has no page {page}.", "/reading/page"
        ) from error


def _header(data: bytes, kind: str, image: Image.Image, limits: Limits) -> Header:
    if kind == "gif":
        frames = gif_frames(data, limits.frames + 1)
    else:
        # Of a TIFF they are pages, and to count them is to read them all.
        frames = 1 if kind == "tiff" else getattr(image, "n_frames", 1)
    turned = _orientation(image) in _TURNED
    width, height = image.size[::-1] if turned else image.size
    return Header(format=kind, width=width, height=height, frames=max(1, frames))


def _animated(image: Image.Image, header: Header, limits: Limits) -> Picture:
    """Frames as they are shown, each whole."""
    most = max(
        1, min(limits.frames, limits.animated_pixels // (header.width * header.height))
    )
    frames: list[Pixels] = []
    durations: list[int] = []
    warnings: list[str] = []
    turn = _orientation(image)
    for number in range(min(header.frames, most)):
        try:
            image.seek(number)
        except EOFError:
            break
        pixels, more = to_srgb(image)
        check_size(
            Header(format=header.format, width=image.width, height=image.height),
            limits,
            f"frame {number + 1}",
        )
        frames.append(_upright(pixels, turn))
        durations.append(round(image.info.get("duration") or _NEVER_SHOWN))
        warnings.extend(more)
    if header.frames > most:
        warnings.append(f"Only the first {most} frames are kept.")
    return Picture(
        frames=_alike(frames),
        durations=tuple(durations),
        loop=int(image.info.get("loop", 1 if header.format == "gif" else 0)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _alike(frames: list[Pixels]) -> tuple[Pixels, ...]:
    """All with alpha, or none where none needs it."""
    trimmed = [without_idle_alpha(frame) for frame in frames]
    if any(frame.shape[2] == 4 for frame in trimmed):
        trimmed = [with_alpha(frame) for frame in trimmed]
    if len({frame.shape for frame in trimmed}) != 1:
        raise ValueError("its frames are not of one size")
    return tuple(trimmed)


def _orientation(image: Image.Image) -> int:
    """From EXIF, 1 to 8; 1 where there is none, or none that can be read."""
    if "exif" not in image.info or image.format == "TIFF":
        return 1  # Pillow turns a TIFF by itself
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return 1  # metadata that is damaged leaves the pixels as they are stored
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turned and mirrored as EXIF says (CIPA DC-008, tag 274)."""
    if orientation in _TURNED:
        pixels = cast(Pixels, cv2.transpose(pixels))
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    if orientation in flips:
        pixels = cast(Pixels, cv2.flip(pixels, flips[orientation]))
    return pixels


def _upright_sides(sides: Sides, orientation: int) -> Sides:
    left, top, right, bottom = sides
    if orientation in _TURNED:
        left, top, right, bottom = top, left, bottom, right
    if orientation in (2, 3, 6, 7):
        left, right = right, left
    if orientation in (3, 4, 7, 8):
        top, bottom = bottom, top
    return left, top, right, bottom
