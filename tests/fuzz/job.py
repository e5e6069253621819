"""What runs in the child: all that the service does with a document, and a rendering.

Importable by the fork server, and light.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from onemanage.psd.domain.document import ExportedDocument, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import render


@dataclass(frozen=True, slots=True)
class Exported:
    """What is left to say of a document that was exported."""

    images: int
    layers: int
    warnings: tuple[str, ...]
    missing: str = ""
    """What an export promises and this one lacks."""


def export(path: Path, out: Path, renders: bool) -> Exported:
    """Export the document at ``path`` and, where asked for, render its layers.

    What the service stores of it is encoded as it encodes it: what JSON cannot hold
    would fail there.
    """
    exported = export_document(path, out, Limits(), lambda progress: None)
    msgspec.json.encode(exported)
    if renders:
        with quiet():
            render(open_document(path, Limits()))
    images = [layer.image for layer in exported.layers] + [exported.composite]
    warnings = [*exported.warnings, *(w for x in exported.layers for w in x.warnings)]
    return Exported(
        images=sum(image is not None for image in images),
        layers=exported.layer_count,
        warnings=tuple(warnings),
        missing=_missing(exported, out),
    )


def _missing(exported: ExportedDocument, out: Path) -> str:
    if exported.composite is None and not exported.warnings:
        return "there is no composite, and no warning says why"
    for image in (*(layer.image for layer in exported.layers), exported.composite):
        if image and (out / image.path).stat().st_size != image.size:
            return f"{image.path} does not have the size that is said"
    return ""
