"""A picture so small that a page holds it, to be shown until the image is there."""

import base64
import io

from PIL import Image

from onemanage.imaging.domain.analysis.shrink import shrunk
from onemanage.imaging.domain.arrays import Pixels

MOST = 200
"""Bytes of the file, which base64 makes a third more of."""
_TRIES = ((32, 40), (32, 20), (24, 20), (20, 15), (16, 10), (12, 5), (8, 1))
"""Pixels of the longer side, and quality."""


def lqip(image: Pixels) -> str:
    """A ``data:`` address of a WebP of (height, width, 3 or 4), the largest and best
    that is no larger than `MOST`; the smallest where none is."""
    data = b""
    image = shrunk(image, 2 * _TRIES[0][0])  # once, what is large
    for side, quality in _TRIES:
        small = Image.fromarray(shrunk(image, side))
        file = io.BytesIO()
        options = {"quality": quality, "alpha_quality": quality, "method": 6}
        small.save(file, "WEBP", **options)
        data = file.getvalue()
        if len(data) <= MOST:
            break
    return "data:image/webp;base64," + base64.b64encode(data).decode()
