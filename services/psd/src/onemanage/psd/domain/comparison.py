"""What a comparison takes and what it gives: plain values, as in document.py."""

from dataclasses import dataclass
from pathlib import Path

from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.document import ExportedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChange:
    """What happened to one layer."""

    kind: str
    """added, removed or changed."""
    before: int | None
    """``layer_id`` in the older version; None where it was added."""
    after: int | None
    """``layer_id`` in the newer version; None where it was removed."""
    name: str
    """In the newer version, if it is there."""
    changes: tuple[str, ...] = ()
    """Of a changed one: pixels, moved, resized, reordered, renamed, group, kind, text,
    style, opacity, blend_mode, visibility; in this order."""
    dx: int = 0
    """Pixels from where its top left was, as is ``dy``."""
    dy: int = 0
    box_before: Box | None = None
    box_after: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of the two: where its manifest is, and its composite where there is one."""

    manifest: Path
    composite: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``regions`` are in pixels of the heat map, the largest first."""

    layers: tuple[LayerChange, ...]
    heat_map: ExportedImage | None
    regions: tuple[Box, ...]
    changed_share: float | None
    warnings: tuple[str, ...]
