"""Imaging played: its worker, and its answers from dictionaries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from zlib import crc32

from onemanage.contracts.base import Command, artifacts_prefix, utc_now
from onemanage.contracts.imaging.backgrounds import RemovalResult
from onemanage.contracts.imaging.images import (
    Asset,
    BackgroundImage,
    FindSimilar,
    GenerateBackground,
    GetAsset,
    GetBackground,
    GetTransformation,
    ListTransformations,
    SimilarImage,
    SimilarImages,
    StoredImage,
    Transformation,
    TransformationPage,
    TransformImage,
)
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.testing.fixtures import answering

from .psd_samples import World


class Imaging:
    """What the imaging service would know, and the commands that it was given."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.transformations: dict[str, Transformation] = {}
        self.backgrounds: dict[str, BackgroundImage] = {}
        self.assets: dict[str, Asset] = {}
        self.seen: list[Any] = []

    async def transform(self, command: TransformImage) -> Transformation:
        self.seen.append(command)
        names = [variant.name for variant in command.recipe.variants]
        made = Transformation(
            transformation_id=command.transformation_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=command.file_name,
            recipe=command.recipe,
            key="0" * 64,
            variants=[await self.image(command, name) for name in names],
            created_at=utc_now(),
        )
        self.transformations[made.transformation_id] = made
        return made

    async def generate_background(self, command: GenerateBackground) -> BackgroundImage:
        self.seen.append(command)
        made = BackgroundImage(
            background_id=command.background_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=command.file_name,
            spec=command.spec,
            removal=RemovalResult(
                method="network",
                confidence=0.9,
                coverage=0.5,
                left=0,
                top=0,
                width=1,
                height=1,
            ),
            images=[await self.image(command, "image")],
            created_at=utc_now(),
        )
        self.backgrounds[made.background_id] = made
        return made

    async def image(self, command: Command, name: str) -> StoredImage:
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        data = f"image {name}".encode() * 9
        await self._world.storage.put_bytes(f"{prefix}{name}.webp", data, "image/webp")
        return StoredImage(
            name=name,
            object_key=f"{prefix}{name}.webp",
            media_type="image/webp",
            width=1,
            height=1,
            size=len(data),
            sha256=sha256(data).hexdigest(),
            crc32=crc32(data),
        )


def _own[T: (Transformation, BackgroundImage, Asset)](
    found: T | None, workspace_id: str
) -> T:
    if found is None or found.workspace_id != workspace_id:
        raise QueryFailed("not_found", "There is no such thing in this workspace.")
    return found


async def get_transformation(query: GetTransformation, deps: Imaging) -> Transformation:
    return _own(deps.transformations.get(query.transformation_id), query.workspace_id)


async def list_transformations(
    query: ListTransformations, deps: Imaging
) -> TransformationPage:
    is_own = query.workspace_id == OWNER_WORKSPACE
    items = list(deps.transformations.values()) if is_own else []
    return TransformationPage(items=items[: query.limit], has_more=False)


async def get_background(query: GetBackground, deps: Imaging) -> BackgroundImage:
    return _own(deps.backgrounds.get(query.background_id), query.workspace_id)


async def get_asset(query: GetAsset, deps: Imaging) -> Asset:
    return _own(deps.assets.get(query.file_id), query.workspace_id)


async def find_similar(query: FindSimilar, deps: Imaging) -> SimilarImages:
    _own(deps.assets.get(query.file_id), query.workspace_id)
    near = SimilarImage(
        file_id="fil_near", name="b.jpg", distance=query.distance, matched="whole"
    )
    return SimilarImages(items=[near], searched=len(deps.assets))


@asynccontextmanager
async def imaging_of(nats: Client, world: World) -> AsyncIterator[Imaging]:
    imaging = Imaging(world)
    answerers = (
        get_transformation,
        list_transformations,
        get_background,
        get_asset,
        find_similar,
    )
    async with answering(nats, answerers, imaging):
        yield imaging
