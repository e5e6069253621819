"""Files that routes look up before they do anything with them."""

from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.store import FileRow


async def known_file(gateway: Gateway, caller: Caller, file_id: str) -> FileRow:
    """Raises a 404 Problem where the workspace has none of this id."""
    found = await gateway.store.file(caller.workspace_id, file_id)
    if found is None:
        raise not_found("file", file_id)
    return found
