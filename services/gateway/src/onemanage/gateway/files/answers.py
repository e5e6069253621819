"""Files -> HTTP answers."""

from typing import Any

from onemanage.gateway.http.answers import renamed
from onemanage.gateway.store import FileRow


def file(row: FileRow) -> dict[str, Any]:
    return renamed(row, "id") | {"url": f"/v1/files/{row.id}/content"}
