"""Tiles and what IIIF's Image API 3 tells of them -> HTTP answers."""

from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.previews.pyramids import (
    TILE_SIZE,
    levels_of,
    tile_number,
)
from onemanage.contracts.previews.tiles import TilePyramid
from onemanage.gateway.http.downloads import SAFE, Conditions
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tiles.pyramids import Pyramids, Tiled
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import ObjectMissing

PRIVATE = "private, max-age=86400, immutable"
"""The bytes of a tile never change; what is deleted is shown no longer than a day by
who had it."""
_FORMATS = {"image/jpeg": "jpg", "image/webp": "webp"}


class AskedTile(msgspec.Struct, frozen=True):
    """As an address of IIIF has it, turned by 0."""

    region: str
    size: str
    file: str
    """Quality and format."""


def info(pyramid: TilePyramid, at: str) -> dict[str, Any]:
    """The image information of IIIF's Image API 3, compliance level 0, of a picture
    whose tiles lie below ``at``."""
    levels = levels_of(pyramid.width, pyramid.height)
    told = {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": at,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": pyramid.width,
        "height": pyramid.height,
        # Which makes full/max, which every level has, no larger than a tile.
        "maxWidth": TILE_SIZE,
        "maxHeight": TILE_SIZE,
        "sizes": [{"width": levels[-1].width, "height": levels[-1].height}],
        "tiles": [
            {"width": TILE_SIZE, "scaleFactors": [level.scale for level in levels]}
        ],
    }
    kind = _FORMATS[pyramid.media_type]
    if kind != "jpg":
        told |= {"preferredFormats": [kind], "extraFormats": [kind]}
    return told


async def tile(
    pyramids: Pyramids,
    tiled: Tiled,
    asked: AskedTile,
    conditions: Conditions,
    cache_control: str,
) -> Response:
    """Its bytes, or 304 where the client has them. Raises a 404 Problem."""
    try:
        pyramid = await pyramids.find(tiled)
    except QueryFailed as error:
        if error.code != "not_found":
            raise
        raise not_made(tiled) from None
    number = _number(pyramid, asked)
    headers = {
        "ETag": f'"{pyramid.object_key.rpartition("/")[2]}.{number}"',
        "Cache-Control": cache_control,
        **SAFE,
    }
    if conditions.has(headers["ETag"]):
        return Response(status_code=304, headers=headers)
    try:
        data = await pyramids.tile(pyramid, number)
    except ObjectMissing:
        pyramids.forget(pyramid)
        raise not_made(tiled) from None
    return Response(data, 200, headers, pyramid.media_type)


def not_made(tiled: Tiled) -> Problem:
    """A 404 Problem."""
    detail = (
        f"There are no tiles of {tiled.text} yet, or any more. "
        f"GET /v1/tiles/{tiled.text}/info.json has them made."
    )
    return Problem(404, "tiles_not_made", detail)


def _number(pyramid: TilePyramid, asked: AskedTile) -> int:
    """Raises a 404 Problem."""
    kind = _FORMATS[pyramid.media_type]
    number = tile_number(pyramid.width, pyramid.height, asked.region, asked.size)
    if number is None or asked.file != f"default.{kind}":
        address = "/".join((asked.region[:60], asked.size[:30], "0", asked.file[:30]))
        detail = (
            f"{address} is no tile. info.json tells which there are; each of them ends "
            f"in default.{kind}."
        )
        raise Problem(404, "no_tile", detail)
    return number
