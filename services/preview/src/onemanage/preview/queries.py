"""Questions about previews, from whoever shows them."""

from onemanage.contracts.deletion import Dependents
from onemanage.contracts.previews.deletion import FindPreviewDependents
from onemanage.contracts.previews.previews import (
    GetPreview,
    ListPreviews,
    Preview,
    PreviewPage,
)
from onemanage.contracts.previews.tiles import GetPyramid, TilePyramid
from onemanage.platform.messaging.queries import QueryFailed, refuse_older_page
from onemanage.preview.handlers import Deps


async def get_preview(query: GetPreview, deps: Deps) -> Preview:
    """One that has not expired. Raises QueryFailed where there is none."""
    found = await deps.store.preview(query.workspace_id, query.preview_id)
    if found is None:
        text = f"There is no living preview {query.preview_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_previews(query: ListPreviews, deps: Deps) -> PreviewPage:
    """A page of those that have not expired, newest first."""
    refuse_older_page(query.after)
    return await deps.store.previews(
        query.workspace_id,
        query.document_id,
        query.limit,
        query.place,
        query.dataset_id,
    )


async def get_pyramid(query: GetPyramid, deps: Deps) -> TilePyramid:
    """Raises QueryFailed where nobody has asked for its tiles yet."""
    found = await deps.store.pyramids.get(query.workspace_id, query.pyramid_id)
    if found is None:
        text = "There are no tiles of this picture yet."
        raise QueryFailed("not_found", text)
    return found


async def find_dependents(query: FindPreviewDependents, deps: Deps) -> Dependents:
    """What stands on the things that are asked about."""
    return await deps.deletion.dependents(query)


QUERIES = (get_preview, list_previews, get_pyramid, find_dependents)
