"""Web-size previews behind links that live 24 hours. Made by the preview service."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, Event, Query, example_id
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task


@shows(
    "preview_id",
    "document_id",
    "layer_id",
    "name",
    "width",
    "height",
    "size",
    "media_type",
    "sha256",
    "expires_at",
    "dataset_id",
    "kind",
    "column",
    "position",
)
class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """One published image or page. From ``expires_at`` on, nobody is shown it."""

    preview_id: Annotated[str, Meta(examples=[example_id("prv")])]
    document_id: str
    """Empty where it is of a data set."""
    layer_id: Annotated[int | None, Meta(description="null for the composite.")]
    name: str
    width: Annotated[int, Meta(description="Pixels; 0 of JSON.")]
    height: int
    size: Annotated[int, Meta(description="Bytes.")]
    media_type: Annotated[str, Meta(examples=["image/webp"])]
    sha256: str
    object_key: str
    expires_at: datetime
    dataset_id: Annotated[
        str | None, Meta(description="null where it is of a document.")
    ] = None
    kind: Annotated[
        str,
        Meta(
            description="image; of a data set rows (first rows and profile as JSON) or "
            "histogram (a column's, as SVG).",
            examples=["image"],
        ),
    ] = "image"
    column: Annotated[str | None, Meta(description="Of a histogram.")] = None
    position: Annotated[int, Meta(description="Of its column, from 1; else 0.")] = 0


@shows_all
class PublishedPreviews(msgspec.Struct, frozen=True, kw_only=True):
    document_id: str
    preview_count: int
    expires_at: datetime
    warnings: list[str] = []


class PublishPreviews(Command, frozen=True, kw_only=True, tag="preview.publish"):
    """Make, or renew, the previews of a parsed document from its manifest."""

    document_id: str
    manifest_key: str


PUBLISH = Task(
    "preview.publish",
    command=PublishPreviews,
    result=PublishedPreviews,
    worker="preview",
    makes="document_id",
    requester="preview",
    leaves="previews",
)


@shows("preview_id", "document_id", "dataset_id")
class PreviewExpired(Event, frozen=True, kw_only=True, tag="preview.expired"):
    """A link has died and its object is gone. ``task_id`` is the preview's id."""

    preview_id: str
    document_id: str
    dataset_id: str | None = None


class GetPreview(Query, frozen=True, kw_only=True):
    preview_id: str


class PreviewPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of previews has ended: the sort key of the last, which may expire."""

    document_id: str
    layer_id: int
    """0 for the composite."""
    dataset_id: str
    position: int

    @classmethod
    def of(cls, preview: Preview) -> "PreviewPlace":
        """The place of a preview in the order of ListPreviews."""
        return cls(
            document_id=preview.document_id,
            layer_id=preview.layer_id or 0,
            dataset_id=preview.dataset_id or "",
            position=preview.position,
        )


class ListPreviews(Query, frozen=True, kw_only=True):
    """Live ones only: the composite first, then by layer_id; of a data set the rows
    first, then by column. What comes after ``place``.
    """

    document_id: str | None = None
    dataset_id: str | None = None
    limit: int = 200
    after: str | None = None
    """Of an older release, and not answered any more: that row may be gone."""
    place: PreviewPlace | None = None


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Preview]
    has_more: bool
