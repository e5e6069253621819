"""Images made by recipes, backgrounds taken away or replaced, and what an image shows.

Commands are carried out by the imaging service.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.base import (
    Command,
    ListPlace,
    Query,
    derived_id,
    example_id,
)
from onemanage.contracts.imaging.analysis import Analysis
from onemanage.contracts.imaging.backgrounds import BackgroundSpec, RemovalResult
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

HEAVY_BYTES = 150_000_000
"""Of an image, which has hundreds of millions of pixels then."""


@shows("name", "media_type", "width", "height", "size", "sha256", "frames", "warnings")
class StoredImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was made, in object storage."""

    name: Annotated[
        str,
        Meta(
            description="Of the variant; `image` and `mask` of a background.",
            examples=["large"],
        ),
    ]
    object_key: str
    media_type: Annotated[str, Meta(examples=["image/png"])]
    width: Annotated[int, Meta(description="Pixels, as is `height`.")]
    height: int
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str
    crc32: int
    """Of the bytes, for archives."""
    frames: Annotated[int, Meta(description="1, or more of an animated image.")] = 1
    warnings: list[str] = []


class NamedFile(msgspec.Struct, frozen=True, kw_only=True):
    """Another file that a job needs: a watermark, a background."""

    file_id: str
    file_key: str


class NamedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An image that a recipe names by an address."""

    url: str
    """As the command's recipe has it: without user and query. Where several addresses
    differ in these alone, all but the first end in a fragment with their number."""
    sealed_url: str | None = None
    """The same whole, encrypted by the gateway for imaging, where it has a query."""


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """An image that another service made of the file; it is read instead of it."""

    object_key: str
    name: str
    sha256: str | None = None
    """Of its bytes, in hex, where it is known."""


@shows(
    "transformation_id",
    "task_id",
    "file_id",
    "name",
    "recipe",
    "key",
    "variants",
    "created_at",
    "reused_from",
    "warnings",
)
class Transformation(msgspec.Struct, frozen=True, kw_only=True):
    """What one recipe made of one image."""

    transformation_id: Annotated[str, Meta(examples=[example_id("tsf")])]
    workspace_id: str
    task_id: str
    file_id: Annotated[
        str | None, Meta(description="null of an image fetched from an address.")
    ]
    name: str
    recipe: Recipe
    key: Annotated[
        str, Meta(description="The same for the same bytes, recipe and engine.")
    ]
    variants: list[StoredImage]
    created_at: datetime
    reused_from: Annotated[
        str | None,
        Meta(description="The transformation that had made the same images before."),
    ] = None
    warnings: list[str] = []


class TransformImage(Command, frozen=True, kw_only=True, tag="imaging.transform"):
    """Carry out a recipe on a file, on what another service made of it, or on what an
    address has."""

    transformation_id: str
    recipe: Recipe
    file_id: str | None = None
    """With its key and name: the file, or what ``artifact`` was made of."""
    file_key: str | None = None
    file_name: str = ""
    file_sha256: str | None = None
    """Of the file's bytes, in hex, as they were when it was uploaded; None by an older
    gateway, and then it is found out."""
    file_size: int = 0
    """Bytes of the file; 0 by an older gateway."""
    artifact: Artifact | None = None
    url: str | None = None
    """Instead of a file: where the image is fetched from, as it may be shown: without
    user, query and fragment."""
    sealed_url: str | None = None
    """The same whole, encrypted by the gateway for imaging, where it has a query."""
    watermarks: list[NamedFile] = []
    """Files that the recipe names."""
    addresses: list[NamedAddress] = []
    """Of images that the recipe names."""


TRANSFORM = Task(
    "imaging.transform",
    command=TransformImage,
    result=Transformation,
    worker="imaging",
    makes="transformation_id",
    heavy=lambda command: (
        command.artifact is None and command.file_size >= HEAVY_BYTES
    ),
)


@shows(
    "background_id",
    "task_id",
    "file_id",
    "source",
    "name",
    "spec",
    "removal",
    "images",
    "created_at",
    "warnings",
)
class BackgroundImage(msgspec.Struct, frozen=True, kw_only=True):
    """A picture whose background was taken away or replaced."""

    background_id: Annotated[str, Meta(examples=[example_id("bgd")])]
    workspace_id: str
    task_id: str
    file_id: Annotated[
        str,
        Meta(
            description="The upload that it goes back to; empty of an image fetched "
            "from an address."
        ),
    ]
    name: str
    spec: BackgroundSpec
    removal: Annotated[
        RemovalResult,
        Meta(description="How the subject was found, and how sure that is."),
    ]
    images: Annotated[
        list[StoredImage],
        Meta(description="`image`, and `mask` where it was asked for."),
    ]
    created_at: datetime
    warnings: list[str] = []
    source: Annotated[
        str | None,
        Meta(
            description="What a row of a merge has named, where that is no upload: a "
            "document, a layer, an image of a transformation, or an address, without "
            "its query.",
            examples=["https://example.org/shoe.jpg"],
        ),
    ] = None


class GenerateBackground(
    Command, frozen=True, kw_only=True, tag="background.generation"
):
    """Find the subject of a picture and give it another background, or none."""

    background_id: str
    file_id: str
    """The upload that the picture is, or goes back to; empty of an address."""
    file_key: str
    """Of what is read: the upload, or what ``source`` names; empty of an address."""
    file_name: str
    file_size: int = 0
    """Bytes; 0 by an older gateway."""
    spec: BackgroundSpec
    picture: NamedFile | None = None
    """Of a fill that is another picture."""
    source: str | None = None
    """Of a merge: ``doc_…``, ``doc_…:12`` or ``tsf_…:large``, where that is read."""
    url: str | None = None
    """Of a merge, where an address is read, as it may be shown: without user, query and
    fragment."""
    sealed_url: str | None = None
    """The same whole, encrypted by the gateway for imaging, where it has a query."""


GENERATE_BACKGROUND = Task(
    "background.generation",
    command=GenerateBackground,
    result=BackgroundImage,
    worker="imaging",
    makes="background_id",
    heavy=lambda command: command.file_size >= HEAVY_BYTES,
)
"""``background.generation`` to clients and on the wire, where names do not change;
``imaging`` carries it out, as its subjects say."""


@shows("file_id", "task_id", "name", "analysis", "created_at")
class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an uploaded image."""

    file_id: Annotated[
        str, Meta(description="The file's.", examples=[example_id("fil")])
    ]
    workspace_id: str
    task_id: str
    name: str
    analysis: Analysis
    created_at: datetime


