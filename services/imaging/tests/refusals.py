"""What a file that is refused may cost, and how it is refused."""

import resource
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.errors import InvalidImage

MEBI = 1 << 20


def refusal(
    path: Path, reading: Reading = Reading(), limits: Limits = Limits()
) -> InvalidImage:
    with pytest.raises(InvalidImage) as caught:
        read_picture(path, reading, limits)
    return caught.value


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    """Fails where the process grows by more than this."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    try:
        yield
        traced = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert max(grown << 10, traced) < megabytes * MEBI
