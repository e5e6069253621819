"""Pages of a PDF with their forms, drawn by PDFium. Scripts are not run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import cv2
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from pypdfium2 import raw

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.domain.vectors import drawn_at
from onemanage.imaging.errors import InvalidImage

DPI = 150
_POINTS = 72


def header(data: bytes, reading: Reading, limits: Limits) -> Header:
    """Of the page that is asked for. Raises InvalidImage."""
    with _page(data, reading) as (_, _, found):
        return found


def read(
    data: bytes,
    reading: Reading,
    limits: Limits,
    scale: Callable[[int, int], float],
) -> Picture:
    """The page on white, with what is filled into its forms, as large as is wanted."""
    with _page(data, reading) as (document, page, found):
        where = f"page {reading.page}"
        width, height = drawn_at(found, scale(found.width, found.height), where)
        drawn = Header(format="pdf", width=width, height=height)
        check_size(drawn, limits, where)
        pixels = _drawn(document, page, width, height)
    return Picture(frames=(pixels,), scale=(width / found.width, height / found.height))


def _drawn(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, width: int, height: int
) -> Pixels:
    """In exactly so many pixels; by a scale PDFium's binding rounds them up."""
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    place = (0, 0, width, height, 0, raw.FPDF_ANNOT)
    raw.FPDF_RenderPageBitmap(bitmap, page, *place)
    if document.formenv:
        raw.FPDF_FFLDraw(document.formenv, bitmap, page, *place)
    pixels = cv2.cvtColor(bitmap.to_numpy(), cv2.COLOR_BGRA2RGB)
    bitmap.close()
    return cast(Pixels, pixels)


@contextmanager
def _page(
    data: bytes, reading: Reading
) -> Iterator[tuple[pypdfium2.PdfDocument, pypdfium2.PdfPage, Header]]:
    """The document, the page, and its header."""
    with clear_errors("PDF"):
        document = _opened(data)
        try:
            document.init_forms()
            pages = len(document)
            if reading.page > pages:
                text = f"The document has {pages} pages and no page {reading.page}."
                raise InvalidImage("imaging.no_such_page", text, "/reading/page")
            page = document[reading.page - 1]
            width, height = page.get_size()
            if not (0 < width < 1e7 and 0 < height < 1e7):
                text = f"The page has {width:g} x {height:g} points. Save it again."
                raise InvalidImage("imaging.damaged", text, f"page {reading.page}")
            scale = reading.width / width if reading.width else DPI / _POINTS
            found = Header(
                format="pdf",
                width=max(1, round(width * scale)),
                height=max(1, round(height * scale)),
                pages=pages,
            )
            yield document, page, found
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
