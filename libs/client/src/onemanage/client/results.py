"""What the methods that take several requests give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onemanage.client import types


@dataclass(frozen=True)
class Exported:
    """A document that was taken apart."""

    document: types.DocumentResult
    rendition: types.RenditionResult | None = None
    """Where something else was asked for than what every document is exported to."""
    files: list[Path] = field(default_factory=list[Path])
    """What was written, ``manifest.json`` or ``rendition.json`` among it."""


@dataclass(frozen=True)
class Transformed:
    """What has become of an image."""

    transformation: types.TransformationResult
    files: list[Path] = field(default_factory=list[Path])
    """A file for each variant, in their order; none where none was asked for."""
