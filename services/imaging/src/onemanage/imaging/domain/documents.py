"""Pages of a PDF, drawn by PDFium. Scripts are not run, and forms not filled in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import cv2
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from pypdfium2 import raw

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.errors import InvalidImage

DPI = 150
MAX_PIXELS = 40_000_000
_POINTS = 72


def header(data: bytes, reading: Reading, limits: Limits) -> Header:
    """Of the page that is asked for. Raises InvalidImage."""
    with _page(data, reading, limits) as (_, found, _):
        return found


def read(data: bytes, reading: Reading, limits: Limits) -> Picture:
    """The page on white."""
    with _page(data, reading, limits) as (page, _, scale):
        bitmap = page.render(scale=scale, may_draw_forms=False)
        pixels = cv2.cvtColor(bitmap.to_numpy(), cv2.COLOR_BGR2RGB)
        bitmap.close()
    return Picture(frames=(cast(Pixels, pixels),))


@contextmanager
def _page(
    data: bytes, reading: Reading, limits: Limits
) -> Iterator[tuple[pypdfium2.PdfPage, Header, float]]:
    """The page, its header, and pixels per point."""
    with clear_errors("PDF"):
        document = _opened(data)
        try:
            pages = len(document)
            if reading.page > pages:
                text = f"The document has {pages} pages and no page {reading.page}."
                raise InvalidImage("imaging.no_such_page", text, "/reading/page")
            page = document[reading.page - 1]
            width, height = page.get_size()
            scale = reading.width / width if reading.width else DPI / _POINTS
            found = Header(
                format="pdf",
                width=max(1, round(width * scale)),
                height=max(1, round(height * scale)),
                pages=pages,
            )
            check_size(found, limits, f"page {reading.page}")
            if found.width * found.height > MAX_PIXELS:
                size = f"{found.width} x {found.height}"
                text = f"The page would have {size} pixels. Set reading.width."
                raise InvalidImage("imaging.too_large", text, f"page {reading.page}")
            yield page, found, scale
        finally:
            document.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            text = "The document needs a password. Save it without one."
            raise InvalidImage("imaging.encrypted", text, "header") from error
        raise
