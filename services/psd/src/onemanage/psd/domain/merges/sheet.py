"""Many pictures on one, each with its name."""

import hashlib
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from onemanage.psd.domain.document import ExportedImage
from onemanage.psd.domain.merges.labels import label

CELL = 200
"""Pixels of the square that a picture goes into."""
GAP = 12
LABEL = 22
MOST_COLUMNS = 10
GROUND = (246, 246, 244)
_NAME = "contact-sheet.webp"


def contact_sheet(pictures: Sequence[tuple[Path, str]], out: Path) -> ExportedImage:
    """The one picture, in ``out``, of these in their order."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(pictures))))
    rows = math.ceil(len(pictures) / columns)
    width, height = GAP + columns * (CELL + GAP), GAP + rows * (CELL + LABEL + GAP)
    sheet = Image.new("RGB", (width, height), GROUND)
    for number, (path, name) in enumerate(pictures):
        row, column = divmod(number, columns)
        left = GAP + column * (CELL + GAP)
        top = GAP + row * (CELL + LABEL + GAP)
        _place(sheet, path, left, top)
        text = label(name, CELL)
        if text is not None:
            sheet.paste(text, (left, top + CELL + 3), text)
    sheet.save(out / _NAME, quality=85, method=4)
    data = (out / _NAME).read_bytes()
    return ExportedImage(
        path=_NAME,
        width=width,
        height=height,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        crc32=zlib.crc32(data),
    )


def _place(sheet: Image.Image, path: Path, left: int, top: int) -> None:
    with Image.open(path) as opened:
        opened.draft("RGB", (2 * CELL, 2 * CELL))
        image = opened.convert("RGBA")
    image.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    place = left + (CELL - image.width) // 2, top + (CELL - image.height) // 2
    sheet.paste(image, place, image)
