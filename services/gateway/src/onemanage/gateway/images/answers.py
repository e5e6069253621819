"""What imaging has made and seen, as HTTP answers."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from starlette.responses import Response

from onemanage.contracts.imaging.images import (
    GENERATE_BACKGROUND,
    TRANSFORM,
    Asset,
    BackgroundImage,
    SimilarImage,
    StoredImage,
    Transformation,
)
from onemanage.gateway.http.downloads import (
    Conditions,
    Gone,
    download,
    image_gone,
)
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.images.schemas import (
    AssetOut,
    BackgroundOut,
    MadeImageOut,
    SimilarOut,
    TransformationOut,
)
from onemanage.gateway.tasks.addresses import images_at
from onemanage.platform.storage.storage import ObjectMissing


def transformation(found: Transformation) -> dict[str, Any]:
    """With the address of each variant's image."""
    at = images_at(TRANSFORM, found.transformation_id)
    return TransformationOut.shown(found, variants=_with_urls(found.variants, at))


def background(found: BackgroundImage) -> dict[str, Any]:
    """With the address of each image."""
    at = images_at(GENERATE_BACKGROUND, found.background_id)
    return BackgroundOut.shown(found, images=_with_urls(found.images, at))


def _with_urls(images: Sequence[StoredImage], at: str) -> list[dict[str, Any]]:
    return [MadeImageOut.shown(one, url=at + one.name) for one in images]


async def stored(
    served: ServedImages,
    owner: tuple[str, str],
    name: str,
    ask: Callable[[], Awaitable[Sequence[StoredImage]]],
    conditions: Conditions,
) -> Response:
    """The image of this name of ``owner``: a workspace, and what was made in it.

    ``ask`` tells the images where they are not known. Raises a 404 Problem.
    """
    with suppress(ObjectMissing):
        images = await served.of(*owner, ask)
        return await _named(served, images, name, conditions, gone=None)
    served.forget(*owner)  # another run may have made it anew
    return await _named(served, await served.of(*owner, ask), name, conditions)


async def _named(
    served: ServedImages,
    images: Sequence[StoredImage],
    name: str,
    conditions: Conditions,
    gone: Gone | None = image_gone,
) -> Response:
    for found in images:
        if found.name == name:
            return await download(
                served,
                found.object_key,
                found.sha256,
                conditions,
                file_name=found.object_key.rpartition("/")[2],
                gone=gone,
            )
    names = ", ".join(found.name for found in images)
    raise Problem(
        404, "no_image", f"There is no image {name} here. There are: {names}."
    )


def asset(found: Asset) -> dict[str, Any]:
    """An analysis as the API shows it."""
    return AssetOut.shown(found)


def similar(found: SimilarImage) -> dict[str, Any]:
    """A similar image as the API shows it."""
    return SimilarOut.shown(found)
