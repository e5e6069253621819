"""Operations that change how light or dark each level becomes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.operations.values import Operation, Percent, Share
from onemanage.contracts.public import shows_all

type Level = Annotated[int, Meta(ge=0, le=255)]


class Gamma(Operation, frozen=True, kw_only=True, tag="gamma"):
    """Lighten or darken the middle tones; black and white stay.

    A level v from 0 to 1 becomes v to the power of 1/``value``.
    """

    value: Annotated[float, Meta(ge=0.1, le=10)]
    """Over 1 lightens, 1 changes nothing."""


@shows_all
class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A level, and what becomes of it."""

    x: Level
    y: Level


type CurvePoints = Annotated[list[CurvePoint], Meta(max_length=32)]


class Curves(Operation, frozen=True, kw_only=True, tag="curves"):
    """Draw tones anew by curves through points.

    Between the points of a curve it is a cubic that never overshoots them (Fritsch and
    Carlson, SIAM J. Numer. Anal. 17, 1980); before the first and after the last one it
    is level. First each channel goes through its own curve, then all through
    ``master``. A curve of less than two points changes nothing.
    """

    master: CurvePoints = []
    red: CurvePoints = []
    green: CurvePoints = []
    blue: CurvePoints = []


class Equalize(Operation, frozen=True, kw_only=True, tag="equalize"):
    """Spread the levels so that each is about as frequent as the others.

    By one table for all frames of an animation; what is transparent does not count.
    """

    per_channel: bool = False
    """Red, green and blue each for itself, which shifts colours; else lightness
    alone."""


class Clahe(Operation, frozen=True, kw_only=True, tag="clahe"):
    """Raise local contrast: equalise lightness within tiles, no further than a limit.

    Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV
    (1994), on the lightness of CIE Lab.
    """

    limit: Annotated[float, Meta(ge=1, le=100)] = 3.0
    """How many times as frequent as on average a level may count; higher is
    stronger."""
    tiles: Annotated[int, Meta(ge=1, le=32)] = 8
    """Across and down."""


class ShadowsHighlights(Operation, frozen=True, kw_only=True, tag="shadows_highlights"):
    """Lighten what lies in the dark, darken what is glaring; 0 changes nothing.

    How light a place is, is taken from its neighbourhood on this side of edges, by a
    guided filter (He and Sun, arXiv 1505.00996, 2015), so detail within it stays.
    """

    shadows: Percent = 0.0
    """Over 0 lightens them, below 0 darkens them."""
    highlights: Percent = 0.0
    """Over 0 darkens them, below 0 lightens them."""
    radius: Annotated[float, Meta(gt=0, le=20)] = 2.0
    """Of the neighbourhood (sigma), as percent of the longer side."""


class Threshold(Operation, frozen=True, kw_only=True, tag="threshold"):
    """Make it black and white: white where luma (Rec. 601) reaches a level."""

    level: Level | None = None
    """None for the one that parts dark and light best (Otsu, IEEE Trans. SMC 9, 1979),
    the same for all frames."""


class Negate(Operation, frozen=True, kw_only=True, tag="negate"):
    """Turn each colour into its opposite: light into dark, red into cyan."""


class Solarize(Operation, frozen=True, kw_only=True, tag="solarize"):
    """Negate what is lighter than a level, channel by channel."""

    level: Level = 128
    """Levels of at least this are negated."""


class Posterize(Operation, frozen=True, kw_only=True, tag="posterize"):
    """Leave so many levels of each channel, evenly apart from 0 to 255."""

    levels: Annotated[int, Meta(ge=2, le=256)] = 4


class Vignette(Operation, frozen=True, kw_only=True, tag="vignette"):
    """Darken towards the corners.

    Nothing within ``radius``; from there to the corner by a smooth step up to
    ``amount``.
    """

    amount: Share = 0.5
    """1 makes corners of the colour."""
    radius: Share = 0.4
    """Where it begins, as a share of the way from the middle to a corner."""
    color: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")] = "#000000"
