"""A file that is planned."""

from pathlib import Path
from typing import NamedTuple


class PlannedFile(NamedTuple):
    file_id: str
    path: Path
    name: str
    """As its sender calls it."""
