"""What reading a font file gives: plain values that travel between processes."""

from dataclasses import dataclass

from onemanage.contracts.psd.fonts import FontFace


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFont:
    """What is in the file. ``path`` is of the font in the output directory, unpacked."""

    format: str
    """ttf, otf, ttc, woff or woff2."""
    ending: str
    """ttf, otf or ttc: as which it is written."""
    path: str
    sha256: str
    faces: tuple[FontFace, ...]
    warnings: tuple[str, ...] = ()
