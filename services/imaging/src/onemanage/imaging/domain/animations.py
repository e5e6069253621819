"""Frames of an animation as they are shown, each whole, no larger than need be."""

from collections.abc import Callable, Iterator

from onemanage.imaging.domain import gifs
from onemanage.imaging.domain.color import to_srgb
from onemanage.imaging.domain.decoding import check_size
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.opening import Opened
from onemanage.imaging.domain.picture import (
    Limits,
    Picture,
    Pixels,
    with_alpha,
    without_idle_alpha,
)
from onemanage.imaging.domain.turning import upright
from onemanage.imaging.errors import InvalidImage

_INSTANT = 10
"""Milliseconds up to which browsers take a frame's time as not meant."""
_SHOWN = 100
"""Milliseconds that they show it instead."""
LOST = "The animation is damaged: frames from the {} on are left out."


class DamagedFrames(Exception):
    """An animated PNG of which a frame cannot be read, where its still picture can."""


def read(source: Opened, limits: Limits, scale: Callable[[int, int], float]) -> Picture:
    """All frames up to the limits, made as small as ``scale`` allows while they are
    read, so that more of them fit. Raises what the decoder does, and DamagedFrames."""
    header = source.header
    size = _size(header, scale)
    most = max(1, min(limits.frames, limits.animated_pixels // (size[0] * size[1])))
    frames: list[Pixels] = []
    durations: list[int] = []
    warnings = list(source.warnings)
    try:
        for pixels, duration, said in _frames(source, min(header.frames, most), limits):
            # Alpha that says nothing would have to be multiplied in and out.
            bare = without_idle_alpha(upright(pixels, source.turn))
            frames.append(resized(bare, *size))
            durations.append(shown(duration))
            warnings.extend(said)
    except (MemoryError, InvalidImage):
        raise
    except Exception as error:  # decoders raise anything
        if source.format == "png":
            raise DamagedFrames from error
        if not frames:
            raise
        warnings.append(LOST.format(len(frames) + 1))
    if header.frames > most:
        warnings.append(f"Only the first {most} frames are kept.")
    return Picture(
        frames=_alike(frames),
        durations=tuple(durations),
        loop=plays(source),
        scale=(size[0] / header.width, size[1] / header.height),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def frame(source: Opened, number: int, limits: Limits) -> tuple[Pixels, list[str]]:
    """One frame as it is stored, from 0, and warnings. Raises as `read` does."""
    last: tuple[Pixels, list[str]] | None = None
    for pixels, _, said in _frames(source, number + 1, limits, number):
        last = pixels, [*source.warnings, *said]
    if last is None:
        raise EOFError("it has no such frame")
    return last


def _frames(
    source: Opened, count: int, limits: Limits, begin: int = 0
) -> Iterator[tuple[Pixels, int, list[str]]]:
    """Pixels as they are stored, milliseconds and warnings of frames up to ``count``,
    from ``begin``."""
    image = source.image
    assert image is not None
    if source.format == "gif":
        wanted = gifs.frames(source.data, count)
        for one in wanted:
            found = Header(format="gif", width=one.width, height=one.height)
            check_size(found, limits, "frames")
        composed = gifs.composed(source.data, wanted, source.size)
        for number, (one, canvas) in enumerate(zip(wanted, composed, strict=True)):
            if number >= begin:
                yield canvas.copy(), one.duration, []
        return
    for number in range(begin, count):
        image.seek(source.first + number)
        pixels, said = to_srgb(image, source.icc)
        check_size(
            Header(format=source.format, width=image.width, height=image.height),
            limits,
            f"frame {number + 1}",
        )
        yield pixels, round(image.info.get("duration") or 0), said


def _size(header: Header, scale: Callable[[int, int], float]) -> tuple[int, int]:
    factor = min(1.0, scale(header.width, header.height))
    return max(1, round(header.width * factor)), max(1, round(header.height * factor))


def shown(duration: int) -> int:
    """Milliseconds that browsers show a frame for which the file says so many."""
    return _SHOWN if duration <= _INSTANT else duration


def plays(source: Opened) -> int:
    """How often an animation is played, 0 for ever."""
    if source.plays is not None:
        return source.plays
    assert source.image is not None
    return int(source.image.info.get("loop", 0))


def _alike(frames: list[Pixels]) -> tuple[Pixels, ...]:
    """All with alpha, or none where none needs it."""
    trimmed = [without_idle_alpha(frame) for frame in frames]
    if any(frame.shape[2] == 4 for frame in trimmed):
        trimmed = [with_alpha(frame) for frame in trimmed]
    if len({frame.shape for frame in trimmed}) != 1:
        raise ValueError("its frames are not of one size")
    return tuple(trimmed)
