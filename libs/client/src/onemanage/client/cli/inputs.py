"""What is named on the command line as files: names, patterns, directories, ``-``."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from onemanage.client.cli.exits import CommandError, Exit, UsageError
from onemanage.client.cli.text import shown

STDIN = "-"
PSD = frozenset({".psd", ".psb"})
IMAGES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".gif", ".tif"}
    | {".tiff", ".bmp", ".jxl", ".svg", ".psd", ".psb"}
)
TABLES = frozenset(
    {".csv", ".tsv", ".txt", ".gz", ".bz2", ".zst", ".zip", ".xlsx", ".xlsm", ".xlsb"}
    | {".xls", ".ods", ".parquet", ".arrow", ".feather", ".json", ".jsonl", ".ndjson"}
    | {".sqlite", ".db"}
)
ANY = frozenset[str]()
"""Of a directory every file that is not hidden."""


@dataclass(frozen=True)
class Input:
    """One file to send, or what comes on standard input."""

    path: Path | None
    """None: standard input."""

    name: str
    """What the server is told that it is called."""

    under: Path = Path()
    """The folders below the directory that was named, kept for what is written."""

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return Path(self.name).stem or self.name

    def identity(self) -> str:
        """Changes when the file does: where it is, its size, when it was written.

        Raises CommandError where it is not there any more.
        """
        if self.path is None:
            return STDIN
        try:
            stat = self.path.stat()
        except OSError as error:
            raise unreadable(self.path, error) from error
        return f"{self.path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}"


def unreadable(path: Path, error: OSError) -> CommandError:
    """The error to raise of a file that cannot be opened."""
    reason = error.strerror or str(error)
    missing = isinstance(error, FileNotFoundError)
    return CommandError(
        f"{shown(path)}: {reason[0].lower()}{reason[1:]}. Nothing was sent of it.",
        Exit.NOT_FOUND if missing else Exit.FAILED,
        code="no_such_file" if missing else "file_unreadable",
    )


def inputs(
    named: Iterable[str], endings: frozenset[str], name: str = "stdin"
) -> list[Input]:
    """Every file meant, each once, in the order in which they were named.

    A directory is all files below it with one of the endings; a pattern is what it
    matches, for a shell that has left it as it is. Raises UsageError where standard
    input comes with others, and CommandError where a name or pattern is nothing.
    """
    names = list(named)
    if STDIN in names:
        if len(names) > 1:
            raise UsageError("- is standard input and stands alone, without files.")
        if sys.stdin is not None and sys.stdin.isatty():
            raise UsageError("- reads standard input, which is a terminal here.")
        return [Input(None, name)]
    found: dict[str, Input] = {}
    for one in names:
        for each in _meant(one, endings):
            found.setdefault(os.path.abspath(str(each.path)), each)
    return list(found.values())


def _meant(named: str, endings: frozenset[str]) -> Iterator[Input]:
    path = Path(named)
    if path.is_dir():
        below = [one for one in sorted(path.rglob("*")) if _is_meant(one, endings)]
        if not below:
            wanted = f" that end in {', '.join(sorted(endings))}" if endings else ""
            raise _nothing(f"{shown(path)} has no files{wanted}.")
        for one in below:
            yield Input(one, one.name, one.parent.relative_to(path))
    elif path.exists() or not glob.has_magic(named):
        if not path.exists():
            raise _nothing(f"{shown(path)} is not there. Look at the name.")
        yield Input(path, path.name)
    else:
        matches = sorted(glob.glob(named, recursive=True))
        if not matches:
            raise _nothing(f"No file is like {shown(named)}.")
        for match in matches:
            if os.path.isfile(match):
                yield Input(Path(match), Path(match).name)


def _is_meant(path: Path, endings: frozenset[str]) -> bool:
    if path.name.startswith(".") or not path.is_file():
        return False
    return not endings or path.suffix.lower() in endings


def _nothing(message: str) -> CommandError:
    return CommandError(message, Exit.NOT_FOUND, code="no_such_file")
