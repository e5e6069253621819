"""Drawings as programs write them: units, declarations, references, encodings."""

import base64
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.picture import Pixels

from . import samples

ORANGE = (255, 136, 0, 255)
RECT = '<rect width="20" height="20" fill="#ff8800"/>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" '
LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawn(tmp_path: Path, body: str, size: str = 'width="40" height="20"') -> Pixels:
    return read_picture(samples.svg(tmp_path / "a", body, size)).first


def is_orange_left(pixels: Pixels) -> bool:
    return tuple(pixels[10, 10]) == ORANGE and int(pixels[10, 30, 3]) == 0


@pytest.mark.parametrize(
    ("length", "pixels"),
    [
        ("10mm", 38),
        ("1cm", 38),
        ("0.5in", 48),
        ("30pt", 40),
        ("3pc", 48),
        ("40px", 40),
    ],
)
def test_lengths_are_those_of_css(tmp_path: Path, length: str, pixels: int) -> None:
    body = f'<rect width="{length}" height="{length}" fill="#ff8800"/>'
    size = f'width="{length}" height="{length}"'
    made = drawn(tmp_path, body, size)
    assert made.shape[:2] == (pixels, pixels)
    assert tuple(made[pixels // 2, pixels // 2][:3]) == ORANGE[:3]
    inner = drawn(tmp_path, body, 'width="100" height="100"')
    assert abs(int((inner[20 // 2, :, 3] > 127).sum()) - pixels) <= 1


def test_text_measured_in_points_is_as_high_as_in_pixels(tmp_path: Path) -> None:
    size = 'width="200" height="60"'
    points = drawn(tmp_path, '<text y="45" font-size="30pt">Hx</text>', size)
    pixels = drawn(tmp_path, '<text y="45" font-size="40">Hx</text>', size)
    assert np.array_equal(points, pixels) and int(points[:, :, 3].max()) == 255


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("", (300, 150)),
        ('width="60"', (60, 150)),
        ('height="60"', (300, 60)),
        ('width="100%" height="100%"', (300, 150)),
        ('width="100%" viewBox="0 0 50 20"', (50, 20)),
    ],
)
def test_a_drawing_that_says_no_size_is_not_stretched(
    tmp_path: Path, size: str, expected: tuple[int, int]
) -> None:
    made = drawn(tmp_path, RECT, size)
    assert made.shape[:2] == expected[::-1]
    assert tuple(made[19, 19]) == ORANGE and int(made[10, 21, 3]) == 0


ENTITIES = (
    '<?xml version="1.0" encoding="utf-8"?><!-- Generator: Adobe Illustrator -->'
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" ['
    '<!ENTITY ns_svg "http://www.w3.org/2000/svg">'
    '<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">]>'
    '<svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" width="40" height="20">'
    '<switch><foreignObject requiredExtensions="&ns_ai;" width="1" height="1">'
    '<i:pgfRef/></foreignObject><g i:extraneous="self">' + RECT + "</g></switch>"
    "<i:pgf>AAAA</i:pgf></svg>"
)
WHOLE = {
    "Illustrator's entities": ENTITIES.encode(),
    "a plain document type": (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        f'{SVG}width="40" height="20">{RECT}</svg>'
    ).encode(),
    "a long comment first": (
        f'<!-- {"long " * 2000}-->{SVG}width="40" height="20">{RECT}</svg>'
    ).encode(),
    "Latin-1": (
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        f'{SVG}width="40" height="20"><title>Caf\xe9</title>{RECT}</svg>'
    ).encode("latin-1"),
    "Windows' letters": (
        '<?xml version="1.0" encoding="windows-1252"?>'
        f'{SVG}width="40" height="20"><title>\u20ac</title>{RECT}</svg>'
    ).encode("cp1252"),
    "UTF-16": f'{SVG}width="40" height="20">{RECT}</svg>'.encode("utf-16"),
    "UTF-16 that says so": (
        '<?xml version="1.0" encoding="UTF-16"?>'
        f'{SVG}width="40" height="20">{RECT}</svg>'
    ).encode("utf-16-be"),
    "UTF-8 with a mark": (f'\ufeff{SVG}width="40" height="20">{RECT}</svg>'.encode()),
    "SVGZ": gzip.compress(f'{SVG}width="40" height="20">{RECT}</svg>'.encode()),
    "a prefix": (
        '<s:svg xmlns:s="http://www.w3.org/2000/svg" width="40" height="20">'
        '<s:rect width="20" height="20" fill="#ff8800"/></s:svg>'
    ).encode(),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_file_is_drawn_however_it_is_declared_and_encoded(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "a").write_bytes(data)
    assert read_header(tmp_path / "a").format == "svg"
    picture = read_picture(tmp_path / "a")
    assert is_orange_left(picture.first) and not picture.warnings


GRADIENT = (
    '<defs><linearGradient id="a"><stop stop-color="#ff8800"/></linearGradient></defs>'
)
ORDINARY = {
    "single quotes": GRADIENT + "<rect width='20' height='20' fill=\"url('#a')\"/>",
    "double quotes": GRADIENT
    + "<rect width='20' height='20' style='fill:url( \"#a\" )'/>",
    "in a style sheet": GRADIENT
    + "<style>rect{fill:url('#a')}</style><rect width='20' height='20'/>",
    "a link": f'<a href="https://example.org/" {LINK} xlink:href="/x">{RECT}</a>',
    "a switch": "<switch><foreignObject width='9' height='9'><p/></foreignObject>"
    f"{RECT}</switch>",
    "an animation": '<rect width="20" height="20" fill="#ff8800">'
    '<animate attributeName="width" to="40"/><set attributeName="x" to="9"/></rect>',
    "a style sheet with a font": "<style>@font-face{font-family:'X';"
    "src:url(data:font/woff2;base64,d09GMgAB) format('woff2')}"
    f".a{{fill:#ff8800}}</style><rect class='a' width='20' height='20'/>",
    "a style sheet with an import": "<style>@import url('https://x.example/a.css');"
    ".a{fill:#ff8800}</style><rect class='a' width='20' height='20'/>",
    "a fallback": "<rect width='20' height='20' fill='url(http://x.y/#a) #ff8800'/>",
    "a script": f"<script>alert(1)</script>{RECT}",
}


@pytest.mark.parametrize("body", ORDINARY.values(), ids=ORDINARY)
def test_what_loads_nothing_is_drawn(tmp_path: Path, body: str) -> None:
    assert is_orange_left(drawn(tmp_path, body))


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("head", ["", ";charset=utf-8"])
def test_images_within_are_drawn(tmp_path: Path, name: str, head: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "#ff8800").save(file, name)
    data = base64.b64encode(file.getvalue()).decode()
    kind = f"image/{name.lower()}{head};base64"
    body = f'<image width="20" height="20" href="data:{kind},{data}"/>'
    pixels = drawn(tmp_path, body)
    assert samples.near(pixels[10, 10, :3], ORANGE[:3], 6)
    assert int(pixels[10, 30, 3]) == 0


def test_a_drawing_is_drawn_at_the_size_that_is_wanted(tmp_path: Path) -> None:
    """Not at its own and made larger: a slanted edge stays one pixel wide."""
    body = '<path d="M0 0 L24 24 L0 24 Z" fill="#ff8800"/>'
    path = samples.svg(tmp_path / "a", body, 'width="24" height="24"')
    large = {"op": "resize", "width": 480, "enlarge": True}
    pixels = samples.made_of(path, large)
    assert pixels.shape[:2] == (480, 480)
    edge = pixels[240, :, 3].astype(int)
    assert ((edge > 8) & (edge < 247)).sum() <= 2
    assert samples.made_of(path, large | {"enlarge": False}).shape[:2] == (24, 24)


def test_a_drawing_larger_than_may_be_drawn_is_drawn_smaller(tmp_path: Path) -> None:
    path = samples.svg(tmp_path / "a", RECT, 'width="12000" height="6000"')
    assert read_header(path).width == 12_000
    pixels = samples.made_of(path, {"op": "resize", "width": 1200})
    assert pixels.shape[:2] == (600, 1200)
    assert tuple(pixels[1, 1]) == ORANGE and int(pixels[3, 3, 3]) == 0
    crop = {"op": "crop", "x": 0, "y": 0, "width": 40, "height": 20}
    small = samples.made_of(path, {"op": "resize", "width": 1200}, crop)
    assert small.shape[:2] == (20, 40)


def test_a_width_to_read_at_counts_as_the_size(tmp_path: Path) -> None:
    path = samples.svg(tmp_path / "a", RECT)
    half = {"op": "resize", "width": 200}
    result = samples.run(path, [half], reading={"width": 400})
    assert (result.width, result.height) == (200, 100)
    assert read_picture(path, Reading(width=400)).first.shape[:2] == (200, 400)
