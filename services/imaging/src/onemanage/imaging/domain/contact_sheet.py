"""Many images on one, each with its name."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from onemanage.contracts.imaging.outputs import WebpOutput
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits, Picture
from onemanage.imaging.domain.pipeline import written
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.domain.texts import Block
from onemanage.imaging.errors import InvalidImage

CELL = 200
"""Pixels of the square that an image goes into."""
GAP = 12
LABEL = 20
TEXT = 12
MOST_COLUMNS = 10
GROUND = (246, 246, 244)
INK = (40, 40, 40)
_STILL = Reading(animated=False)


def contact_sheet(
    images: Sequence[tuple[Path, str]], folder: Path, limits: Limits = Limits()
) -> list[VariantResult]:
    """The one image, in ``folder``, of these in their order. None of them is left out:
    what cannot be read has its name and no picture."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(images))))
    rows = math.ceil(len(images) / columns)
    size = (
        GAP + columns * (CELL + GAP),
        GAP + rows * (CELL + LABEL + GAP),
    )
    sheet = Image.new("RGB", size, GROUND)
    for number, (path, name) in enumerate(images):
        row, column = divmod(number, columns)
        left = GAP + column * (CELL + GAP)
        top = GAP + row * (CELL + LABEL + GAP)
        _place(sheet, path, left, top, limits)
        _write(sheet, name, left, top + CELL)
    picture = Picture(frames=(np.asarray(sheet),))
    output = WebpOutput(quality=85)
    return [written(picture, "contact-sheet", output, folder, "/output")]


def _place(sheet: Image.Image, path: Path, left: int, top: int, limits: Limits) -> None:
    try:
        picture = read_picture(path, _STILL, limits, _scale)
    except InvalidImage:
        return
    image = Image.fromarray(picture.first)
    image.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    place = left + (CELL - image.width) // 2, top + (CELL - image.height) // 2
    sheet.paste(image, place, image if image.mode == "RGBA" else None)


def _scale(width: int, height: int) -> float:
    return min(1.0, CELL / max(width, height))


def _write(sheet: Image.Image, name: str, left: int, top: int) -> None:
    try:
        block = _fitting(name)
    except InvalidImage:
        return  # a name of which no font has a letter
    begin, _, end, _ = block.box()
    block.draw(sheet, (left + (CELL - end - begin) / 2, top + 4), INK)


def _fitting(name: str) -> Block:
    text, block = name, Block(name, TEXT)
    while block.box()[2] > CELL and len(text) > 2:
        text = text[:-2].rstrip("\N{HORIZONTAL ELLIPSIS}") + "\N{HORIZONTAL ELLIPSIS}"
        block = Block(text, TEXT)
    return block
