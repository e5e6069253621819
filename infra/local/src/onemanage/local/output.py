"""Where the lines of the supervised processes go."""

import os
import sys
import zlib
from pathlib import Path
from typing import TextIO

from onemanage.local.child import Output

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
NAME_WIDTH = 16


def terminal(stream: TextIO = sys.stdout) -> Output:
    """Every line behind its process's name; coloured on a terminal (NO_COLOR: never)."""
    coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def write(name: str, line: str) -> None:
        prefix = f"{name:<{NAME_WIDTH}} │"
        if coloured:
            colour = COLOURS[zlib.crc32(name.encode()) % len(COLOURS)]
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        stream.write(f"{prefix} {line}\n")
        stream.flush()

    return write


def log_file(path: Path) -> Output:
    """Every line behind its process's name, appended to a file."""

    def write(name: str, line: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{name:<{NAME_WIDTH}} │ {line}\n")

    return write
