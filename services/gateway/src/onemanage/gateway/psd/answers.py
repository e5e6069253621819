"""Documents, renditions and diffs -> HTTP answers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onemanage.contracts.psd.diffs import DiffManifest
from onemanage.contracts.psd.documents import Document, Layer
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.contracts.psd.renditions import Rendition, RenditionImage
from onemanage.contracts.psd.search import FoundLayer
from onemanage.gateway.psd.diff_schemas import (
    BoxOut,
    DiffOut,
    HeatMapOut,
    LayerDifferenceOut,
)
from onemanage.gateway.psd.rendition_schemas import (
    RenditionImageOut,
    RenditionOut,
    RenditionWithImages,
)
from onemanage.gateway.psd.schemas import DocumentOut, FoundLayerOut, LayerOut


def document(found: Document) -> dict[str, Any]:
    """A document as the API shows it."""
    return DocumentOut.shown(found)


def layer(found: Layer) -> dict[str, Any]:
    """A layer as the API shows it."""
    return LayerOut.shown(found)


def found_layer(found: FoundLayer) -> dict[str, Any]:
    """The layer, and the document that it is in."""
    return FoundLayerOut.shown(found, layer=layer(found.layer))


def rendition(
    found: Rendition, images: Sequence[RenditionImage] | None = None
) -> dict[str, Any]:
    """With ``images``, each has its address."""
    if images is None:
        return RenditionOut.shown(found)
    at = f"/v1/psd/renditions/{found.rendition_id}/images"
    told = [RenditionImageOut.shown(one, url=f"{at}/{one.number}") for one in images]
    return RenditionWithImages.shown(found, images=told)


def diff(found: DiffManifest) -> dict[str, Any]:
    """The diff with its layers and regions."""
    image, at = found.diff.heat_map, f"/v1/psd/diffs/{found.diff.diff_id}/image"
    return DiffOut.shown(
        found.diff,
        heat_map=image and HeatMapOut.shown(image, url=at),
        layers=[LayerDifferenceOut.shown(each) for each in found.layers],
        regions=[BoxOut.shown(each) for each in found.regions],
    )


def embedded_id(file: EmbeddedFile) -> str:
    """Its name in addresses: the author's own id may be any text."""
    return (file.path or "").rpartition("/")[2]


def embedded_file(file: EmbeddedFile, at: str) -> dict[str, Any]:
    """``at`` is the address that its own follows."""
    fields = msgspec.structs.asdict(file)
    path = fields.pop("path")
    return {
        "id": embedded_id(file) or None,
        **fields,
        "url": path and f"{at}/{embedded_id(file)}",
    }
