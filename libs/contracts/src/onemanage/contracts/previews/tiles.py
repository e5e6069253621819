"""Tile pyramids: pictures in tiles at halving scales, for viewers that zoom into them.
Made by the preview service when somebody first looks, and kept as long as their source.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, Query, derived_id, example_id
from onemanage.contracts.public import shows
from onemanage.contracts.task import Task

_ENGINE = "1"
"""Another one makes other tiles of the same picture."""


@shows("source", "name", "width", "height", "media_type", "tiles", "size", "created_at")
class TilePyramid(msgspec.Struct, frozen=True, kw_only=True):
    """All tiles of a picture in one object: one after another, as pyramids.py numbers
    them, and behind them the index."""

    pyramid_id: str
    source: Annotated[
        str,
        Meta(
            description="What it shows, as addresses name it.",
            examples=[example_id("doc")],
        ),
    ]
    owner_id: str
    """Of the file, document, transformation or background that it goes with."""
    name: str
    width: Annotated[int, Meta(description="Pixels, upright.")]
    height: int
    media_type: Annotated[
        str,
        Meta(
            description="Of each tile; image/webp where the picture has alpha.",
            examples=["image/jpeg"],
        ),
    ]
    tiles: Annotated[int, Meta(description="How many there are.")]
    size: Annotated[int, Meta(description="Bytes of all of them.")]
    """The index begins there."""
    object_key: str
    created_at: datetime


class TileImage(Command, frozen=True, kw_only=True, tag="preview.tile"):
    """Cut a picture into tiles, unless that was done."""

    pyramid_id: str
    source: str
    owner_id: str
    name: str
    object_key: str


TILE = Task(
    "preview.tile",
    command=TileImage,
    result=TilePyramid,
    worker="preview",
    timeout=600.0,
    leaves="previews",
)


class GetPyramid(Query, frozen=True, kw_only=True):
    pyramid_id: str


def pyramid_of(workspace_id: str, owner_id: str, identity: str) -> str:
    """The id of the one pyramid of a picture; ``identity`` differs where its bytes do.
    What goes with another owner has one of its own."""
    return derived_id("pyr", workspace_id, owner_id, identity, _ENGINE)


def first_tiling(pyramid_id: str) -> str:
    """The id of the one task that all follow who ask for this pyramid first."""
    return derived_id("tsk", pyramid_id, "preview.tile")
