"""Which encoding bytes without a mark are in: UTF-8, GB18030 or Latin-1."""

import codecs
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import BLOCK, BOMS

# Two bytes of a common Chinese character, and two that are one in GB18030 alone:
# letters with accents before plain ones look like the latter.
_COMMON = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_RARE = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xa0]")


class Encoding(NamedTuple):
    name: str
    bad: bool = False
    """Some bytes are not of this encoding all the same."""


def sniff_encoding(path: Path, member: str | None, seconds: float) -> Encoding:
    """Looks at the whole file, or at what ``seconds`` of processor time allow."""
    with open_bytes(path, member) as stream:
        head = stream.read(64 << 10)
    for name in ("utf-8", "gb18030"):
        if head.startswith(BOMS[name]):
            return Encoding(name)
    if wide := sniff_utf16(head):
        return Encoding(wide)
    until = time.process_time() + seconds
    fits = _fits(path, member, "utf-8", until)
    if fits is None:
        return Encoding("utf-8")
    return _other(path, member, until)


def sniff_utf16(head: bytes) -> str | None:
    """utf-16-le or utf-16-be, by its mark or by where its zeros are."""
    for encoding in ("utf-16-le", "utf-16-be"):
        if head.startswith(BOMS[encoding]):
            return encoding
    sample = head[: len(head) & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half // 3 and even < half // 50 + 1:
        return "utf-16-le"
    if even > half // 3 and odd < half // 50 + 1:
        return "utf-16-be"
    return None


def _blocks(path: Path, member: str | None, until: float) -> Iterator[bytes]:
    with open_bytes(path, member) as stream:
        while (block := stream.read(BLOCK)) and time.process_time() < until:
            yield block


def _fits(path: Path, member: str | None, encoding: str, until: float) -> int | None:
    """None if all bytes are of that encoding, else about where they are not."""
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    for block in _blocks(path, member, until):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return at + error.start
        at += len(block)
    try:
        # Out of time, the last character may be cut by us and not by the file.
        decoder.decode(b"", final=time.process_time() < until)
    except UnicodeDecodeError:
        return at
    return None


def _other(path: Path, member: str | None, until: float) -> Encoding:
    """Of bytes that are not all UTF-8: what most of them are."""
    good = bad = common = rare = 0
    for block in _blocks(path, member, until):
        if block.isascii():
            continue
        text = block.decode(errors="surrogateescape")
        escaped = len(re.findall("[\udc80-\udcff]", text))
        bad += escaped
        good += len(text) - len(text.encode("ascii", "ignore")) - escaped
        common += len(_COMMON.findall(block))
        rare += len(_RARE.findall(block))
    if good > 10 * bad:
        return Encoding("utf-8", bad=True)
    if common >= rare and common:
        fits = _fits(path, member, "gb18030", until)
        if fits is None:
            return Encoding("gb18030")
        if common > 20 * max(rare, 1):
            return Encoding("gb18030", bad=True)
    return Encoding("latin-1")
