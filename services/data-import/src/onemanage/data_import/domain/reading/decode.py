"""Bytes of any encoding into blocks of UTF-8.

What cannot be decoded becomes bytes that are no UTF-8 either, so that the row which
holds it is rejected later; nothing is replaced by a question mark.
"""

import codecs
from collections.abc import Iterator

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types

from onemanage.data_import.domain.reading.archive import Stream

BLOCK = 4 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # begins like that of UTF-16
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"\x84\x31\x95\x33": "gb18030",
}
"""Byte order marks, in the order in which they are looked for."""

# What calls itself Latin-1 is Windows-1252, as browsers have it: the 27 characters that
# Windows added stand where Latin-1 has control codes that no table needs.
_LATIN = "".join(
    bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256)
)
_NO_TEXT = ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape")


def _keep_bad(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error("onemanage.keep_bad", _keep_bad)


def is_encoding(name: str) -> bool:
    """Whether it is one that Python reads text in, by any of its names."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return False
    # rot13, hex and their like are codecs too, and some of these run on no system.
    text = bool(getattr(found, "_is_text_encoding", True))
    name = found.name.replace("-", "_")
    return text and found.incrementaldecoder is not None and name not in _NO_TEXT


class Decoder:
    """Blocks of one encoding, in order, to UTF-8.

    Byte order marks at the beginning are dropped, however many there are, and so are
    NUL characters at the end, which some programs fill files up with.
    """

    def __init__(self, encoding: str) -> None:
        name = codecs.lookup(encoding).name
        self._latin = name == "iso8859-1"
        self._begins = True
        self._head = b""
        self._nuls = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        if name not in ("utf-8", "utf-8-sig", "iso8859-1"):
            self._decoder = codecs.getincrementaldecoder(encoding)("onemanage.keep_bad")

    def decode(self, block: bytes, final: bool = False) -> bytes:
        """The block as UTF-8 without a byte order mark.

        Bytes of a character that goes on in the next block are kept for it; ``final``
        says that there is none. What is no text becomes lone surrogates.
        """
        text = self._decoded(block, final)
        if self._begins:
            text = self._without_mark(text, final)
        if text.endswith(b"\0") or self._nuls:
            text = self._without_padding(text)
        return text

    def _decoded(self, block: bytes, final: bool) -> bytes:
        if self._latin:
            return codecs.charmap_decode(block, "strict", _LATIN)[0].encode()
        if self._decoder is None:
            return block
        return self._decoder.decode(block, final).encode("utf-8", "surrogatepass")

    def _without_mark(self, text: bytes, final: bool) -> bytes:
        text = self._head + text
        while text.startswith(codecs.BOM_UTF8):
            text = text[len(codecs.BOM_UTF8) :]
        if codecs.BOM_UTF8.startswith(text) and not final:
            self._head = text  # one may go on in the next block
            return b""
        self._begins, self._head = False, b""
        return text

    def _without_padding(self, text: bytes) -> bytes:
        """NULs wait until something follows them."""
        kept = text.rstrip(b"\0")
        before, self._nuls = self._nuls, len(text) - len(kept)
        if kept:
            return b"\0" * before + kept
        self._nuls += before
        return b""


def utf8_blocks(stream: Stream, encoding: str) -> Iterator[bytes]:
    """The stream as UTF-8, in blocks of about BLOCK bytes that end anywhere."""
    decoder = Decoder(encoding)
    while block := stream.read(BLOCK):
        if text := decoder.decode(block):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def is_utf8(data: bytes) -> bool:
    """Arrow looks without making a text of it, as `bytes.decode` would."""
    if data.isascii():
        return True
    try:
        pa.array([data], pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True
