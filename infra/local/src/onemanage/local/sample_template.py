"""The sample poster as a template: three slots, and what a summer's offer needs beside.

``{{title}}`` and ``{{price}}`` are box text, the latter turned, ``{{photo}}`` a smart
object that lies aslant. Sixteen layers, groups among them.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.constants import BlendMode, Compression

from onemanage.local import sample
from onemanage.local.sample import CORAL, CREAM, HEIGHT, INK, LEMON, TEAL, WIDTH
from onemanage.local.sample_layers import Words, add_smart_object, add_type, embed
from onemanage.psd.domain.render import render
from onemanage.psd.domain.typesetting.fonts import FontShelf

PHOTO_ID = "7c1d4be2-5b0f-4c3e-9a52-0d6f1e8a4b11"
PHOTO_SIZE = (720, 720)
QUAD = ((232.0, 476.0), (944.0, 426.0), (988.0, 1142.0), (264.0, 1180.0))
"""Corners of the photo on the canvas: it lies a little aslant and away."""


def build_template(path: Path) -> None:
    """Write the template as an RGB PSD of 1200 x 1600 pixels."""
    document = PSDImage.new("RGBA", (WIDTH, HEIGHT))
    shelf = FontShelf([])
    group = _group(document, "Background")
    for piece in sample.background():
        sample.add_piece(group, piece)
    _product(_group(document, "Product"))
    _offer(_group(document, "Offer"), shelf)
    embed(document, PHOTO_ID, "lemonade.png", png(photo()))
    _save(document, path)


def _group(document: PSDImage, name: str) -> Group:
    return document.create_group(name=name)


def _product(group: Group) -> None:
    card = Image.new("L", (WIDTH, HEIGHT), 0)
    shifted = [(x + 14, y + 30) for x, y in QUAD]
    ImageDraw.Draw(card).polygon(shifted, 255)
    card = card.filter(ImageFilter.GaussianBlur(22))
    shadow = Image.new("RGBA", (WIDTH, HEIGHT), (*INK, 0))
    shadow.putalpha(card)
    box = card.getbbox() or (0, 0, WIDTH, HEIGHT)
    group.create_pixel_layer(
        shadow.crop(box),
        name="Card shadow",
        left=box[0],
        top=box[1],
        opacity=150,
        blend_mode=BlendMode.MULTIPLY,
    )
    add_smart_object(group, "{{photo}}", photo(), QUAD, PHOTO_ID)
    lemon = sample.citrus(230)
    group.create_pixel_layer(lemon, name="Lemon slice", left=168, top=1070)
    lime = group.create_pixel_layer(
        sample.citrus(180, (176, 214, 88)), name="Draft: lime slice", left=820, top=1120
    )
    lime.visible = False


def _offer(group: Group, shelf: FontShelf) -> None:
    title = Words(
        text="SUMMER", at=(60, 60), size=196, color=INK, box=(1080, 260), align="center"
    )
    add_type(group, "{{title}}", title, shelf)
    subtitle = Words(
        text="pressed cold, served colder",
        at=(600, 372),
        size=48,
        color=INK,
        font="NotoSans-Regular",
        align="center",
    )
    add_type(group, "Subtitle", subtitle, shelf)
    tag = sample.shape(270, 270, sample.draw_tag)
    group.create_pixel_layer(
        tag.resize((300, 300), Image.Resampling.LANCZOS),
        name="Price tag",
        left=838,
        top=1052,
    )
    price = Words(
        text="$4",
        at=_corner((990, 1208), (208, 126), -8),
        size=92,
        color=CREAM,
        box=(208, 126),
        align="center",
        turn=-8,
    )
    add_type(group, "{{price}}", price, shelf)
    small = Words(
        text="six for the price of five  -  this week only",
        at=(600, 1536),
        size=36,
        color=CREAM,
        font="NotoSans-Regular",
        align="center",
    )
    add_type(group, "Small print", small, shelf)


def _corner(
    middle: tuple[float, float], box: tuple[float, float], turn: float
) -> tuple[float, float]:
    """The left top corner of a turned box around its middle."""
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    x, y = box[0] / 2, box[1] / 2
    return float(middle[0] - cos * x + sin * y), float(middle[1] - sin * x - cos * y)


def photo(color: sample.Color = CORAL, other: sample.Color = LEMON) -> Image.Image:
    """A product's photo: a can on a ground of two colours. Drawn, so free to use."""
    width, height = PHOTO_SIZE
    down = np.linspace(0, 1, height)[:, None, None]
    ground = np.array(other) * (1 - down) + np.array(CREAM) * down
    pixels = np.repeat(np.rint(ground).astype(np.uint8), width, axis=1)
    picture = Image.fromarray(pixels).convert("RGBA")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((90, 60, 630, 600), fill=(*_mixed(color, CREAM, 0.55), 255))
    draw.rectangle((0, 560, width, height), fill=(*_mixed(TEAL, CREAM, 0.25), 255))
    can = sample.can().resize((279, 620), Image.Resampling.LANCZOS)
    picture.alpha_composite(can, ((width - can.width) // 2, 60))
    return picture


def png(image: Image.Image) -> bytes:
    """As a file."""
    found = io.BytesIO()
    image.save(found, "png")
    return found.getvalue()


def _mixed(one: sample.Color, other: sample.Color, share: float) -> sample.Color:
    red, green, blue = (
        round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


def _save(document: PSDImage, path: Path) -> None:
    """With the merged image that our renderer makes of it."""
    record = document._record
    planes = render(document).planes
    record.image_data.compression = Compression.RLE
    record.image_data.set_data(
        [np.ascontiguousarray(plane).tobytes() for plane in np.moveaxis(planes, 2, 0)],
        record.header,
    )
    with path.open("wb") as file:
        record.write(file)
