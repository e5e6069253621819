"""A large download in pieces, which come in any order over several connections.

One connection waits for each step of gateway and storage in turn; several do not. What
is there from the beginning on without a gap is known at any time, and is hashed.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from onemanage.client.ranges import Damaged
from onemanage.client.sinks import PathSink

LARGE_BYTES = 64 * 1024 * 1024
"""From this on several connections bring it."""
RANGES_AT_ONCE = 3
_PIECE_BYTES = 16 * 1024 * 1024
_HASHED_BYTES = 1024 * 1024
"""At a time."""


class Changed(Exception):
    """Other bytes have taken their place at the server."""


@dataclass
class Piece:
    """A range that one connection brings."""

    at: int
    """Where the next byte of it belongs."""
    end: int


class Spread:
    """The rest of a download from ``there`` on. Several threads may bring pieces."""

    def __init__(self, sink: PathSink, there: int, total: int, hash: Any) -> None:
        """``hash`` is of nothing yet; None where none is wanted."""
        self._sink, self._total, self._hash = sink, total, hash
        self._left = there
        self._open: deque[Piece] = deque()
        self._hashed = 0
        self._turn, self._hashing = threading.Lock(), threading.Lock()
        sink.spread(total)

    def next(self) -> Piece | None:
        """The next piece; None where others bring what is left."""
        with self._turn:
            if self._left == self._total:
                return None
            piece = Piece(self._left, min(self._left + _PIECE_BYTES, self._total))
            self._left = piece.end
            self._open.append(piece)
            return piece

    def take(self, piece: Piece, chunk: bytes) -> None:
        """Its next bytes. Raises NotWritable, Damaged."""
        if len(chunk) > piece.end - piece.at:
            raise Damaged(
                f"More came than the {piece.end - piece.at:,} bytes that were asked "
                "for. Is there a proxy between? Download it again."
            )
        self._sink.write_at(piece.at, chunk)
        with self._turn:
            piece.at += len(chunk)
            self._sink.reached(self._reached())
        self._hash_on(blocking=False)

    def finish(self) -> None:
        """All is there: see to it that all is hashed."""
        self._hash_on(blocking=True)

    def _reached(self) -> int:
        """Up to where nothing is missing."""
        while self._open and self._open[0].at == self._open[0].end:
            self._open.popleft()
        return self._open[0].at if self._open else self._left

    def _hash_on(self, *, blocking: bool) -> None:
        """What is there without a gap by now; one thread at a time, in order."""
        if self._hash is None or not self._hashing.acquire(blocking):
            return
        try:
            while chunk := self._sink.read_at(self._hashed, self._hashable()):
                self._hash.update(chunk)
                self._hashed += len(chunk)
        finally:
            self._hashing.release()

    def _hashable(self) -> int:
        with self._turn:
            return min(self._reached() - self._hashed, _HASHED_BYTES)
