"""Files -> HTTP answers."""

from typing import Any

from onemanage.gateway.files.schemas import FileOut
from onemanage.gateway.store import FileRow


def file(row: FileRow) -> dict[str, Any]:
    """A file as the API shows it."""
    return FileOut.shown(row, url=f"/v1/files/{row.id}/content")
