"""Pieces of a download that come in any order: hashed in the right one, never with a gap."""

import hashlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from onemanage.client import spreading
from onemanage.client.ranges import Damaged
from onemanage.client.sinks import PathSink
from onemanage.client.spreading import Piece, Spread

DATA = random.Random("pieces").randbytes(10_000)


@pytest.fixture
def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PathSink]:
    monkeypatch.setattr(spreading, "_PIECE_BYTES", 300)
    monkeypatch.setattr(spreading, "_HASHED_BYTES", 70)
    found = PathSink(tmp_path / "a.bin", overwrite=False)
    found.begin(None, '"tag"', len(DATA))
    yield found
    found.give_up(keep=False)


def pieces_of(spread: Spread) -> list[Piece]:
    found = []
    while (piece := spread.next()) is not None:
        found.append(piece)
    return found


def test_pieces_in_any_order_have_the_hash_of_the_whole(sink: PathSink) -> None:
    sink.write(DATA[:100])  # of an earlier time
    found = hashlib.sha256()
    spread = Spread(sink, 100, len(DATA), found)
    pieces = pieces_of(spread)
    random.Random(1).shuffle(pieces)
    for piece in pieces:
        while piece.at < piece.end:
            spread.take(piece, DATA[piece.at : min(piece.at + 110, piece.end)])
    spread.finish()
    sink.commit()

    assert sink.path.read_bytes() == DATA
    assert found.hexdigest() == hashlib.sha256(DATA).hexdigest()


def test_threads_that_bring_pieces_at_once_lose_nothing(sink: PathSink) -> None:
    found = hashlib.sha256()
    spread = Spread(sink, 0, len(DATA), found)

    def bring() -> None:
        while (piece := spread.next()) is not None:
            while piece.at < piece.end:
                spread.take(piece, DATA[piece.at : min(piece.at + 17, piece.end)])

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spread.finish()
    sink.commit()

    assert sink.path.read_bytes() == DATA
    assert found.hexdigest() == hashlib.sha256(DATA).hexdigest()


def test_what_is_broken_off_ends_before_its_first_gap(sink: PathSink) -> None:
    spread = Spread(sink, 0, len(DATA), None)
    first, second, third, *_ = pieces_of(spread)
    spread.take(third, DATA[third.at : third.end])
    spread.take(first, DATA[first.at : first.end])
    spread.take(second, DATA[second.at : second.at + 5])

    kept = sink.give_up(keep=True)

    assert kept is not None and kept.read_bytes() == DATA[:305]


def test_more_than_was_asked_for_is_refused(sink: PathSink) -> None:
    spread = Spread(sink, 0, len(DATA), None)
    piece = spread.next()
    assert piece is not None
    with pytest.raises(Damaged, match="proxy"):
        spread.take(piece, DATA[:301])
