"""CMYK that no profile describes, as the inks of a press: SWOP on coated paper.

PDFium shows a PDF's DeviceCMYK by a table of them, which is within a level or two of
"U.S. Web Coated (SWOP) v2". It is read off a page that PDFium draws, and becomes a
profile like any other. The psd service takes its default from the same table.
"""

import zlib
from functools import cache

import cv2
import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from numpy.typing import NDArray

from onemanage.imaging.domain import icc
from onemanage.imaging.domain.picture import Pixels

NAME = "U.S. Web Coated (SWOP)"
STEPS = 9
"""Of each ink: as many as PDFium's table has."""
_TO_XYZ = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
"""From linear sRGB, relative to D50 (Lindbloom, RGB/XYZ Matrices)."""


@cache
def default_inks() -> bytes:
    """An ICC profile from CMYK to Lab; there is no way back in it."""
    tags = {b"A2B0": icc.lab_table(mixtures().reshape(-1, 3), 4, STEPS)}
    return icc.profile(b"prtr", b"CMYK", b"Lab ", NAME, tags)


@cache
def mixtures() -> NDArray[np.float64]:
    """L*, a* and b* (D50) of every mixture: an axis of `STEPS` for each ink."""
    steps = np.rint(np.linspace(0, 255, STEPS)).astype(np.uint8)
    grid = np.stack(np.meshgrid(*[steps] * 4, indexing="ij"), axis=-1)
    shown = _shown(grid.reshape(STEPS**2, STEPS**2, 4)).reshape(-1, 3) / 255
    return lab_of(shown).reshape(*[STEPS] * 4, 3)


def lab_of(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """L*, a* and b* (D50) of colours in sRGB, (count, 3) of 0 to 1."""
    high = ((shown + 0.055) / 1.055) ** 2.4
    linear = np.where(shown <= 0.04045, shown / 12.92, high)
    share = linear @ _TO_XYZ.T / np.array(icc.D50)
    straight = share * (29 / 6) ** 2 / 3 + 4 / 29  # CIE 15, where it is dark
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), straight).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def srgb_of(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way back, cut to what sRGB has."""
    y = (lab[:, 0] + 16) / 116
    roots = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    straight = 3 * (6 / 29) ** 2 * (roots - 4 / 29)
    share = np.where(roots > 6 / 29, roots**3, straight) * np.array(icc.D50)
    linear = np.clip(share @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    high = 1.055 * linear ** (1 / 2.4) - 0.055
    made: NDArray[np.float64] = np.where(linear <= 0.0031308, linear * 12.92, high)
    return made


def _shown(inks: Pixels) -> Pixels:
    """(height, width, 4) of CMYK, 255 all of it, as PDFium shows it in sRGB."""
    height, width = inks.shape[:2]
    document = pypdfium2.PdfDocument(_page(inks.tobytes(), width, height))
    try:
        drawn = document[0].render(scale=1).to_numpy()
        made: Pixels = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGR2RGB))
        return made
    finally:
        document.close()


def _page(data: bytes, width: int, height: int) -> bytes:
    """A PDF whose one page is an image of DeviceCMYK, a unit for each pixel."""
    packed = zlib.compress(data)
    draw = b"%d 0 0 %d 0 0 cm /I Do" % (width, height)
    image = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8"
        b"/ColorSpace/DeviceCMYK/Filter/FlateDecode/Length %d>>stream\n"
    ) % (width, height, len(packed))
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>" % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
        image + packed + b"\nendstream",
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end
