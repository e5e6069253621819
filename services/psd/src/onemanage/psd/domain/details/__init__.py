"""The long part of a manifest: what layers and documents hold beyond the tree."""

from onemanage.psd.domain.details.digest import details_digest
from onemanage.psd.domain.details.document import document_details
from onemanage.psd.domain.details.layer import Surroundings, layer_details
from onemanage.psd.domain.details.smart_objects import (
    embedded_files,
    embedded_path,
    extract,
)

__all__ = [
    "Surroundings",
    "details_digest",
    "document_details",
    "embedded_files",
    "embedded_path",
    "extract",
    "layer_details",
]
