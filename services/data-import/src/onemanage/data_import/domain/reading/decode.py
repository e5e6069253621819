"""Bytes of any encoding into blocks of UTF-8.

What cannot be decoded becomes bytes that are no UTF-8 either, so that the row which
holds it is rejected later; nothing is replaced by a question mark.
"""

import codecs
from collections.abc import Iterator

from onemanage.data_import.domain.reading.archive import Stream

BLOCK = 4 << 20
BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "gb18030": b"\x84\x31\x95\x33",
}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "latin-1")

# What calls itself Latin-1 is Windows-1252, as browsers have it: the 27 characters that
# Windows added stand where Latin-1 has control codes that no table needs.
_LATIN = "".join(
    bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256)
)


def _keep_bad(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error("onemanage.keep_bad", _keep_bad)


class Decoder:
    """Blocks of one encoding, in order, to UTF-8; the byte order mark is dropped."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._mark = BOMS.get(encoding, b"")
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        if encoding not in ("utf-8", "latin-1"):
            self._decoder = codecs.getincrementaldecoder(encoding)("onemanage.keep_bad")

    def decode(self, block: bytes, final: bool = False) -> bytes:
        """The block as UTF-8 without a byte order mark.

        Bytes of a character that goes on in the next block are kept for it; ``final``
        says that there is none. What is no text becomes lone surrogates.
        """
        if self._mark:
            block = self._head = self._head + block
            if len(block) < len(self._mark) and not final:
                return b""
            block = block.removeprefix(self._mark)
            self._mark = self._head = b""
        if self._encoding == "latin-1":
            return codecs.charmap_decode(block, "strict", _LATIN)[0].encode()
        if self._decoder is None:
            return block
        return self._decoder.decode(block, final).encode("utf-8", "surrogatepass")


def utf8_blocks(stream: Stream, encoding: str) -> Iterator[bytes]:
    """The stream as UTF-8, in blocks of about BLOCK bytes that end anywhere."""
    decoder = Decoder(encoding)
    while block := stream.read(BLOCK):
        if text := decoder.decode(block):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text
