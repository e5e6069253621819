"""A layered poster for the first minutes: groups, blend modes, opacity, a hidden layer.

Everything is drawn here, so the document is free to use and always the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.constants import BlendMode, Compression

WIDTH, HEIGHT = 1200, 1600

type Color = tuple[int, int, int]

INK: Color = (38, 28, 60)
CREAM: Color = (255, 246, 229)
CORAL: Color = (244, 96, 84)
LEMON: Color = (255, 209, 74)
TEAL: Color = (20, 122, 128)

type Scale = Callable[[float], int]
type Paint = Callable[[ImageDraw.ImageDraw, Scale], object]

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
        ("Background", background()),
        ("Product", _product()),
        ("Offer", _offer()),
    ]
    document = PSDImage.new("RGBA", (WIDTH, HEIGHT))
    merged = Image.new("RGB", (WIDTH, HEIGHT), CREAM)
    for name, pieces in groups:
        group = document.create_group(name=name)
        for piece in pieces:
            add_piece(group, piece)
            merged = _painted(merged, piece)
    _save(document, merged, path)


def add_piece(group: Group, piece: Piece) -> None:
    """As a pixel layer of the group."""
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
    record = document._record
    record.image_data.compression = Compression.RLE
    record.image_data.set_data(
        [band.tobytes() for band in merged.convert("RGBA").split()], record.header
    )
    with path.open("wb") as file:
        record.write(file)


def background() -> list[Piece]:
    """The pieces behind everything: sky, sun and waves."""
    sun = shape(640, 640, lambda draw, s: draw.ellipse((0, 0, s(639), s(639)), LEMON))
    return [
        Piece("Sky", _gradient((255, 186, 140), (253, 226, 190))),
        Piece("Sun", sun, 280, 400, opacity=217),
        Piece("Far waves", _waves(420, (92, 190, 186), 26, 1.6), 0, 1180),
        Piece("Near waves", _waves(310, TEAL, 20, 2.4), 0, 1290),
    ]


def _product() -> list[Piece]:
    shadow = shape(
        620, 150, lambda draw, s: draw.ellipse((s(60), s(40), s(560), s(110)), INK)
    ).filter(ImageFilter.GaussianBlur(18))
    slice_ = citrus(210)
    return [
        Piece("Shadow", shadow, 330, 1298, opacity=140, multiply=True),
        Piece("Can", can(), 420, 560),
        Piece("Lemon slice", slice_, 730, 1190),
        Piece(
            "Draft: lime slice", citrus(210, (176, 214, 88)), 300, 1190, visible=False
        ),
    ]


def _offer() -> list[Piece]:
    tag = shape(270, 270, draw_tag)
    price = _text("$4", 120, CREAM, weight=2)
    return [
        _centred("Title", _text("SUMMER", 232, INK, weight=5), 70),
        _centred(
            "Subtitle", _text("in a can: cold-pressed lemonade", 52, INK, weight=1), 296
        ),
        Piece("Price tag", tag, 830, 430),
        Piece("Price", price, 830 + (270 - price.width) // 2, 502),
        _centred(
            "Small print", _text("six for $20  -  this week only", 38, CREAM), 1500
        ),
    ]


def _centred(name: str, image: Image.Image, top: int) -> Piece:
    return Piece(name, image, (WIDTH - image.width) // 2, top)


def shape(width: int, height: int, paint: Paint) -> Image.Image:
    """What ``paint`` draws, with smooth edges; it scales its coordinates itself."""
    large = Image.new("RGBA", (width * _SMOOTH, height * _SMOOTH), (*CREAM, 0))
    paint(ImageDraw.Draw(large), lambda value: round(value * _SMOOTH))
    return large.resize((width, height), Image.Resampling.BOX)


def _gradient(top: Color, bottom: Color) -> Image.Image:
    share = np.linspace(0, 1, HEIGHT)[:, np.newaxis]
    column = np.array(top) * (1 - share) + np.array(bottom) * share
    row = np.rint(column).astype(np.uint8)[:, np.newaxis, :]
    return Image.fromarray(np.repeat(row, WIDTH, axis=1)).convert("RGBA")


def _waves(height: int, color: Color, swing: int, periods: float) -> Image.Image:
    across = np.linspace(0, 2 * np.pi * periods, 241)
    crest = swing * (1 + np.sin(across))

    def paint(draw: ImageDraw.ImageDraw, s: Scale) -> None:
        edge = [(s(x * 5), s(y)) for x, y in enumerate(crest)]
        draw.polygon([*edge, (s(WIDTH), s(height)), (0, s(height))], color)

    return shape(WIDTH, height, paint)


def can() -> Image.Image:
    """A can with its print, lit from the upper left."""
    width, height = 360, 800

    def body(draw: ImageDraw.ImageDraw, s: Scale) -> None:
        steel = (214, 220, 224)
        draw.rounded_rectangle((s(34), s(8), s(326), s(120)), s(30), steel)
        draw.rounded_rectangle((s(34), s(700), s(326), s(798)), s(34), steel)
        draw.rounded_rectangle((0, s(62), s(359), s(770)), s(58), CORAL)
        draw.rectangle((0, s(330), s(359), s(560)), CREAM)
        draw.rectangle((0, s(330), s(359), s(342)), LEMON)
        draw.rectangle((0, s(548), s(359), s(560)), LEMON)
        draw.ellipse((s(52), s(2), s(308), s(50)), (236, 240, 242))
        draw.ellipse((s(74), s(8), s(286), s(42)), (168, 178, 184))
        draw.ellipse((s(150), s(14), s(210), s(34)), (224, 230, 233))

    can = shape(width, height, body)
    for text, size, color, top in (
        ("LEMO", 98, CORAL, 358),
        ("NADE", 98, CORAL, 450),
        ("cold pressed", 40, CREAM, 600),
        ("330 ml", 32, CREAM, 654),
    ):
        label = _text(text, size, color, weight=size // 40)
        can.alpha_composite(label, ((width - label.width) // 2, top))
    lemon = citrus(150)
    can.alpha_composite(lemon, ((width - lemon.width) // 2, 150))
    return _lit(can)


def _lit(can: Image.Image) -> Image.Image:
    """Darker towards the sides, with a streak of light, as on a cylinder."""
    across = np.linspace(-1, 1, can.width)
    shade = 1 - 0.5 * np.abs(across + 0.15) ** 2.4
    streak = 70 * np.exp(-(((across + 0.55) / 0.09) ** 2))
    pixels = np.asarray(can).astype(np.float32)
    pixels[:, :, :3] *= shade[:, np.newaxis]
    pixels[:, :, :3] += streak[:, np.newaxis]
    return Image.fromarray(np.rint(pixels.clip(0, 255)).astype(np.uint8))


def citrus(size: int, rind: Color = LEMON) -> Image.Image:
    """A round slice of a citrus fruit: rind, pith and eight segments."""
    middle, segments = size / 2, 8

    def disc(draw: ImageDraw.ImageDraw, s: Scale, radius: float, color: Color) -> None:
        low, high = s(middle - radius), s(middle + radius) - 1
        draw.ellipse((low, low, high, high), color)

    def paint(draw: ImageDraw.ImageDraw, s: Scale) -> None:
        disc(draw, s, middle, rind)
        disc(draw, s, middle * 0.88, CREAM)
        flesh: Color = (rind[0], min(255, rind[1] + 16), min(255, rind[2] + 44))
        low, high = s(middle * 0.2), s(middle * 1.8)
        for number in range(segments):
            start = number * 360 / segments + 5
            draw.pieslice((low, low, high, high), start, start + 35, flesh)
        disc(draw, s, middle * 0.12, CREAM)

    return shape(size, size, paint)


def draw_tag(draw: ImageDraw.ImageDraw, s: Scale) -> None:
    """A round tag with a scalloped edge."""
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        x, y = 135 + 116 * np.cos(angle), 135 + 116 * np.sin(angle)
        draw.ellipse((s(x - 18), s(y - 18), s(x + 18), s(y + 18)), TEAL)
    draw.ellipse((s(18), s(18), s(252), s(252)), TEAL)
    draw.ellipse((s(32), s(32), s(238), s(238)), outline=CREAM, width=s(3))


def _text(text: str, size: int, color: Color, weight: int = 0) -> Image.Image:
    """The text in Pillow's own font, cropped to its ink; ``weight`` makes it bolder."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = (
        round(x) for x in font.getbbox(text, stroke_width=weight)
    )
    image = Image.new("RGBA", (right - left + 2, bottom - top + 2), (*color, 0))
    draw = ImageDraw.Draw(image)
    draw.text((1 - left, 1 - top), text, color, font, stroke_width=weight)
    return image
