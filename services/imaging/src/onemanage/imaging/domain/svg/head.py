"""Whether a file is an SVG, by how it begins."""

import codecs
import re
import zlib

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]")
_OTHER = re.compile(r"<(?!svg[\s>/])[A-Za-z_]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_GZIP = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""What stands at the beginning of a text in such an encoding (XML 1.0, appendix F)."""


def looks_like_svg(head: bytes) -> bool:
    """Whether the first element of XML in it is ``svg``; also packed by gzip, in UTF-16,
    and where only a comment is to be seen that does not end."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            return False
    text = _text(head).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return False
    bare = _COMMENT.sub("", text)
    root = _ROOT.search(bare)
    other = _OTHER.search(bare)
    if root is not None:
        return other is None or root.start() <= other.start()
    begins = ("<?xml", "<!--", "<!DOCTYPE svg")
    return other is None and text.startswith(begins) and len(head) >= 4096


def _text(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    return head.decode("latin-1")
