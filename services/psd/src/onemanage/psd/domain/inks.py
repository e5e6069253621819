"""What CMYK without a profile looks like: SWOP inks on coated paper.

PDFium carries a table of them, by which it shows a PDF's DeviceCMYK. It agrees with
"U.S. Web Coated (SWOP) v2", Photoshop's default in America, within one level on average
and within two on nine colours of ten. Here it becomes an ICC profile, so that one way
serves inks with and without a profile of their own.
"""

import struct
import zlib
from functools import cache
from typing import cast

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it has no type information
from numpy.typing import NDArray

from onemanage.psd.domain.colorimetry import rgb_to_xyz, xyz_to_lab
from onemanage.psd.domain.icc import icc_profile

NAME = "U.S. Web Coated (SWOP)"

_STEPS = 9
"""Of each ink: as many as PDFium's table has."""


@cache
def default_inks() -> bytes:
    """An ICC profile (version 2) that turns CMYK into CIE L*a*b* by a table (lut16).

    It has no way back, and its black is the black of sRGB already.
    """
    steps = np.rint(np.linspace(0, 255, _STEPS)).astype(np.uint8)
    grid = np.stack(np.meshgrid(*[steps] * 4, indexing="ij"), axis=-1)
    lab = xyz_to_lab(rgb_to_xyz(_shown(grid.reshape(-1, 4)) / 255))
    return icc_profile(NAME, b"prtr", b"CMYK", b"Lab ", {b"A2B0": _table(lab)})


def _shown(inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, 4) of CMYK, 255 all of it, as sRGB: an image on a page, drawn at its size."""
    width = _STEPS**2
    page = pypdfium2.PdfDocument(_pdf(inks.tobytes(), width, len(inks) // width))
    try:
        drawn = page[0].render(scale=1, rev_byteorder=True).to_numpy()
        return cast(NDArray[np.uint8], drawn[:, :, :3].reshape(-1, 3).copy())
    finally:
        page.close()


def _pdf(pixels: bytes, width: int, height: int) -> bytes:
    """A PDF of one page that one DeviceCMYK image fills, a unit for a pixel."""
    data = zlib.compress(pixels)
    content = b"q %d 0 0 %d 0 0 cm /I Do Q" % (width, height)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>" % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8"
        b"/ColorSpace/DeviceCMYK/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (width, height, len(data), data),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n"
        b"startxref\n%d\n%%%%EOF" % (len(parts) + 1, table, len(parts) + 1, len(out))
    )


def _table(lab: NDArray[np.float64]) -> bytes:
    """The tag A2B0 as a lut16 (ICC.1:2001-04, 6.5.7): straight curves around the table.

    L* of 100 is 0xFF00 there, and a* and b* are shifted by 128.
    """
    head = struct.pack(">4s4xBBBx", b"mft2", 4, 3, _STEPS)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    stored = np.stack([lab[:, 0] * 652.8, *((lab[:, 1:].T + 128) * 256)], axis=1)
    values = np.clip(np.rint(stored), 0, 65535).astype(">u2").tobytes()
    straight = struct.pack(">2H", 0, 65535)
    return b"".join(
        (head, identity, struct.pack(">2H", 2, 2), straight * 4, values, straight * 3)
    )
