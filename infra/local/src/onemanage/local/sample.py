"""A layered poster for the first minutes: groups, blend modes, opacity, a hidden layer.

Everything is drawn here, so the document is free to use and always the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.constants import BlendMode, Compression, Resource
from psd_tools.psd.image_resources import ImageResource, VersionInfo

WIDTH, HEIGHT = 1200, 1600

type Color = tuple[int, int, int]

INK: Color = (38, 28, 60)
CREAM: Color = (255, 246, 229)
CORAL: Color = (244, 96, 84)
LEMON: Color = (255, 209, 74)
TEAL: Color = (20, 122, 128)

_SMOOTH = 3
"""Shapes are drawn this many times larger and scaled down, for smooth edges."""


@dataclass(frozen=True)
class Piece:
    """A pixel layer: ``image`` is RGBA with its corner at (left, top)."""

    name: str
    image: Image.Image
    left: int = 0
    top: int = 0
    opacity: int = 255
    multiply: bool = False
    visible: bool = True


def build_poster(path: Path) -> None:
    """Write the poster as an RGB PSD of 1200 x 1600 pixels."""
    groups: list[tuple[str, Sequence[Piece]]] = [
        ("Background", _background()),
        ("Product", _product()),
        ("Offer", _offer()),
    ]
    document = PSDImage.new("RGB", (WIDTH, HEIGHT))
    merged = Image.new("RGB", (WIDTH, HEIGHT), CREAM)
    for name, pieces in groups:
        group = document.create_group(name=name)
        for piece in pieces:
            _add(group, piece)
            merged = _painted(merged, piece)
    _save(document, merged, path)


def _add(group: Group, piece: Piece) -> None:
    layer = group.create_pixel_layer(
        piece.image,
        name=piece.name,
        left=piece.left,
        top=piece.top,
        opacity=piece.opacity,
        blend_mode=BlendMode.MULTIPLY if piece.multiply else BlendMode.NORMAL,
    )
    layer.visible = piece.visible


def _painted(backdrop: Image.Image, piece: Piece) -> Image.Image:
    """The piece over an opaque backdrop, as Photoshop blends it."""
    if not piece.visible:
        return backdrop
    corner = (piece.left, piece.top)
    color = piece.image.convert("RGB")
    if piece.multiply:
        right, bottom = piece.left + color.width, piece.top + color.height
        beneath = backdrop.crop((*corner, right, bottom))
        color = ImageChops.multiply(color, beneath)
    alpha = piece.image.getchannel("A").point(lambda a: round(a * piece.opacity / 255))
    backdrop.paste(color, corner, alpha)
    return backdrop


def _save(document: PSDImage, merged: Image.Image, path: Path) -> None:
    """Write with ``merged`` as the embedded image.

    ``PSDImage.save`` would render it again, which takes several seconds.
    """
    resources = document.image_resources
    resources[Resource.VERSION_INFO] = ImageResource(
        key=Resource.VERSION_INFO,
        data=VersionInfo(has_composite=True, writer="OneManage").tobytes(),
    )
    record = document._record
    record.image_data.compression = Compression.RLE
    record.image_data.set_data(
        [band.tobytes() for band in merged.split()], record.header
    )
    with path.open("wb") as file:
        record.write(file)


def _background() -> list[Piece]:
    sun = _shape(640, 640, lambda draw, s: draw.ellipse((0, 0, s(639), s(639)), LEMON))
    return [
        Piece("Sky", _gradient((255, 186, 140), (253, 226, 190))),
        Piece("Sun", sun, 280, 330, opacity=217),
        Piece("Far waves", _waves(420, (92, 190, 186), 26, 1.6), 0, 1180),
        Piece("Near waves", _waves(310, TEAL, 20, 2.4), 0, 1290),
    ]


def _product() -> list[Piece]:
    shadow = _shape(
        620, 150, lambda draw, s: draw.ellipse((s(60), s(40), s(560), s(110)), INK)
    ).filter(ImageFilter.GaussianBlur(18))
    slice_ = _slice(210)
    return [
        Piece("Shadow", shadow, 330, 1298, opacity=140, multiply=True),
        Piece("Can", _can(), 420, 560),
        Piece("Lemon slice", slice_, 730, 1190),
        Piece(
            "Draft: lime slice", _slice(210, (176, 214, 88)), 300, 1190, visible=False
        ),
    ]


def _offer() -> list[Piece]:
    tag = _shape(270, 270, _draw_tag)
    price = _text("$4", 120, CREAM)
    return [
        _centred("Title", _text("SUMMER", 236, INK), 70),
        _centred("Subtitle", _text("in a can: cold-pressed lemonade", 50, CORAL), 296),
        Piece("Price tag", tag, 830, 430),
        Piece("Price", price, 830 + (270 - price.width) // 2, 502),
        _centred(
            "Small print", _text("six for $20  -  this week only", 38, CREAM), 1500
        ),
    ]


def _centred(name: str, image: Image.Image, top: int) -> Piece:
    return Piece(name, image, (WIDTH - image.width) // 2, top)
