"""Looking for layers in all documents of a workspace. Answered by the psd service."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Query, example_id
from onemanage.contracts.psd.documents import Layer
from onemanage.contracts.public import shows

LAYER_KINDS = (
    "pixel",
    "group",
    "artboard",
    "type",
    "shape",
    "smartobject",
    "adjustment",
    "fill",
)


class FoundPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a layer stands among all that were found; the order of the answer."""

    rank: int
    """0 is best: the name is what was asked for. Without ``q`` all are 0."""
    document_id: str
    layer_id: int


class SearchLayers(Query, frozen=True, kw_only=True):
    """At least one of ``q``, ``font``, ``color`` and ``kinds``; all that are given hold.

    Best first; ``after`` is the place of the last layer of the page before.
    """

    q: str | None = None
    """Words, all of which stand in name and text, as parts of words too. Case and the
    width of characters do not matter. At most 200 characters and 8 words."""
    font: str | None = None
    """PostScript name or family, whole; case, blanks and hyphens do not matter."""
    color: str | None = None
    """``#rrggbb``: one of the colours of the layer's details."""
    color_tolerance: int = 0
    """0 to 64: by how much red, green and blue may each differ, of 255."""
    kinds: list[str] = []
    """Any of LAYER_KINDS."""
    document_id: str | None = None
    """Only in this document."""
    limit: int = 50
    """1 to 200."""
    after: FoundPlace | None = None


@shows("document_id", "document_name", "layer")
class FoundLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer and the document that it is in."""

    document_id: Annotated[str, Meta(examples=[example_id("doc")])]
    document_name: Annotated[str, Meta(examples=["poster.psd"])]
    rank: int
    layer: Layer
    """Without its details."""


class FoundLayers(msgspec.Struct, frozen=True, kw_only=True):
    items: list[FoundLayer]
    has_more: bool
