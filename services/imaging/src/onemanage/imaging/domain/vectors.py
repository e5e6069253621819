"""At what size drawings and pages are drawn."""

import math

from onemanage.imaging.domain.headers import Header
from onemanage.imaging.errors import InvalidImage

MAX_PIXELS = 40_000_000


def drawn_at(header: Header, scale: float, where: str = "header") -> tuple[int, int]:
    """Width and height of what has the size of ``header``, and is wanted at ``scale``.

    What is wanted larger than can be is drawn as large as can be, but never smaller
    than it is. Raises InvalidImage where that is too large already.
    """
    area = header.width * header.height
    most = math.sqrt(MAX_PIXELS / area)
    if min(scale, 1.0) > most:
        name = header.format.upper()
        text = (
            f"The {name} would have {header.width} x {header.height} pixels. Set "
            "reading.width, or make it smaller."
        )
        raise InvalidImage("imaging.too_large", text, where)
    scale = min(scale, max(1.0, most))
    return max(1, round(header.width * scale)), max(1, round(header.height * scale))
