"""One frame of a video, by FFmpeg's libraries through PyAV.

The container is named and the protocols are none, so that a playlist or a reference
within the file leads nowhere.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import av
import av.container
import numpy as np

from onemanage.contracts.imaging.metadata import AudioStream, VideoStreams
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.engines import resized
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.errors import InvalidImage

_MOST_TRACKS = 32
MAX_FRAMES = 600
"""Decoded from the key frame before the moment that is wanted, to reach it."""


def header(path: Path, kind: str, limits: Limits) -> Header:
    """Of the first picture stream, turned as it is shown. Raises InvalidImage."""
    with path.open("rb") as file, _opened(file, kind, limits) as opened:
        container, stream, found = opened
        if _turns(_frame(container, stream, 0.0)) % 2:
            return replace(found, width=found.height, height=found.width)
        return found


def streams(path: Path, kind: str, limits: Limits) -> VideoStreams:
    """What its container says of its tracks. Raises InvalidImage."""
    with path.open("rb") as file, _opened(file, kind, limits) as opened:
        container, stream, _ = opened
        turns = _turns(_frame(container, stream, 0.0))
        rate, whole = stream.average_rate, container.duration
        return VideoStreams(
            seconds=round(whole / av.time_base, 3) if whole else None,
            codec=stream.codec_context.name,
            pixel_format=stream.codec_context.pix_fmt or "",
            frames_per_second=round(float(rate), 3) if rate else None,
            frames=stream.frames or None,
            rotation=-90 * turns % 360,
            bits_per_second=container.bit_rate or None,
            audio=[
                AudioStream(
                    codec=one.codec_context.name,
                    channels=one.codec_context.channels,
                    sample_rate=one.codec_context.sample_rate or 0,
                )
                for one in container.streams.audio[:_MOST_TRACKS]
            ],
        )


def read(path: Path, kind: str, reading: Reading, limits: Limits) -> Picture:
    """The frame that is shown at ``reading.seconds``, or the last one before."""
    with path.open("rb") as file, _opened(file, kind, limits) as opened:
        container, stream, found = opened
        frame = _frame(container, stream, reading.seconds)
        check_size(
            Header(format="video", width=frame.width, height=frame.height), limits
        )
        pixels = frame.to_ndarray(format="rgb24")
        if pixels.shape[1::-1] != (found.width, found.height):
            pixels = resized(cast(Pixels, pixels), found.width, found.height)
        turns = _turns(frame)
    upright = np.ascontiguousarray(np.rot90(pixels, turns))
    return Picture(frames=(cast(Pixels, upright),))


def _turns(frame: av.VideoFrame) -> int:
    """Quarters by which it is turned to be shown, counter-clockwise."""
    return round(getattr(frame, "rotation", 0) / 90) % 4


@contextmanager
def _opened(
    file: BinaryIO, kind: str, limits: Limits
) -> Iterator[tuple[av.container.InputContainer, av.VideoStream, Header]]:
    options = {"protocol_whitelist": "none", "enable_drefs": "0"}
    with (
        clear_errors("video"),
        av.open(file, mode="r", format=kind, options=options) as container,
    ):
        if not container.streams.video:
            text = "The file has sound and no picture. Send a video or an image."
            raise InvalidImage("imaging.unsupported", text, "streams")
        stream = container.streams.video[0]
        stream.thread_count = 1
        width, height = _shown_size(stream)
        found = Header(format="video", width=width, height=height)
        check_size(found, limits)
        yield container, stream, found


def _shown_size(stream: av.VideoStream) -> tuple[int, int]:
    """Width and height in square pixels: the side is made longer of which pixels are
    longer, so that nothing is lost."""
    width, height = stream.width, stream.height
    aspect = stream.sample_aspect_ratio
    if not aspect or not 0.1 < aspect < 10:
        return width, height
    if aspect > 1:
        return round(width * aspect), height
    return width, round(height / aspect)


def _frame(
    container: av.container.InputContainer, stream: av.VideoStream, seconds: float
) -> av.VideoFrame:
    if seconds > 0 and stream.time_base:
        container.seek(math.floor(seconds / stream.time_base), stream=stream)
    last: av.VideoFrame | None = None
    for number, frame in enumerate(container.decode(stream)):
        if last is not None and frame.time is not None and frame.time > seconds:
            return last
        last = frame
        if number >= MAX_FRAMES or (frame.time or 0) >= seconds:
            return frame
    if last is None:
        text = "No frame of the video can be decoded. Save it again."
        raise InvalidImage("imaging.damaged", text, "content")
    return last
