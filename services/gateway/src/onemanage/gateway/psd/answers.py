"""Documents, renditions and diffs -> HTTP answers."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onemanage.contracts.psd.diffs import DiffManifest
from onemanage.contracts.psd.documents import Document, Layer
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.contracts.psd.renditions import Rendition, RenditionImage
from onemanage.contracts.psd.search import FoundLayer
from onemanage.gateway.http.answers import renamed
from onemanage.gateway.http.public import public


def document(found: Document) -> dict[str, Any]:
    return renamed(found, "document_id")


def layer(found: Layer) -> dict[str, Any]:
    return renamed(found, "layer_id")


def found_layer(found: FoundLayer) -> dict[str, Any]:
    """The layer, and the document that it is in; its rank stays inside."""
    return {
        "document_id": found.document_id,
        "document_name": found.document_name,
        "layer": layer(found.layer),
    }


def rendition(
    found: Rendition, images: Sequence[RenditionImage] | None = None
) -> dict[str, Any]:
    """With ``images``, each has its address."""
    fields = renamed(found, "rendition_id")
    if images is not None:
        at = f"/v1/psd/renditions/{found.rendition_id}/images"
        fields["images"] = [
            public(msgspec.to_builtins(image), type(image))
            | {"url": f"{at}/{image.number}"}
            for image in images
        ]
    return fields


def diff(found: DiffManifest) -> dict[str, Any]:
    """The diff with its layers and regions."""
    fields = renamed(found.diff, "diff_id")
    if fields["heat_map"]:
        fields["heat_map"]["url"] = f"/v1/psd/diffs/{found.diff.diff_id}/image"
    return fields | {
        "layers": msgspec.to_builtins(found.layers),
        "regions": msgspec.to_builtins(found.regions),
    }


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
