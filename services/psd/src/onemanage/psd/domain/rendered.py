"""What a rendition gives: plain values, as in document.py."""

from dataclasses import dataclass

from onemanage.psd.domain.document import ExportedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedImage:
    """One image; the fields mean what they mean in the contract's RenditionImage."""

    image: ExportedImage
    number: int
    name: str
    scale: float
    layer_id: int | None
    slice_id: int | None
    left: int
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionOutput:
    images: tuple[RenderedImage, ...]
    warnings: tuple[str, ...]
    """What is missing, or not as it was asked for, and why."""
