"""Draw the README's picture, docs/images/poster-layers.png.

The sample poster stands beside the layers that the psd service exports from it.
"""

import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from onemanage.local.sample import build_poster
from onemanage.psd.domain.document import ExportedDocument, ExportedLayer, Limits
from onemanage.psd.domain.export import export_document

TARGET = Path(__file__).resolve().parent.parent / "docs/images/poster-layers.png"
SIZE = (1200, 500)
PAPER = (248, 247, 244)
EDGE = (120, 112, 140, 150)
SHEET = (255, 255, 255, 36)
SHADOW = (38, 28, 60, 40)
COLORS = 256

POSTER_SCALE = 0.265
SHEET_SCALE = 0.25
SLANT = 0.3
"""How far a sheet's right edge sinks, as a share of its width."""
SQUEEZE = 0.5
"""How much narrower a sheet looks, being turned away."""


def main() -> None:
    """Write the picture, and print its size."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "poster.psd"), Path(folder, "out")
        out.mkdir()
        build_poster(source)
        exported = export_document(source, out, Limits(), lambda _: None)
        picture = draw(exported, out)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    reduced = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    reduced.save(TARGET, optimize=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


def draw(exported: ExportedDocument, out: Path) -> Image.Image:
    """The poster, and its layers as tilted sheets beside it."""
    assert exported.composite is not None  # the sample embeds one
    picture = Image.new("RGBA", SIZE, PAPER)
    with Image.open(out / exported.composite.path) as composite:
        poster = _scaled(composite, POSTER_SCALE)
    _place(picture, poster, 30, (SIZE[1] - poster.height) // 2)
    layers = [layer for layer in exported.layers if layer.shown and layer.image]
    sheets = [_tilted(_sheet(layer, exported, out)) for layer in layers]
    left = poster.width + 90
    step = (SIZE[0] - left - sheets[0].width - 20) // (len(sheets) - 1)
    for number, sheet in enumerate(sheets):
        _place(picture, sheet, left + number * step, (SIZE[1] - sheet.height) // 2)
    return picture


def _sheet(layer: ExportedLayer, exported: ExportedDocument, out: Path) -> Image.Image:
    """The layer where it stands on the canvas, on a pane of glass."""
    assert layer.image is not None  # only layers with pixels are drawn
    canvas = Image.new("RGBA", (exported.width, exported.height))
    with Image.open(out / layer.image.path) as image:
        canvas.paste(image.convert("RGBA"), (layer.left, layer.top))
    small = _scaled(canvas, SHEET_SCALE)
    pane = Image.new("RGBA", small.size, SHEET)
    pane.alpha_composite(small)
    corner = (pane.width - 1, pane.height - 1)
    ImageDraw.Draw(pane).rectangle((0, 0, *corner), outline=EDGE)
    return pane


def _tilted(sheet: Image.Image) -> Image.Image:
    """Turned about its upright edge, seen from the left."""
    width = round(sheet.width * SQUEEZE)
    drop = round(width * SLANT)
    across = sheet.width / width
    return sheet.transform(
        (width, sheet.height + drop),
        Image.Transform.AFFINE,
        (across, 0, 0, -SLANT, 1, 0),
        Image.Resampling.BICUBIC,
    )


def _place(picture: Image.Image, image: Image.Image, left: int, top: int) -> None:
    """Paste with a soft shadow."""
    shadow = Image.new("RGBA", picture.size)
    shade = Image.new("RGBA", image.size, SHADOW)
    shade.putalpha(image.getchannel("A").point(lambda a: a * SHADOW[3] // 255))
    shadow.paste(shade, (left + 4, top + 6))
    picture.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(6)))
    picture.alpha_composite(image, (left, top))


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    size = round(image.width * scale), round(image.height * scale)
    return image.convert("RGBA").resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
