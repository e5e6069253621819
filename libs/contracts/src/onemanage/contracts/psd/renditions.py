"""Images made from a parsed document on request. Carried out by the psd service."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, ListPlace, Query, example_id
from onemanage.contracts.psd.documents import HEAVY_BYTES, ImageFile
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

RENDITION_VERSION = "1.0"


@shows_all
class LayerSelection(msgspec.Struct, frozen=True, kw_only=True):
    """Which layers: those of the ids or names, that are of a kind and shown.

    With neither ids nor names it is all of them; with neither those nor kinds, all but
    groups, artboards and adjustments.
    """

    ids: list[int] = []
    names: list[str] = []
    """Patterns with ``*``, ``?`` and ``[…]``, upper and lower case alike."""
    kinds: list[str] = []
    """As in a layer's ``kind``; empty for every kind."""
    visible_only: bool = False
    """Only those that are ``shown``."""


@shows_all
class RenditionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What images, of what, how large and in which format."""

    of: str = "document"
    """document, layers or slices."""
    layers: LayerSelection = LayerSelection()
    """Of ``layers``."""
    show: list[int] = []
    """Of ``document`` and ``slices``: ids of layers whose own eye is opened, as that
    of those in ``hide`` is closed."""
    hide: list[int] = []
    on_canvas: bool = False
    """Layers as large as the canvas and in their place; else trimmed to their box."""
    rendered: bool = False
    """Composed anew, with masks, effects and opacity. Else the pixels as they are
    stored: a layer's own, or the document's merged image where it has one and nothing
    is shown or hidden. Groups and artboards are always composed."""
    format: str = "png"
    """png, webp, avif, jpeg, tiff or exr."""
    quality: int = 90
    """1 to 100, of lossy formats."""
    lossless: bool = False
    """Of webp."""
    scales: list[float] = msgspec.field(default_factory=lambda: [1.0])
    """One image for each."""
    max_width: int | None = None
    """Pixels, as is ``max_height``. Images are made smaller to fit, never larger;
    ``scales`` is 1 then."""
    max_height: int | None = None
    background: str | None = None
    """#rrggbb below the image, which then has no alpha. JPEG is on white without."""
    depth: int = 8
    """Bits a channel: 8; 16 of png and tiff; 32 (floats, linear light) of tiff. Of exr
    always 32."""
    color: str = "srgb"
    """srgb, or keep for the document's own colours and profile, where they can be."""


@shows("number", "name", "scale", "layer_id", "slice_id", "left", "top")
class RenditionImage(ImageFile, frozen=True, kw_only=True):
    """One image of a rendition."""

    number: Annotated[
        int,
        Meta(
            description="From 1, in the order of the layers, and of the scales of each.",
            examples=[1],
        ),
    ]
    name: Annotated[
        str,
        Meta(
            description="A file name that is safe everywhere, and no other image of the "
            "rendition has.",
            examples=["button@2x.png"],
        ),
    ]
    scale: Annotated[float, Meta(examples=[2])]
    layer_id: int | None = None
    slice_id: int | None = None
    left: Annotated[
        int,
        Meta(
            description="Where on the canvas its top left corner is, in canvas pixels, "
            "as is `top`."
        ),
    ] = 0
    top: int = 0


@shows(
    "rendition_id",
    "document_id",
    "file_id",
    "task_id",
    "spec",
    "image_count",
    "size",
    "created_at",
    "warnings",
)
class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """What was made, without its images."""

    rendition_id: Annotated[str, Meta(examples=[example_id("rnd")])]
    document_id: Annotated[str, Meta(examples=[example_id("doc")])]
    workspace_id: str
    file_id: str
    task_id: str
    spec: Annotated[
        RenditionSpec,
        Meta(
            description="As it was asked for, with what was not said.",
            examples=[{"of": "layers", "format": "webp", "scales": [1, 2]}],
        ),
    ]
    image_count: int
    size: Annotated[int, Meta(description="Bytes of all images.")]
    pixels: int = 0
    """Of all images; 0 where an older release has made them."""
    manifest_key: str
    created_at: datetime
    warnings: Annotated[
        list[str],
        Meta(
            description="What has no image, and why.",
            examples=[["Layer 9 'Glow' has no image: there is nothing in it to show"]],
        ),
    ] = []


class RenditionManifest(msgspec.Struct, frozen=True, kw_only=True):
    """A rendition as JSON beside its images in object storage."""

    rendition: Rendition
    images: list[RenditionImage]
    rendition_version: str = RENDITION_VERSION


class RenderDocument(Command, frozen=True, kw_only=True, tag="psd.render"):
    """Make images from the file of a parsed document."""

    rendition_id: str
    document_id: str
    file_id: str
    file_key: str
    file_name: str
    file_size: int = 0
    """Bytes; 0 by an older gateway."""
    spec: RenditionSpec
    name_encoding: str | None = None
    """As the document's, so that layers have the same names."""


RENDER = Task(
    "psd.render",
    command=RenderDocument,
    result=Rendition,
    worker="psd",
    makes="rendition_id",
    heavy=lambda command: command.file_size >= HEAVY_BYTES,
)


class GetRendition(Query, frozen=True, kw_only=True):
    rendition_id: str


class ListRenditions(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    document_id: str
    limit: int = 50
    before: str | None = None
    """Of an older release, and not answered any more: that row may be gone."""
    place: ListPlace | None = None


class RenditionPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Rendition]
    has_more: bool
