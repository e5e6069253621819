"""Which encoding a text file is in: by its mark, by its zeros, or by what it would say."""

import codecs
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import BLOCK, MARKS
from onemanage.data_import.domain.reading.plausible import Ranked, rank

WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
ESCAPE = re.compile(rb"\x1b[$(][@-Z]|\x1b\$[()][@-Z]")
"""How ISO-2022 changes from one set of characters to the other."""
_FIELD = re.compile(rb'[^\r\n\t,;"]+')
_LINE = re.compile(rb"[^\r\n]+")
_FIRST, _LATER, _MOST = 16 << 10, 4 << 10, 48 << 10
"""Bytes of evidence from the first block, from each later one, and in all."""

_OF_PAIRS = ("gb18030", "cp932", "euc_jp", "big5hkscs", "cp949")


class Encoding(NamedTuple):
    name: str
    bad: bool = False
    """Some bytes are not of this encoding all the same."""
    ranked: Ranked | None = None
    """Where neither a mark nor the bytes alone decided."""


def sniff_encoding(path: Path, member: str | None, seconds: float) -> Encoding:
    """Looks at the whole file, or at what ``seconds`` of processor time allow."""
    with open_bytes(path, member) as stream:
        head = stream.read(64 << 10)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return Encoding(name)
    if wide := sniff_wide(head):
        return Encoding(wide)
    seen = _Seen()
    for block in _blocks(path, member, time.process_time() + seconds):
        seen.look(block)
    return seen.conclude()


def sniff_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 of either order, by its mark or by where its zeros are."""
    for mark, name in MARKS.items():
        if name in WIDE and head.startswith(mark):
            return name
    if b"\0" not in head:
        return None
    counts = {name: _plain(head.rstrip(b"\0"), name) for name in WIDE}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _plain(head: bytes, encoding: str) -> int:
    """How many characters of it are ASCII in that encoding, such as digits, delimiters
    and ends of lines; 0 where it cannot be that encoding."""
    unit = 4 if "32" in encoding else 2
    try:
        text = head[: len(head) - len(head) % unit].decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(head) - 2 * unit:  # else the last character is cut
            return 0
        text = head[: error.start].decode(encoding)
    lines = text.count("\n") + text.count("\r")
    if not lines or text.count("\0") > len(text) // 100:
        return 0
    plain = lines + sum(" " <= char <= "~" or char == "\t" for char in text)
    # Of other bytes, a few may stand beside a NUL by chance.
    return plain if plain > max(3, len(text) // 50) else 0


def _blocks(path: Path, member: str | None, until: float) -> Iterator[bytes]:
    with open_bytes(path, member) as stream:
        while (block := stream.read(BLOCK)) and time.process_time() < until:
            yield block


class _Seen:
    """What is found out of a file, block by block."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._good = self._bad = 0
        self._fields: dict[bytes, None] = {}
        self._size = 0
        self._escapes = False

    def look(self, block: bytes) -> None:
        self._escapes = self._escapes or bool(ESCAPE.search(block))
        if block.isascii() and not self._escapes:
            self._bad += len(self._decoder.decode(b"", final=True))
            self._decoder.reset()
            return
        text = self._decoder.decode(block)
        escaped = len(re.findall("[\udc80-\udcff]", text))
        self._bad += escaped
        self._good += len(text) - len(text.encode("ascii", "ignore")) - escaped
        self._gather(block)

    def _gather(self, block: bytes) -> None:
        """Different fields that say something about the encoding."""
        allowed = min(self._size + (_LATER if self._size else _FIRST), _MOST)
        # In ISO-2022 half a letter may look like a delimiter.
        pieces = (_LINE if self._escapes else _FIELD).finditer(block)
        for found in pieces:
            if self._size >= allowed:
                break
            field = found.group()[:1000]
            told = not field.isascii() or b"\x1b" in field
            if told and field not in self._fields:
                self._fields[field] = None
                self._size += len(field)

    def conclude(self) -> Encoding:
        self._bad += len(self._decoder.decode(b"", final=True))
        if not self._bad and not self._escapes:
            return Encoding("utf-8")
        # Two bytes of another encoding are hardly ever a letter in UTF-8.
        if self._bad and self._good >= (3 * self._bad if self._bad > 2 else self._bad):
            return Encoding("utf-8", bad=True)
        evidence = b"\n".join(self._fields)
        ranked = rank(evidence)
        if ranked is None or not ranked.sure:
            ranked = self._but_few() or ranked
        if ranked is None:
            return Encoding("latin-1", bad=True) if self._bad else Encoding("utf-8")
        return Encoding(ranked.best.name, ranked=ranked)

    def _but_few(self) -> Ranked | None:
        """The encoding of two bytes that nearly all fields are in, if one is."""
        for name in _OF_PAIRS:
            good = [field for field in self._fields if _is_in(field, name)]
            if len(good) * 10 < len(self._fields) * 8:
                continue
            ranked = rank(b"\n".join(good)) if good else None
            if ranked is not None and ranked.sure and ranked.best.name == name:
                return ranked._replace(sure=False)
        return None


def _is_in(field: bytes, encoding: str) -> bool:
    try:
        field.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
