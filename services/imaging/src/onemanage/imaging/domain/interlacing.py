"""PNG in seven passes, each finer than those before (Adam7; W3C PNG, third edition, 8.1).

Neither Pillow nor imagecodecs writes one.
"""

import struct
import zlib

import numpy as np

from onemanage.imaging.domain.metadata.embedding import png_chunk
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.domain.pngs import SIGNATURE

_PASSES = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
"""First row and column, and the steps from one to the next."""
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_SUB, _UP, _PAETH = 1, 2, 4


def interlaced(pixels: Pixels, level: int, icc: bytes | None) -> bytes:
    """A PNG of (height, width, 1 to 4) bytes: gray, gray and alpha, RGB, RGBA."""
    height, width, channels = pixels.shape
    kind = _COLOR_TYPES[channels]
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 1)
    packer = zlib.compressobj(level)
    rows = b"".join(
        packer.compress(_filtered(pixels[top::down, left::right]))
        for top, left, down, right in _PASSES
        if top < height and left < width
    )
    chunks = [png_chunk(b"IHDR", head)]
    if icc is not None:
        chunks.append(png_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(icc)))
    chunks.append(png_chunk(b"IDAT", rows + packer.flush()))
    return b"".join([SIGNATURE, *chunks, png_chunk(b"IEND", b"")])


def _filtered(part: Pixels) -> bytes:
    """Rows with the filter, of three, whose differences are smallest in sum (12.7)."""
    height, width, channels = part.shape
    here = part.reshape(height, width * channels).astype(np.int16)
    above = np.zeros_like(here)
    above[1:] = here[:-1]
    left, corner = np.zeros_like(here), np.zeros_like(here)
    left[:, channels:], corner[:, channels:] = (
        here[:, :-channels],
        above[:, :-channels],
    )
    guesses = {_SUB: left, _UP: above, _PAETH: _paeth(left, above, corner)}
    made = {
        name: ((here - guess) & 255).astype(np.uint8) for name, guess in guesses.items()
    }
    rows = np.stack(list(made.values()))
    best = np.abs(rows.view(np.int8).astype(np.int16)).sum(axis=2).argmin(axis=0)
    listed = rows[best, np.arange(height)]
    names = np.array(list(made), np.uint8)[best]
    return np.column_stack([names, listed]).tobytes()


def _paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Whichever of the three is nearest to left + above - corner (9.4)."""
    to_left, to_above = np.abs(above - corner), np.abs(left - corner)
    to_corner = np.abs(left + above - 2 * corner)
    nearest = np.where(to_above <= to_corner, above, corner)
    is_left = (to_left <= to_above) & (to_left <= to_corner)
    return np.where(is_left, left, nearest)
