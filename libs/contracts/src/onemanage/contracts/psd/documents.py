"""Reading PSD and PSB documents. Commands are carried out by the psd service."""

from datetime import datetime

import msgspec

from onemanage.contracts.base import Command, ListPlace, Query
from onemanage.contracts.psd.manifest import DocumentDetails, LayerDetails
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

MANIFEST_VERSION = "1.1"


@shows("media_type", "width", "height", "size", "sha256")
class ImageFile(msgspec.Struct, frozen=True, kw_only=True):
    """An image in object storage."""

    object_key: str
    media_type: str
    width: int
    """Pixels, as is ``height``."""
    height: int
    size: int
    """Bytes."""
    sha256: str
    crc32: int | None = None
    """Of the bytes, for archives; None for images of an older release."""


@shows_all
class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer or group. Boxes are in canvas pixels and may lie outside the canvas."""

    layer_id: int
    """Position in the layer tree, depth first from the bottom, from 1."""
    parent_id: int | None
    name: str
    kind: str
    """pixel, group, artboard, type, shape, smartobject, adjustment or fill."""
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    """Photoshop's name in lower case with underscores: normal, linear_burn, …"""
    opacity: float
    """0 to 1."""
    visible: bool
    """The layer's own eye."""
    shown: bool
    """Visible, and so is every group around it."""
    clipping: bool = False
    text: str | None = None
    image: ImageFile | None = None
    """Trimmed to the layer's own box; None where there are no pixels to export."""
    warnings: list[str] = []
    unsupported: list[str] = []
    """What of it our renderer does not draw, or only nearly."""
    details: LayerDetails | None = None
    """In manifests and where one layer is asked for; not in pages of layers."""


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
)
class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a parsed document, without its layers."""

    document_id: str
    workspace_id: str
    file_id: str
    task_id: str
    name: str
    format: str
    """psd or psb."""
    width: int
    height: int
    color_mode: str
    """rgb, cmyk, grayscale, lab, indexed, bitmap, duotone or multichannel."""
    depth: int
    """Bits per channel: 1, 8, 16 or 32."""
    icc_profile: str | None
    """Name of the embedded profile; exported images are sRGB."""
    layer_count: int
    image_count: int
    """Layer images, the composite not counted."""
    manifest_key: str
    composite: ImageFile | None
    composite_source: str | None
    """embedded (the merged image in the file) or rendered."""
    created_at: datetime
    warnings: list[str] = []


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


PARSE_EXPORT = Task(
    "psd.parse_export",
    command=ParseExport,
    result=Document,
    worker="psd",
    makes="document_id",
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
