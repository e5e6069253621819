"""Where what is made of each file is put."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from onemanage.client.cli import fetching
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.inputs import Input
from onemanage.client.cli.text import shown


def destinations(found: Sequence[Input], out: str) -> dict[Input, Path]:
    """A path in ``out`` without an ending, by the names of the files.

    The folders below a directory that was named are kept. Of two files that are called
    alike the second gets a number, the same in each run. Nothing for standard output:
    raises UsageError where that is a terminal, or there are several files.
    """
    if out == fetching.STDOUT:
        if len(found) > 1:
            raise UsageError(f"--out - takes one file, and there are {len(found)}.")
        fetching.check_stdout()
        return {}
    fetching.folder_for(out)
    places: dict[Input, Path] = {}
    taken: set[str] = set()
    for one in found:
        place, number = Path(out) / one.under / one.stem, 1
        while str(place).lower() in taken:
            number += 1
            place = place.with_name(f"{one.stem}-{number}")
        taken.add(str(place).lower())
        places[one] = place
    return places


def check_none_is_source(paths: Iterable[Path], found: Iterable[Input]) -> None:
    """Raises UsageError where one would be written over a file that is read."""
    sources = {one.path.resolve() for one in found if one.path is not None}
    for path in paths:
        if path.resolve() in sources:
            raise UsageError(
                f"{shown(path)} would be written over, and it is what is read. Name"
                " another folder by --out."
            )
