"""Questions about what imaging has made and seen, from whoever shows it."""

from onemanage.contracts.deletion import Dependents
from onemanage.contracts.imaging.deletion import FindImagingDependents
from onemanage.contracts.imaging.images import (
    Asset,
    BackgroundImage,
    FindSimilar,
    GetAsset,
    GetBackground,
    GetTransformation,
    ListTransformations,
    SimilarImages,
    Transformation,
    TransformationPage,
)
from onemanage.imaging.handlers import Deps
from onemanage.platform.messaging.queries import QueryFailed, refuse_older_page


async def get_transformation(query: GetTransformation, deps: Deps) -> Transformation:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.transformation(query.workspace_id, query.transformation_id)
    if found is None:
        text = (
            f"There is no transformation {query.transformation_id} in this workspace."
        )
        raise QueryFailed("not_found", text)
    return found


async def list_transformations(
    query: ListTransformations, deps: Deps
) -> TransformationPage:
    """A page of them, newest first."""
    refuse_older_page(query.before)
    return await deps.store.transformations(
        query.workspace_id, query.file_id, query.limit, query.place
    )


async def get_background(query: GetBackground, deps: Deps) -> BackgroundImage:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.background(query.workspace_id, query.background_id)
    if found is None:
        text = f"There is no background job {query.background_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def get_asset(query: GetAsset, deps: Deps) -> Asset:
    """Raises QueryFailed where no analysis of the file is known."""
    found = await deps.store.asset(query.workspace_id, query.file_id)
    if found is None:
        text = f"There is no analysis of an image {query.file_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def find_similar(query: FindSimilar, deps: Deps) -> SimilarImages:
    """The nearest first. Raises QueryFailed where no analysis of the file is known."""
    asset = GetAsset(workspace_id=query.workspace_id, file_id=query.file_id)
    return await deps.store.similar(await get_asset(asset, deps), query)


async def find_dependents(query: FindImagingDependents, deps: Deps) -> Dependents:
    """What stands on the things that are asked about."""
    return await deps.deletion.dependents(query)


QUERIES = (
    get_transformation,
    list_transformations,
    get_background,
    get_asset,
    find_similar,
    find_dependents,
)
