"""Images made of pixels: one of them, or the frames of an animation."""

from collections.abc import Callable
from dataclasses import replace

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain import animations, pngs, spaces
from onemanage.imaging.domain.decoding import check_size
from onemanage.imaging.domain.engines import decode_still, jpeg_shrink
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.opening import Opened, no_page, opened
from onemanage.imaging.domain.picture import Limits, Picture, Pixels, without_idle_alpha
from onemanage.imaging.domain.turning import TURNED, upright, upright_sides

_SEVERAL = ("gif", "webp", "png", "avif")
"""Formats whose pages are frames of an animation."""
_OF_RGB = ("RGB", "RGBA", "P", "L", "LA")


def header(data: bytes, kind: str, reading: Reading, limits: Limits) -> Header:
    """Of the frame that is asked for. Raises InvalidImage."""
    with opened(data, kind, reading, limits) as source:
        return source.header


def read(
    data: bytes,
    kind: str,
    reading: Reading,
    limits: Limits,
    scale: Callable[[int, int], float],
    is_wide: bool = False,
) -> Picture:
    """One frame, or all where ``reading`` asks for them. Raises InvalidImage.

    One frame has the colours of its profile where ``is_wide`` is said and that is one
    of RGB, else sRGB.
    """
    with opened(data, kind, reading, limits) as source:
        try:
            return _read(source, reading, limits, scale, is_wide)
        except animations.DamagedFrames:
            data = pngs.still(data)
    with opened(data, kind, reading, limits) as source:
        return _still(source, limits, scale).warned(pngs.STILL)


def _read(
    source: Opened,
    reading: Reading,
    limits: Limits,
    scale: Callable[[int, int], float],
    is_wide: bool,
) -> Picture:
    if source.format in _SEVERAL and reading.page > source.frames:
        raise no_page(reading.page)
    if source.frames > 1 and reading.animated and reading.page == 1:
        return animations.read(source, limits, scale)
    number = reading.page - 1 if source.format in _SEVERAL else 0
    if number or source.first or source.format == "gif":
        pixels, warnings = animations.frame(source, number, limits)
        made = _placed(without_idle_alpha(pixels), source, tuple(warnings))
    else:
        icc = _kept_profile(source) if is_wide else None
        if icc is not None:
            source = replace(source, icc=None)  # so its colours stay what they are
        made = replace(_still(source, limits, scale), icc=icc)
    frames = source.frames if reading.page == 1 else 1  # of a page that was named
    return replace(made, source_frames=frames)


def _kept_profile(source: Opened) -> bytes | None:
    """Of RGB, in whose colours the picture may stay; None where it may not."""
    mode = source.image.mode if source.image is not None else "RGB"
    is_plain = source.hdr is None and not source.is_linear
    if is_plain and mode in _OF_RGB and spaces.has_rgb(source.icc):
        return source.icc
    return None


def _still(
    source: Opened, limits: Limits, scale: Callable[[int, int], float]
) -> Picture:
    wanted = min(1.0, scale(source.header.width, source.header.height))
    if source.format == "jpeg":
        shrink = jpeg_shrink(wanted)
        width, height = (-(-side // shrink) for side in source.size)
        check_size(Header(format="jpeg", width=width, height=height), limits)
    pixels, warnings = decode_still(source, wanted)
    return _placed(without_idle_alpha(pixels), source, tuple(warnings))


def _placed(pixels: Pixels, source: Opened, warnings: tuple[str, ...]) -> Picture:
    """Upright, with what is known of a decoder that has shrunk it by a whole number."""
    stored = (source.header.height, source.header.width)
    if source.turn in TURNED:
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
        frames=(upright(pixels, source.turn),),
        scale=(1 / shrink, 1 / shrink),
        overhang=upright_sides((0.0, 0.0, right, bottom), source.turn),
        warnings=warnings,
    )
