"""Operations that change colours, light and sharpness."""

from typing import Annotated

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Color,
    Operation,
    Percent,
    Share,
)


class Sharpen(Operation, frozen=True, kw_only=True, tag="sharpen"):
    """Unsharp mask: adds ``amount`` times what a blur of ``sigma`` takes away."""

    sigma: Annotated[float, Meta(ge=0.3, le=20)] = 1.0
    """Pixels."""
    amount: Annotated[float, Meta(ge=0, le=10)] = 0.7
    threshold: Annotated[int, Meta(ge=0, le=255)] = 0
    """Differences of at most so many levels are left alone."""


class Blur(Operation, frozen=True, kw_only=True, tag="blur"):
    """Gaussian blur."""

    sigma: Annotated[float, Meta(ge=0.3, le=250)]
    """Pixels."""


class Denoise(Operation, frozen=True, kw_only=True, tag="denoise"):
    """Smooth noise and keep edges (bilateral filter, colour more than lightness)."""

    strength: Annotated[int, Meta(ge=1, le=100)] = 20


class Adjust(Operation, frozen=True, kw_only=True, tag="adjust"):
    """Brightness, contrast, saturation: 0 changes nothing, -100 takes all of it."""

    brightness: Percent = 0.0
    """Factor of the light: 100 doubles it."""
    contrast: Percent = 0.0
    """Around middle gray."""
    saturation: Percent = 0.0


class AutoLevels(Operation, frozen=True, kw_only=True, tag="auto_levels"):
    """Stretch each channel so that its darkest and lightest values span all levels."""

    clip: Annotated[float, Meta(ge=0, le=20)] = 0.5
    """Percent of the pixels ignored at either end."""
    per_channel: bool = False
    """Also takes away a colour cast; else all channels are stretched alike."""


class Grayscale(Operation, frozen=True, kw_only=True, tag="grayscale"):
    """Take the colour away, keeping lightness (Rec. 601 luma)."""


class Tint(Operation, frozen=True, kw_only=True, tag="tint"):
    """Colour by lightness: black stays black, white white, the middle takes a colour."""

    color: Color
    amount: Share = 1.0
