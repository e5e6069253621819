"""SVG, drawn at the size that is wanted of it."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import imagecodecs
import resvg_py

from onemanage.contracts.imaging.operations.values import MAX_SIDE
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain import fonts
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits, Picture, without_idle_alpha
from onemanage.imaging.domain.svg import faces
from onemanage.imaging.domain.svg.clean import Cleaned, clean
from onemanage.imaging.domain.svg.size import DPI
from onemanage.imaging.domain.vectors import drawn_at
from onemanage.imaging.errors import InvalidImage

_FILTER_SECONDS = 2.0
"""That all filters together may take, by what each was measured to."""


def header(data: bytes, reading: Reading) -> Header:
    """Raises InvalidImage."""
    return _header(clean(data), reading)


def read(
    data: bytes,
    reading: Reading,
    limits: Limits,
    scale: Callable[[int, int], float],
) -> Picture:
    """Drawn as large as is wanted, which may be larger than its own size. Raises
    InvalidImage; also for what would be drawn too slowly."""
    drawing = clean(data)
    found = _header(drawing, reading)
    width, height = drawn_at(found, scale(found.width, found.height))
    drawn = Header(format="svg", width=width, height=height)
    check_size(drawn, limits)
    unit = drawing.unit * width / drawing.width
    if drawing.weight.filter_seconds(unit, width * height) > _FILTER_SECONDS:
        text = f"The filters take too long at {width} x {height}. Set reading.width."
        raise InvalidImage("imaging.too_large", text, "filters")
    with clear_errors("SVG"), TemporaryDirectory() as folder:
        files, unread = _font_files(drawing, Path(folder))
        png = resvg_py.svg_to_bytes(
            svg_string=drawing.text,
            width=width,
            height=height,
            dpi=DPI,  # it takes 0 where nobody says: lengths in mm would be no lengths
            font_files=files,
            font_dirs=[str(fonts.PACKAGE)],
            font_family=fonts.FAMILY,
            serif_family=fonts.FAMILY,
            sans_serif_family=fonts.FAMILY,
        )
        pixels = imagecodecs.png_decode(png)
    warnings = unread
    if drawing.left_out:
        listed = ", ".join(drawing.left_out)
        warnings.append(f"Not drawn, as it may reach outside the SVG: {listed}.")
    return Picture(
        frames=(without_idle_alpha(pixels),),
        scale=(width / found.width, height / found.height),
        warnings=tuple(warnings),
    )


def _font_files(drawing: Cleaned, folder: Path) -> tuple[list[str], list[str]]:
    """The fonts within it, as files that the drawer opens; and warnings."""
    files, unpacker = [], faces.Unpacker()
    unread = drawing.fonts[faces.MAX_COUNT :]
    for number, rule in enumerate(drawing.fonts[: faces.MAX_COUNT]):
        file = folder / f"{number}.ttf"
        try:
            file.write_bytes(unpacker.named(rule))
            files.append(str(file))
        except faces.BadFace:
            unread.append(rule)
    names = dict.fromkeys(rule.family[:80] for rule in unread)
    return files, [f"The font {name} in the SVG is not used." for name in names]


def _header(drawing: Cleaned, reading: Reading) -> Header:
    width, height = drawing.width, drawing.height
    if reading.width is not None:
        width, height = reading.width, height * reading.width / width
    if not max(width, height) < 1e9:
        text = f"The SVG is larger than {MAX_SIDE} pixels. Set reading.width."
        raise InvalidImage("imaging.too_large", text, "header")
    size = max(1, round(width)), max(1, round(height))
    return Header(format="svg", width=size[0], height=size[1])
