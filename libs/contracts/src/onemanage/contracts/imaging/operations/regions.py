"""Operations that make a part of an image unreadable."""

from typing import Annotated, Literal

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import Color, Operation

type _Place = Annotated[float, Meta(ge=0, le=1_000_000)]


class Obscure(Operation, frozen=True, kw_only=True, tag="obscure"):
    """Blur, pixelate or cover a box, all faces, the subject, or what surrounds it.

    What is found by itself are faces that look at the camera (Haar cascades) and the
    subject, by the network that backgrounds use; there is no detector of other things. In an animation a face is hidden in the frames before
    and after the one it is seen in too. A warning says where no face was found: look
    before it is published.
    """

    target: Literal["box", "faces", "subject", "surroundings"] = "box"
    """``surroundings`` is all but the subject: its blur looks like a wide aperture."""
    x: _Place | None = None
    """Of a box, which needs all four: its left edge."""
    y: _Place | None = None
    """Its top edge."""
    width: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    height: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    unit: Literal["px", "percent"] = "px"
    """Of a box; percent of the image's width and height. What lies outside the image is
    left out."""
    how: Literal["blur", "pixelate", "fill"] = "pixelate"
    strength: Annotated[float, Meta(gt=0, le=2_000)] | None = None
    """Pixels: sigma of the blur, side of the squares; None for a sixth of the shorter
    side of each part; of the image's, a twentieth for the subject and a fiftieth for
    what surrounds it."""
    color: Color = "#000000"
    """Of ``fill``."""
    shape: Literal["rectangle", "ellipse"] = "rectangle"
    """Of boxes and faces."""
    grow: Annotated[float, Meta(ge=0, le=100)] = 20.0
    """Of faces: how much larger than what was found, in percent, at each side."""
    feather: Annotated[float, Meta(ge=0, le=200)] = 0.0
    """Sigma in pixels of a soft edge around boxes and faces."""
