"""Documents whose pixels are left in the file until they are asked for."""

from pathlib import Path
from typing import Literal

import pytest
from psd_tools import PSDImage
from psd_tools.constants import Compression

from onemanage.psd.domain import lazy
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document

from . import samples


@pytest.fixture(autouse=True)
def everything_is_worth_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy, "_WORTH_LEAVING", 0)


def _pixels(document: PSDImage) -> list[tuple[Compression, bytes]]:
    channels = [c for layer in document.descendants() for c in layer._channels]
    merged = document._record.image_data
    return [(c.compression, c.data) for c in channels] + [
        (merged.compression, merged.data)
    ]


@pytest.mark.parametrize("depth", [8, 16, 32])
def test_what_is_read_later_is_what_psd_tools_reads_at_once(
    tmp_path: Path, depth: Literal[8, 16, 32]
) -> None:
    path = samples.layered(tmp_path / "a.psd", depth=depth)
    left = open_document(path, Limits())
    assert _pixels(left) == _pixels(PSDImage.open(path))
    assert [x._length for layer in left.descendants() for x in layer._channels] == [
        x._length
        for layer in PSDImage.open(path).descendants()
        for x in layer._channels
    ]


def test_a_document_holds_none_of_its_pixels(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    document = open_document(path, Limits())
    path.write_bytes(b"")
    with pytest.raises(OSError, match="left in the file"):
        _pixels(document)


def test_psd_tools_reads_as_before_once_a_document_is_open(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    open_document(path, Limits())
    document = PSDImage.open(path)
    path.write_bytes(b"")
    assert any(data for _, data in _pixels(document))


def test_real_documents_are_read_alike() -> None:
    files = [*samples.CORPUS.rglob("*.psd"), *samples.CORPUS.rglob("*.psb")]
    if not files:
        pytest.skip("the corpus is not at hand")
    for path in sorted(files)[::7]:
        assert _pixels(open_document(path, Limits())) == _pixels(PSDImage.open(path))


@pytest.mark.parametrize(("begin", "end"), [(0, 7), (5, 9), (11, 10**9), (8, 3)])
def test_a_part_of_what_was_left_is_that_part_of_the_whole(
    tmp_path: Path, begin: int, end: int
) -> None:
    path = samples.layered(tmp_path / "a.psd")
    for document in (open_document(path, Limits()), PSDImage.open(path)):
        image = document._record.image_data
        assert lazy.part_of(image, begin, end) == image.data[begin:end]
