"""Documents and manifests that routes look up before they do anything with them."""

from onemanage.contracts.psd.documents import Document, GetDocument
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.downloads import read
from onemanage.gateway.http.problems import Problem
from onemanage.platform.messaging.queries import ask


async def known_document(
    gateway: Gateway, caller: Caller, document_id: str
) -> Document:
    """Raises QueryFailed where the workspace has none of this id."""
    query = GetDocument(workspace_id=caller.workspace_id, document_id=document_id)
    return await ask(gateway.nats, query, Document)


async def stored_manifest(gateway: Gateway, key: str) -> bytes:
    """As the service left it. Raises a 404 Problem where it is no longer kept."""
    return await read(gateway.storage, key, manifest_gone)


def manifest_gone() -> Problem:
    """A 404 Problem."""
    detail = "What was made here is no longer kept. Have it made again."
    return Problem(404, "image_gone", detail)