class AnalyzeImage(Command, frozen=True, kw_only=True, tag="imaging.analyze"):
    """Look at an uploaded image and keep what is seen."""

    file_id: str
    file_key: str
    file_name: str
    file_size: int = 0
    """Bytes; 0 by an older gateway."""
    include: list[Literal["place"]] = []
    """What is told only where it is asked for: where a picture was taken."""


LOOKED_AT = (
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/jpeg",
    "image/jxl",
    "image/png",
    "image/tiff",
    "image/webp",
)
"""Media types of uploads that are images to look at, as their first bytes tell them."""


def first_look(file_id: str) -> str:
    """The id of the task that looks at a file first, whoever wants it."""
    return derived_id("tsk", file_id, "imaging.analyze")


ANALYZE = Task(
    "imaging.analyze",
    command=AnalyzeImage,
    result=Asset,
    worker="imaging",
    makes="file_id",
    requester="imaging",
    leaves=None,
    heavy=lambda command: command.file_size >= HEAVY_BYTES,
)


class GetTransformation(Query, frozen=True, kw_only=True):
    transformation_id: str


class ListTransformations(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    file_id: str | None = None
    limit: int = 50
    before: str | None = None
    """Of an older release, and not answered any more: that row may be gone."""
    place: ListPlace | None = None


class TransformationPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Transformation]
    has_more: bool


class GetBackground(Query, frozen=True, kw_only=True):
    background_id: str


class GetAsset(Query, frozen=True, kw_only=True):
    file_id: str


class FindSimilar(Query, frozen=True, kw_only=True):
    """Images of the workspace that show nearly what this analysed one does."""

    file_id: str
    distance: int = 31
    """Bits of 256 that may differ."""
    limit: int = 50


@shows_all
class SimilarImage(msgspec.Struct, frozen=True, kw_only=True):
    file_id: Annotated[
        str, Meta(description="The file's.", examples=[example_id("fil")])
    ]
    name: str
    distance: Annotated[int, Meta(description="Bits of 256 that differ.", examples=[6])]
    matched: Annotated[
        str,
        Meta(
            description="whole, or crop where one shows a part of the other.",
            examples=["whole"],
        ),
    ]


class SimilarImages(msgspec.Struct, frozen=True, kw_only=True):
    """Nearest first."""

    items: list[SimilarImage]
    searched: int = 0
    """Images of the workspace that were looked at, this one among them."""
