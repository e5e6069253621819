"""Reading PSD and PSB documents. Commands are carried out by the psd service."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, ListPlace, Query, example_id
from onemanage.contracts.psd.manifest import DocumentDetails, LayerDetails
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

MANIFEST_VERSION = "1.1"
HEAVY_BYTES = 500_000_000
"""Of a document that takes minutes, and gigabytes of memory."""
_DETAILS = {
    "layer_id": 7,
    "fonts": ["Montserrat-Bold"],
    "colors": ["#ff8800"],
    "text": {
        "text": "Summer",
        "runs": [{"start": 0, "length": 6, "font": "Montserrat-Bold"}],
    },
}


@shows("media_type", "width", "height", "size", "sha256")
class ImageFile(msgspec.Struct, frozen=True, kw_only=True):
    """An image in object storage."""

    object_key: str
    media_type: Annotated[str, Meta(examples=["image/png"])]
    width: Annotated[int, Meta(description="Pixels, as is `height`.")]
    height: int
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str
    crc32: int | None = None
    """Of the bytes, for archives; None for images of an older release."""


@shows_all
class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer or group. Boxes are in canvas pixels and may lie outside the canvas."""

    layer_id: Annotated[
        int,
        Meta(description="Place in the tree, depth first from the bottom, from 1."),
    ]
    parent_id: int | None
    name: Annotated[str, Meta(examples=["Headline"])]
    kind: Annotated[
        str,
        Meta(
            description="pixel, group, artboard, type, shape, smartobject, adjustment "
            "or fill.",
            examples=["pixel"],
        ),
    ]
    left: int
    top: int
    width: int
    height: int
    blend_mode: Annotated[
        str,
        Meta(
            description="Photoshop's name in lower case with underscores.",
            examples=["multiply"],
        ),
    ]
    opacity: Annotated[float, Meta(description="0 to 1.", examples=[0.8])]
    visible: Annotated[bool, Meta(description="The layer's own eye.")]
    shown: Annotated[
        bool, Meta(description="Visible, and so is every group around it.")
    ]
    clipping: bool = False
    text: str | None = None
    image: Annotated[
        ImageFile | None,
        Meta(description="Trimmed to its box; null where it has no pixels to export."),
    ] = None
    warnings: list[str] = []
    unsupported: Annotated[
        list[str],
        Meta(
            description="What our renderer does not draw, or only nearly.",
            examples=[["drop shadow is approximate"]],
        ),
    ] = []
    details: Annotated[
        LayerDetails | None,
        Meta(
            description="In manifests and where one layer is asked for, not in lists; "
            "null for documents of an older release. A field that is not there has its "
            "default.",
            examples=[_DETAILS],
        ),
    ] = None


@shows(
    "document_id",
    "file_id",
    "task_id",
    "name",
    "format",
    "width",
    "height",
    "color_mode",
    "depth",
    "icc_profile",
    "layer_count",
    "image_count",
    "composite",
    "composite_source",
    "created_at",
    "warnings",
    "name_encoding",
)
class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a parsed document, without its layers."""

    document_id: Annotated[str, Meta(examples=[example_id("doc")])]
    workspace_id: str
    file_id: str
    task_id: str
    name: Annotated[str, Meta(examples=["poster.psd"])]
    format: Annotated[str, Meta(description="psd or psb.", examples=["psd"])]
    width: int
    height: int
    color_mode: Annotated[
        str,
        Meta(
            description="rgb, cmyk, grayscale, lab, indexed, bitmap, duotone or "
            "multichannel.",
            examples=["rgb"],
        ),
    ]
    depth: Annotated[
        int, Meta(description="Bits per channel: 1, 8, 16 or 32.", examples=[8])
    ]
    icc_profile: Annotated[
        str | None,
        Meta(description="The embedded profile's name; exported images are sRGB."),
    ]
    layer_count: int
    image_count: Annotated[
        int, Meta(description="Images of layers, the composite not counted.")
    ]
    manifest_key: str
    composite: ImageFile | None
    composite_source: Annotated[
        str | None,
        Meta(
            description="embedded (the merged image in the file) or rendered.",
            examples=["embedded"],
        ),
    ]
    created_at: datetime
    warnings: list[str] = []
    name_encoding: Annotated[
        str | None,
        Meta(
            description="In which encoding names were read that have no Unicode form; "
            "null where all have.",
            examples=["cp936"],
        ),
    ] = None


@shows_all
class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole document as JSON beside its images in object storage."""

    document: Document
    layers: list[Layer]
    details: DocumentDetails | None = None
    manifest_version: str = MANIFEST_VERSION


class ParseExport(Command, frozen=True, kw_only=True, tag="psd.parse_export"):
    """Read a document and export its manifest, layers and composite."""

    document_id: str
    file_id: str
    file_key: str
    file_name: str
    file_size: int = 0
    """Bytes; 0 by an older gateway."""
    name_encoding: str | None = None
    """Of names without a Unicode form; None: it is guessed."""


PARSE_EXPORT = Task(
    "psd.parse_export",
    command=ParseExport,
    result=Document,
    worker="psd",
    makes="document_id",
    heavy=lambda command: command.file_size >= HEAVY_BYTES,
)


class GetDocument(Query, frozen=True, kw_only=True):
    document_id: str


class ListDocuments(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    limit: int = 50
    before: str | None = None
    """Of an older release, and not answered any more: that row may be gone."""
    place: ListPlace | None = None


class DocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Document]
    has_more: bool


class ListLayers(Query, frozen=True, kw_only=True):
    """By layer_id; ``after`` is the last layer_id of the page before."""

    document_id: str
    limit: int = 500
    after: int = 0


class LayerPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Layer]
    has_more: bool


class GetLayer(Query, frozen=True, kw_only=True):
    document_id: str
    layer_id: int
