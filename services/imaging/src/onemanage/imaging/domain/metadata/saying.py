"""What a file says beside its pixels, as bytes that its format takes up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Each empty where nothing is said."""

    exif: bytes = b""
    """A TIFF of its own, without the words that JPEG puts in front."""
    xmp: bytes = b""
    dpi: int | None = None
    gain_map: bytes = b""
    """A JPEG that stands behind the picture's own."""

    def __bool__(self) -> bool:
        return bool(self.exif or self.xmp or self.dpi or self.gain_map)
