"""Still PNG by libdeflate: files as small as zlib's at an eighth of the time.

zlib spends most of it on long searches, and Pillow on trying five filters for each row.
Here a sample says which one filter suits the picture.
"""

import struct
import zlib

import imagecodecs
import numpy as np

from onemanage.imaging.domain.metadata.embedding import png_chunk
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.domain.pngs import SIGNATURE

_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""By channels: gray, gray and alpha, RGB, RGBA."""
_NONE, _SUB, _UP, _AVERAGE = range(4)
_FILTERS = (_NONE, _SUB, _UP, _AVERAGE)
"""Of W3C PNG, third edition, 9.2. Paeth takes as long to compute here as the rest of
the file, and made no photograph that was tried smaller than the average did."""
_EFFORTS = (0, 1, 1, 2, 2, 3, 4, 5, 7, 9)
"""Of libdeflate, by the level that an output names. At 6 a photograph takes less time
than sharp's at its own 6, and flat colours fewer bytes."""
_BANDS, _ROWS = 4, 8
"""Of what is sampled."""
_REPEATS = 1.25
"""What unfiltered rows may be larger in a sample: what repeats in flat colours lies
further back than a band shows. Of photographs they are half as large again or more."""


def png(pixels: Pixels, level: int, icc: bytes | None) -> bytes:
    """The file of (height, width, 1 to 4) bytes: gray, gray and alpha, RGB, RGBA.

    ``level`` is the effort, 0 to 9; ``icc`` the profile of its colours, if any.
    """
    height, width, step = pixels.shape
    lines = pixels.reshape(height, width * step)
    filtered = _filtered(lines, step, _suited(lines, step))
    body = imagecodecs.deflate_encode(filtered, _EFFORTS[level])
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[step], 0, 0, 0)
    chunks = [png_chunk(b"IHDR", head)]
    if icc is not None:
        chunks.append(png_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(icc)))
    chunks += [png_chunk(b"IDAT", bytes(body)), png_chunk(b"IEND", b"")]
    return b"".join([SIGNATURE, *chunks])


def _suited(lines: Pixels, step: int) -> int:
    """The filter that leaves least of some bands of rows, packed by ISA-L: libdeflate
    ranks them the same way, and takes longer."""
    height = len(lines)
    bands = [(0, lines)]
    if height > _BANDS * _ROWS:
        tops = np.linspace(0, height - _ROWS, _BANDS).astype(int)
        # With the row above, which a filter may look at; then without it.
        bands = [(int(top > 0), lines[max(0, top - 1) : top + _ROWS]) for top in tops]

    def size(name: int) -> int:
        filtered = [_filtered(band, step, name)[skip:] for skip, band in bands]
        return len(imagecodecs.isal_encode(np.concatenate(filtered), 1))

    sizes = {name: size(name) for name in _FILTERS}
    best = min(sizes, key=lambda name: sizes[name])
    return _NONE if sizes[_NONE] <= _REPEATS * sizes[best] else best


def _filtered(lines: Pixels, step: int, name: int) -> Pixels:
    """Rows less what the filter expects of the byte ``step`` before and of that above,
    each with the filter's number in front."""
    height, length = lines.shape
    made = np.empty((height, 1 + length), np.uint8)
    made[:, 0] = name
    rest = made[:, 1:]
    if name == _NONE:
        rest[:] = lines
    elif name == _SUB:
        rest[:, :step] = lines[:, :step]
        np.subtract(lines[:, step:], lines[:, :-step], out=rest[:, step:])
    elif name == _UP:
        rest[0] = lines[0]
        np.subtract(lines[1:], lines[:-1], out=rest[1:])
    else:
        _less_average(lines, step, rest)
    return made


def _less_average(lines: Pixels, step: int, rest: Pixels) -> None:
    """(a + b) // 2 is (a & b) + ((a ^ b) >> 1), which needs no ninth bit. A block of
    rows at a time stays in a processor's cache."""
    above = np.zeros_like(lines[:1])
    left = np.zeros((64, lines.shape[1]), np.uint8)
    for top in range(0, len(lines), 64):
        here = lines[top : top + 64]
        over = np.concatenate([above, here[:-1]])
        before = left[: len(here)]
        before[:, step:] = here[:, :-step]
        mean = ((before ^ over) >> 1) + (before & over)
        np.subtract(here, mean, out=rest[top : top + 64])
        above = here[-1:]
