"""What an export takes and what it gives: plain values that travel between processes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onemanage.contracts.psd.manifest import DocumentDetails, LayerDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a document may ask for, and what it is taken to say where it is silent.

    The former is checked before anything is decoded.
    """

    max_side: int = 30_000
    """Pixels. PSD itself ends at 30,000, PSB at 300,000."""
    max_layers: int = 8_000
    """Groups included."""
    max_pixels: int = 2_000_000_000
    """Of all layers and the canvas together."""
    max_image_pixels: int = 100_000_000
    """Of any one of them: an image is decoded as a whole, and takes up to ten bytes a
    pixel meanwhile."""
    max_embedded: int = 1 << 30
    """Bytes of the embedded files that are extracted, all together."""
    inks: bytes | None = None
    """The ICC profile that CMYK without one is taken to have; without it SWOP's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedImage:
    """An image in the output directory, in sRGB with 8 bits per channel."""

    path: str
    """Relative to the output directory."""
    width: int
    height: int
    size: int
    """Bytes."""
    sha256: str
    crc32: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLayer:
    """One layer or group; the fields mean what they mean in the contract's Layer."""

    layer_id: int
    parent_id: int | None
    name: str
    kind: str
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    opacity: float
    visible: bool
    shown: bool
    clipping: bool
    text: str | None
    image: ExportedImage | None = None
    warnings: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    details: LayerDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedDocument:
    """A document with all its layers, from the bottom up."""

    format: str
    width: int
    height: int
    color_mode: str
    depth: int
    icc_profile: str | None
    layers: tuple[ExportedLayer, ...]
    composite: ExportedImage | None
    composite_source: str | None
    """embedded, rendered, or None without a composite."""
    warnings: tuple[str, ...]
    details: DocumentDetails | None = None
    name_encoding: str | None = None

    @property
    def layer_count(self) -> int:
        """Groups among them."""
        return len(self.layers)

    @property
    def image_count(self) -> int:
        """Layers of which there is a file."""
        return sum(layer.image is not None for layer in self.layers)


def joined(shares: Sequence[ExportedDocument]) -> ExportedDocument:
    """What several processes have exported, as if one had."""
    first = shares[0]
    layers = sorted((x for one in shares for x in one.layers), key=lambda x: x.layer_id)
    return replace(first, layers=tuple(layers))


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that was embedded, in the output directory."""

    path: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """``done`` of ``total`` steps; a step is a layer or the composite.

    ``image`` or ``file`` is complete in the output directory and may be uploaded and
    deleted.
    """

    done: int
    total: int
    image: ExportedImage | None = None
    file: ExportedFile | None = None
