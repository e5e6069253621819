"""What was wrong with a request, as whoever sent it is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from onemanage.contracts.imports.plans import DatabaseSource, Source
from onemanage.platform.sandbox.invalid_input import Words, as_invalid_input

_SOURCE = Words("data_import", "Reading the source", "split it into several files")
_DATASET = Words("export", "Writing the file", "ask for fewer rows or columns")


@contextmanager
def told(sources: Sequence[Source] = ()) -> Iterator[None]:
    """Inside, what is the sources' own fault is raised as InvalidInput."""
    with as_invalid_input(_SOURCE, ", ".join(map(_name, sources)) or None):
        yield


@contextmanager
def told_of(dataset: str) -> Iterator[None]:
    """Inside, what cannot be made of the data set of that name is InvalidInput."""
    with as_invalid_input(_DATASET, dataset):
        yield


def _name(source: Source) -> str:
    return source.host if isinstance(source, DatabaseSource) else source.file_name
