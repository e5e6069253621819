"""Operations on an image's outline: corners, frame, shadow, ground."""

from typing import Annotated, Literal

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Color,
    Length,
    Operation,
    Percent,
    Share,
)


class RoundedCorners(Operation, frozen=True, kw_only=True, tag="rounded_corners"):
    """Make the corners transparent, outside quarters of a circle."""

    radius: Length
    unit: Literal["px", "percent"] = "px"
    """Percent of half the shorter side: 100 makes a circle of a square."""


class Border(Operation, frozen=True, kw_only=True, tag="border"):
    """Add a frame around the image."""

    width: Annotated[int, Meta(ge=1, le=2_000)]
    color: Color = "#000000"


class DropShadow(Operation, frozen=True, kw_only=True, tag="drop_shadow"):
    """Lay a shadow under the image. It grows to hold it; the ground is transparent."""

    dx: Annotated[int, Meta(ge=-500, le=500)] = 0
    dy: Annotated[int, Meta(ge=-500, le=500)] = 8
    blur: Annotated[float, Meta(ge=0, le=200)] = 12.0
    """Sigma in pixels."""
    color: Color = "#000000"
    opacity: Share = 0.4


class Background(Operation, frozen=True, kw_only=True, tag="background"):
    """Lay a colour under what is transparent."""

    color: Color = "#ffffff"
