"""Archives that were downloaded -> files in a folder, under names that it may have."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from onemanage.client.names import safe_name


def unpacked(archive: Path, to: str | os.PathLike[str]) -> list[Path]:
    """Write every file of a zip below the folder, which is made. Returns their paths.

    A file that is there is replaced. No name leads out of the folder.
    """
    folder = Path(to)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if member.is_dir():
                continue
            path = folder.joinpath(*map(safe_name, member.filename.split("/")))
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(member) as source, open(path, "wb") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
            written.append(path)
    return written
