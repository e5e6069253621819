"""What children give back: plain values, which the service reads without any library
that works on images."""

from dataclasses import dataclass

from onemanage.contracts.imaging.backgrounds import RemovalResult


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """One finished file."""

    name: str
    """Of the variant."""
    path: str
    """Of the file, in the folder that was given."""
    media_type: str
    width: int
    height: int
    frames: int
    size: int
    """Bytes."""
    sha256: str
    crc32: int
    warnings: tuple[str, ...]
    """What is not as it was asked for, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackground:
    """``images`` are files in the folder that was given: ``image``, and ``mask``."""

    images: list[VariantResult]
    removal: RemovalResult
    warnings: tuple[str, ...]
