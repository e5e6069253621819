"""The file in a request: its body, or one part of a multipart form (RFC 7578)."""

import re
from collections.abc import AsyncIterator
from urllib.parse import unquote

from fastapi import Request
from multipart import (  # type: ignore[import-untyped]  # it has no types
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_content_disposition,
)

from onemanage.gateway.http.problems import Problem

MAX_BESIDE_BYTES = 64 * 1024
"""Bytes of a form that are not of its file: other fields, headers, boundaries."""
_MAX_BOUNDARY = 70
"""Characters (RFC 2046, 5.1.1)."""
_MAX_PARTS = 100
_HELD_BACK_BYTES = 8 * 1024
"""Bytes that the parser may hold before it says what they are: half a header line."""
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"]*)\"|([^;\s]*))", re.IGNORECASE)
_EXTENDED = re.compile(
    r";\s*filename\*\s*=\s*\"?([\w-]+)'[\w-]*'([^;\"\s]+)", re.IGNORECASE | re.ASCII
)


class SentFile:
    """The bytes that a request sends as a file, whichever way it does.

    Of a form that is the first part with bytes that is a file: one with a file name, or
    of a type that is no text, or called ``file``. Browsers send an empty part for a
    field where nothing was chosen; such a part is passed over.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._type = request.headers.get("content-type", "")
        kind = self._type.partition(";")[0].strip().lower()
        self.is_form = kind == "multipart/form-data"
        self.name = disposition_name(request.headers.get("content-disposition", ""))
        """Of a form it is known once the first chunk is."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Raises Problem where a form is not one, is cut off, or holds two files."""
        if not self.is_form:
            return self._request.stream()
        found = _BOUNDARY.search(self._type)
        boundary = (found.group(1) or found.group(2)) if found else ""
        if not 1 <= len(boundary) <= _MAX_BOUNDARY:
            raise _bad_form(
                f"the boundary in its Content-Type has {len(boundary)} characters, "
                f"and 1 to {_MAX_BOUNDARY} are allowed"
            )
        return self._parsed(boundary)

    async def _parsed(self, boundary: str) -> AsyncIterator[bytes]:
        parser = PushMultipartParser(
            boundary.encode("latin-1"),
            max_segment_count=_MAX_PARTS,
            header_charset="latin-1",
        )
        form = _Form()
        try:
            async for chunk in self._request.stream():
                form.beside += len(chunk)
                # An empty chunk would tell the parser that the form has ended.
                for event in parser.parse(chunk) if chunk else ():
                    if found := form.file_bytes(event):
                        self.name = form.name
                        yield found
                form.check()
        except ParserLimitReached:
            raise _too_much() from None
        except MultipartError as error:
            raise _bad_form(str(error)) from None
        _check_end(parser)


class _Form:
    """What has been seen of one."""

    def __init__(self) -> None:
        self.beside = 0
        self.name: str | None = None
        self._file: MultipartSegment | None = None
        self._part: MultipartSegment | None = None

    def file_bytes(self, event: MultipartSegment | bytes | None) -> bytes | None:
        """Those of the event that are of the file."""
        if not isinstance(event, bytes | bytearray):
            self._part = event
            return None
        part = self._part
        if part is not None and part is not self._file:
            if not _is_file(part):
                return None
            if self._file is not None:
                detail = "The form holds more than one file; send one a request."
                raise Problem(422, "form.many_files", detail)
            self._file = part
            self.name = disposition_name(part.header("Content-Disposition"))
        self.beside -= len(event)
        return bytes(event)

    def check(self) -> None:
        if self.beside > MAX_BESIDE_BYTES + _HELD_BACK_BYTES:
            raise _too_much()


def _is_file(part: MultipartSegment) -> bool:
    if part.filename is not None or part.name == "file":
        return True
    return part.content_type not in (None, "text/plain") or bool(
        _EXTENDED.search(part.header("Content-Disposition"))
    )


def _check_end(parser: PushMultipartParser) -> None:
    try:
        parser.close()
    except MultipartError:
        raise _bad_form("it ends before its closing boundary") from None


def disposition_name(header: str) -> str | None:
    """The file name in a Content-Disposition; ``header`` is as latin-1 reads it.

    ``filename*`` (RFC 8187) goes before ``filename``, where browsers write a quotation
    mark as ``%22``.
    """
    if extended := _EXTENDED.search(header):
        charset, value = extended.groups()
        return unquote(value, "latin-1" if charset.lower() == "iso-8859-1" else "utf-8")
    name = parse_content_disposition(header)[2]
    if name is None:
        return None
    raw: bytes = name.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _bad_form(why: str) -> Problem:
    return Problem(400, "bad_form", f"The multipart form cannot be read: {why}.")


def _too_much() -> Problem:
    detail = (
        f"The form may hold {MAX_BESIDE_BYTES} bytes and {_MAX_PARTS} parts beside "
        "its file; send the file alone, or fewer fields."
    )
    return Problem(413, "form.too_large", detail, max_bytes=MAX_BESIDE_BYTES)
