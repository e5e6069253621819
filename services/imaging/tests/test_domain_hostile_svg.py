"""Drawings that reach outside, lie, or ask for too much."""

import base64
import gzip
from pathlib import Path

import pytest

from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.svg.clean import clean

from . import samples
from .refusals import at_most, refusal

OUTSIDE = {
    "image": '<image href="http://127.0.0.1/x.png" width="9" height="9"/>',
    "file": '<image href="file:///etc/passwd" width="9" height="9"/>',
    "relative": '<image href="x.png" width="9" height="9"/>',
    "xlink": '<g xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<use xlink:href="other.svg#a"/></g>',
    "script": "<script>1</script>",
    "event": '<g onload="x()"/>',
    "foreign": "<foreignObject/>",
    "import": "<style>@import 'http://127.0.0.1/x.css';</style>",
    "escaped import": "<style>@\\69mport 'x.css';</style>",
    "font": "<style>@font-face{src:url(x.woff)}</style>",
    "fill": '<rect width="9" height="9" fill="url(http://127.0.0.1/#a)"/>',
    "style": "<rect style=\"fill:url('x.svg#a')\"/>",
    "nested svg": '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
    "base": '<g xml:base="http://127.0.0.1/"/>',
}


MARK = '<rect width="9" height="9" fill="#ff8800"/>'
ELSEWHERE = ("127.0.0.1", "file:", "x.png", "x.css", "x.woff", "x.svg", "other.svg")


@pytest.mark.parametrize("body", OUTSIDE.values(), ids=OUTSIDE)
def test_an_svg_that_reaches_outside_itself_is_drawn_without_that(
    tmp_path: Path, body: str
) -> None:
    path = samples.svg(tmp_path / "a", MARK + body)
    written = clean(path.read_bytes()).text.lower()
    assert not any(word in written for word in ELSEWHERE), written
    assert not any(word in written for word in ("script", "onload", "foreign", "base="))
    pixels = read_picture(path).first
    assert tuple(pixels[5, 5]) == (255, 136, 0, 255)
    assert int(pixels[:, 10:, 3].max()) == 0


def test_what_is_not_drawn_of_an_svg_is_said(tmp_path: Path) -> None:
    path = samples.svg(tmp_path / "a", MARK + OUTSIDE["image"] + OUTSIDE["foreign"])
    (warning,) = read_picture(path).warnings
    assert "foreignobject" in warning and "elsewhere" in warning


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE svg>",
        '<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<?xml-stylesheet href="x.css"?>',
    ],
)
def test_what_an_svg_declares_outside_itself_is_not_loaded(
    tmp_path: Path, doctype: str
) -> None:
    entity = "&a;" if "ENTITY" in doctype else ""
    path = samples.svg(tmp_path / "a", f"{MARK}<text>{entity}</text>")
    path.write_text(f'<?xml version="1.0"?>{doctype}{path.read_text()}')
    written = clean(path.read_bytes()).text
    assert "root:" not in written and "<!" not in written and "<?" not in written
    assert tuple(read_picture(path).first[5, 5]) == (255, 136, 0, 255)


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    levels = ['<!ENTITY e0 "' + "a" * 1000 + '">']
    for number in range(1, 8):
        levels.append(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">')
    path = samples.svg(tmp_path / "a", "<text>&e7;</text>")
    path.write_text(f"<!DOCTYPE svg [{''.join(levels)}]>{path.read_text()}")
    with at_most(120):
        error = refusal(path)
    assert error.code in ("imaging.damaged", "imaging.too_large")


def test_an_svg_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    text = f'<svg xmlns="http://www.w3.org/2000/svg"><!--{" " * (40 << 20)}--></svg>'
    (tmp_path / "a").write_bytes(gzip.compress(text.encode()))
    with at_most(100):
        error = refusal(tmp_path / "a")
    assert error.code == "imaging.too_large"


@pytest.mark.parametrize(
    "size",
    ['width="1e9" height="1e9"', 'viewBox="0 0 1e300 1"', 'width="9999" height="9999"'],
)
def test_a_huge_svg_is_refused(tmp_path: Path, size: str) -> None:
    with at_most(40):
        error = refusal(samples.svg(tmp_path / "a", "<g/>", size))
    assert error.code == "imaging.too_large"


def test_references_that_multiply_are_refused(tmp_path: Path) -> None:
    levels = ['<g id="a0"><rect width="1" height="1"/></g>']
    for number in range(1, 12):
        uses = f'<use href="#a{number - 1}"/>' * 10
        levels.append(f'<g id="a{number}">{uses}</g>')
    error = refusal(samples.svg(tmp_path / "a", "".join(levels)))
    assert (error.code, error.where) == ("imaging.too_large", "references")


def test_references_in_a_circle_are_refused(tmp_path: Path) -> None:
    body = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'
    assert refusal(samples.svg(tmp_path / "a", body)).code == "imaging.unsafe"


def test_an_svg_nested_too_deep_or_with_too_much_in_it_is_refused(
    tmp_path: Path,
) -> None:
    for body in ("<g>" * 5_000 + "</g>" * 5_000, "<g/>" * 60_000):
        error = refusal(samples.svg(tmp_path / "a", body))
        assert error.code == "imaging.too_large"


@pytest.mark.parametrize(
    "primitive",
    [
        '<feTurbulence baseFrequency="1" numOctaves="99"/>',
        '<feMorphology radius="100"/>',
        '<feConvolveMatrix order="50"/>',
        '<feGaussianBlur stdDeviation="2"/>' * 9,
    ],
)
def test_filters_that_take_long_are_refused(tmp_path: Path, primitive: str) -> None:
    body = f'<filter id="f">{primitive}</filter><g filter="url(#f)"/>'
    small = samples.svg(tmp_path / "a", body)
    assert read_header(small).width == 40
    error = refusal(samples.svg(tmp_path / "a", body, 'width="3000" height="3000"'))
    assert (error.code, error.where) == ("imaging.too_large", "filters")


def test_an_image_within_an_svg_has_limits_too(tmp_path: Path) -> None:
    small = base64.b64encode(samples.png_of(4, 4)).decode()
    large = base64.b64encode(samples.png_of(9_000, 9_000, rows=9)).decode()
    href = "data:image/png;base64,"
    body = '<image href="{}" width="9" height="9"/>'
    assert read_picture(samples.svg(tmp_path / "a", body.format(href + small)))
    error = refusal(samples.svg(tmp_path / "a", body.format(href + large)))
    assert error.code == "imaging.too_large"
