"""Questions about documents, from whoever shows them."""

from onemanage.contracts.deletion import Dependents
from onemanage.contracts.psd.deletion import FindPsdDependents
from onemanage.contracts.psd.diffs import DocumentDiff, GetDiff
from onemanage.contracts.psd.documents import (
    Document,
    DocumentPage,
    GetDocument,
    GetLayer,
    Layer,
    LayerPage,
    ListDocuments,
    ListLayers,
)
from onemanage.contracts.psd.renditions import (
    GetRendition,
    ListRenditions,
    Rendition,
    RenditionPage,
)
from onemanage.contracts.psd.search import FoundLayers, SearchLayers
from onemanage.platform.messaging.queries import QueryFailed, refuse_older_page
from onemanage.psd.handlers import Deps
from onemanage.psd.search import InvalidSearch


async def get_document(query: GetDocument, deps: Deps) -> Document:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.document(query.workspace_id, query.document_id)
    if found is None:
        text = f"There is no document {query.document_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_documents(query: ListDocuments, deps: Deps) -> DocumentPage:
    """A page of them, newest first."""
    refuse_older_page(query.before)
    return await deps.store.documents(query.workspace_id, query.limit, query.place)


async def list_layers(query: ListLayers, deps: Deps) -> LayerPage:
    """A page of them, in the document's order.

    Raises QueryFailed without the document.
    """
    await _must_exist(query.workspace_id, query.document_id, deps)
    return await deps.store.layers(query.document_id, query.limit, query.after)


async def get_layer(query: GetLayer, deps: Deps) -> Layer:
    """Raises QueryFailed where there is no such document or layer."""
    await _must_exist(query.workspace_id, query.document_id, deps)
    found = await deps.store.layer(query.document_id, query.layer_id)
    if found is None:
        text = f"Document {query.document_id} has no layer {query.layer_id}."
        raise QueryFailed("not_found", text)
    return found


async def search_layers(query: SearchLayers, deps: Deps) -> FoundLayers:
    """What is asked for, best first.

    Raises QueryFailed for a search that cannot be read.
    """
    if query.document_id is not None:
        await _must_exist(query.workspace_id, query.document_id, deps)
    try:
        return await deps.store.search(query)
    except InvalidSearch as error:
        raise QueryFailed("invalid", str(error)) from None


async def get_rendition(query: GetRendition, deps: Deps) -> Rendition:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.renditions.get(query.workspace_id, query.rendition_id)
    if found is None:
        text = f"There is no rendition {query.rendition_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_renditions(query: ListRenditions, deps: Deps) -> RenditionPage:
    """A page of them, newest first. Raises QueryFailed without the document."""
    refuse_older_page(query.before)
    await _must_exist(query.workspace_id, query.document_id, deps)
    return await deps.store.renditions.of_document(
        query.workspace_id, query.document_id, query.limit, query.place
    )


async def get_diff(query: GetDiff, deps: Deps) -> DocumentDiff:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.diffs.get(query.workspace_id, query.diff_id)
    if found is None:
        text = f"There is no diff {query.diff_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def find_dependents(query: FindPsdDependents, deps: Deps) -> Dependents:
    """What stands on the things that are asked about."""
    return await deps.deletion.dependents(query)


async def _must_exist(workspace_id: str, document_id: str, deps: Deps) -> None:
    question = GetDocument(workspace_id=workspace_id, document_id=document_id)
    await get_document(question, deps)


QUERIES = (
    get_document,
    list_documents,
    list_layers,
    get_layer,
    search_layers,
    get_rendition,
    list_renditions,
    get_diff,
    find_dependents,
)
