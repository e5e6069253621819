"""What imaging has made and seen, as HTTP answers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onemanage.contracts.imaging import (
    Asset,
    BackgroundImage,
    SimilarImage,
    StoredImage,
    Transformation,
)
from onemanage.gateway.answers import public, renamed


def transformation(found: Transformation) -> dict[str, Any]:
    fields = renamed(found, "transformation_id")
    at = f"/v1/images/transformations/{found.transformation_id}/images"
    return fields | {"variants": _with_urls(found.variants, at)}


def background(found: BackgroundImage) -> dict[str, Any]:
    fields = renamed(found, "background_id")
    at = f"/v1/images/backgrounds/{found.background_id}/images"
    return fields | {"images": _with_urls(found.images, at)}


def _with_urls(images: Sequence[StoredImage], at: str) -> list[dict[str, Any]]:
    return [
        public(msgspec.to_builtins(image)) | {"url": f"{at}/{image.name}"}
        for image in images
    ]


def asset(found: Asset) -> dict[str, Any]:
    return renamed(found, "file_id")


def similar(found: SimilarImage) -> dict[str, Any]:
    return renamed(found, "file_id")
