"""SVG, of which a subset is drawn that can reach nothing outside the file.

Refused are DTDs, scripts, foreign content, style sheets that load something, and
references that do not stay within the document. Embedded PNG and JPEG are allowed.
"""

import base64
import binascii
import io
import math
import re
from dataclasses import dataclass, field
from xml.parsers import expat

import imagecodecs
import resvg_py
from PIL import Image

from onemanage.contracts.imaging.recipes import MAX_SIDE, Reading
from onemanage.imaging.domain import fonts
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits, Picture, without_idle_alpha
from onemanage.imaging.errors import InvalidImage

MAX_BYTES = 8 << 20
MAX_ELEMENTS = 50_000
"""References counted as often as they are drawn."""
MAX_DEPTH = 100
"""Elements within elements: a drawer that recurses has a stack that ends."""
MAX_PIXELS = 40_000_000
MAX_EMBEDDED_PIXELS = 16_000_000

_FORBIDDEN = frozenset(
    "script foreignobject iframe embed object audio video handler animate set "
    "animatetransform animatemotion animatecolor feimage".split()
)
_FILTER_SECONDS = 2.0
"""That all filters together may take, by what each was measured to."""
_FILTERS = {
    "feturbulence": ("numoctaves", 1, 1.3e-7, False),
    "femorphology": ("radius", 2, 2e-8, True),
    "feconvolvematrix": ("order", 2, 8e-9, False),
}
"""Of those that may take long: the attribute that says how long, the power it goes in
with, seconds for each pixel, and whether it grows with the scale of the drawing."""
_FILTER = 3e-7
"""Seconds for each pixel of any other filter."""
_DPI = 96
_UNITS = {"": 1.0, "px": 1.0, "pt": _DPI / 72, "pc": _DPI / 6, "in": float(_DPI)}
_UNITS["cm"] = _DPI / 2.54
_UNITS["mm"] = _UNITS["cm"] / 10
_LENGTH = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([a-z]*)\s*")
_EMBEDDED = re.compile(r"data:image/(png|jpe?g);base64,", re.IGNORECASE)
_LOADS = re.compile(r"@import|@font-face|url\(\s*['\"]?\s*(?!#)|expression\(", re.I)
_DEFAULT = (300.0, 150.0)
"""Pixels of a drawing that names no size, as CSS has it for replaced elements."""


@dataclass
class _Drawing:
    """What a scan of the file has found."""

    width: float | None = None
    height: float | None = None
    view: tuple[float, float] | None = None
    count: int = 0
    depth: int = 0
    is_svg: bool = False
    embedded: int = 0
    weights: dict[str, int] = field(default_factory=dict)
    """Elements that the element with an id draws, itself included."""
    filters: list[tuple[str, float]] = field(default_factory=list)
    """Names of filter primitives, with the number that says how long they take."""
    filtered: int = 0
    """Elements that a filter is applied to."""
    uses: list[tuple[str, str]] = field(default_factory=list)
    """Ids of the enclosing elements (joined) and of what they refer to."""
    open_ids: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    in_style: bool = False


def header(data: bytes, reading: Reading, limits: Limits) -> Header:
    """Raises InvalidImage; also for what is unsafe, or would be drawn too slowly."""
    drawing = _scanned(data)
    width, height = _size(drawing, reading)
    found = Header(format="svg", width=width, height=height)
    check_size(found, limits)
    if width * height > MAX_PIXELS:
        text = f"The SVG would have {width} x {height} pixels. Set reading.width."
        raise InvalidImage("imaging.too_large", text, "header")
    if _filter_seconds(drawing, width, height) > _FILTER_SECONDS:
        text = f"The filters take too long at {width} x {height}. Set reading.width."
        raise InvalidImage("imaging.too_large", text, "filters")
    return found


def read(data: bytes, reading: Reading, limits: Limits) -> Picture:
    """Drawn at the size of its header. Raises InvalidImage."""
    found = header(data, reading, limits)
    with clear_errors("SVG"):
        png = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8-sig"),
            width=found.width,
            height=found.height,
            dpi=_DPI,  # it takes 0 where nobody says: lengths in mm would be no lengths
            font_dirs=[str(fonts.PACKAGE)],
            font_family=fonts.FAMILY,
            serif_family=fonts.FAMILY,
            sans_serif_family=fonts.FAMILY,
        )
        pixels = imagecodecs.png_decode(png)
    return Picture(frames=(without_idle_alpha(pixels),))


def _scanned(data: bytes) -> _Drawing:
    """Raises InvalidImage for what is not drawn here."""
    if len(data) > MAX_BYTES:
        text = f"The SVG has {len(data)} bytes; {MAX_BYTES} are allowed. Simplify it."
        raise InvalidImage("imaging.too_large", text, "the file")
    drawing = _Drawing()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.buffer_text = True

    def place() -> str:
        return f"line {parser.CurrentLineNumber}"

    def refuse_dtd(*_: object) -> None:
        raise _unsafe("a document type declaration", place())

    def refuse_instruction(target: str, _: str) -> None:
        raise _unsafe(f"the processing instruction {target}", place())

    def begin(name: str, attributes: dict[str, str]) -> None:
        _begin(drawing, _local(name), attributes, place())

    def end(name: str) -> None:
        _end(drawing, _local(name), place())

    def characters(text: str) -> None:
        if drawing.in_style:
            drawing.style.append(text)

    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.ProcessingInstructionHandler = refuse_instruction
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        text = f"Not well-formed XML in UTF-8: {error}. Save the SVG again."
        raise InvalidImage("imaging.damaged", text, place()) from error
    _check_weight(drawing)
    return drawing


def _begin(
    drawing: _Drawing, name: str, attributes: dict[str, str], place: str
) -> None:
    drawing.count += 1
    drawing.depth += 1
    if drawing.count > MAX_ELEMENTS or drawing.depth > MAX_DEPTH:
        text = (
            f"The SVG has more than {MAX_ELEMENTS} elements, or more than {MAX_DEPTH} "
            "within each other. Simplify it."
        )
        raise InvalidImage("imaging.too_large", text, place)
    if drawing.depth == 1:
        if name != "svg":
            raise InvalidImage(
                "imaging.unsupported", "Not an SVG but other XML. Send an SVG.", place
            )
        _root(drawing, attributes)
    if name in _FORBIDDEN:
        raise _unsafe(f"the element {name}", place)
    drawing.in_style = name == "style"
    _note_filter(drawing, name, attributes)
    identity = attributes.get("id", "")
    drawing.open_ids.append(identity)
    for open_id in filter(None, drawing.open_ids):
        drawing.weights[open_id] = drawing.weights.get(open_id, 0) + 1
    for key, value in attributes.items():
        _check_attribute(drawing, _local(key), value, place)


def _end(drawing: _Drawing, name: str, place: str) -> None:
    drawing.depth -= 1
    drawing.open_ids.pop()
    if name == "style":
        drawing.in_style = False
        if _LOADS.search(_plain_css("".join(drawing.style))):
            raise _unsafe("a style sheet that loads something", place)


def _check_attribute(drawing: _Drawing, key: str, value: str, place: str) -> None:
    if key.startswith("on"):
        raise _unsafe(f"the event handler {key}", place)
    if key == "base":
        raise _unsafe("the attribute base", place)
    if key in ("href", "src"):
        target = value.strip()
        if target.startswith("#"):
            holders = " ".join(filter(None, drawing.open_ids))
            drawing.uses.append((holders, target[1:]))
        else:
            _check_embedded(drawing, target, place)
    elif "(" in value and _LOADS.search(_plain_css(value)):
        raise _unsafe(f"a reference elsewhere in {key}", place)


def _note_filter(drawing: _Drawing, name: str, attributes: dict[str, str]) -> None:
    drawing.filtered += "filter" in attributes or "filter" in attributes.get(
        "style", ""
    )
    if not name.startswith("fe") or name.startswith(("fefunc", "femergenode")):
        return
    attribute = _FILTERS[name][0] if name in _FILTERS else ""
    text = next((v for k, v in attributes.items() if k.lower() == attribute), "")
    numbers = re.findall(r"[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]{1,2})?", text)
    drawing.filters.append((name, max(map(float, numbers), default=1.0)))


def _filter_seconds(drawing: _Drawing, width: int, height: int) -> float:
    """What they may take at this size, were each of them all over the drawing."""
    scale = width / (drawing.view[0] if drawing.view else drawing.width or width)
    total = 0.0
    for name, number in drawing.filters:
        _, power, seconds, grows = _FILTERS.get(name, ("", 0, _FILTER, False))
        total += seconds * (number * (scale if grows else 1.0)) ** power
    uses = drawing.filtered + ("filter" in "".join(drawing.style))
    return total * max(1, uses) * width * height


def _check_embedded(drawing: _Drawing, target: str, place: str) -> None:
    head = _EMBEDDED.match(target)
    if head is None:
        raise _unsafe("a reference elsewhere", place)
    kind = "PNG" if head[1].lower() == "png" else "JPEG"
    try:
        data = base64.b64decode(target[head.end() :])
        with clear_errors(kind), Image.open(io.BytesIO(data), formats=[kind]) as image:
            drawing.embedded += image.width * image.height
    except (binascii.Error, ValueError) as error:
        text = "An image in the SVG cannot be read. Embed it again as PNG or JPEG."
        raise InvalidImage("imaging.damaged", text, place) from error
    if drawing.embedded > MAX_EMBEDDED_PIXELS:
        text = f"Images in the SVG have over {MAX_EMBEDDED_PIXELS} pixels. Shrink them."
        raise InvalidImage("imaging.too_large", text, place)


def _check_weight(drawing: _Drawing) -> None:
    """Refuses references that multiply, as of groups that use groups many times."""
    needs: dict[str, list[str]] = {}
    for holders, target in drawing.uses:
        for holder in holders.split():
            needs.setdefault(holder, []).append(target)
    known: dict[str, int] = {}

    def weight(identity: str, within: tuple[str, ...]) -> int:
        if identity in within or len(within) > MAX_DEPTH:
            text = (
                f"The element {identity} refers to itself, or too deeply. Simplify it."
            )
            raise InvalidImage("imaging.unsafe", text, f"#{identity}")
        if identity not in known:
            total = drawing.weights.get(identity, 0)
            for target in needs.get(identity, []):
                total += weight(target, (*within, identity))
            known[identity] = min(total, MAX_ELEMENTS + 1)
        return known[identity]

    drawn = drawing.count + sum(weight(target, ()) for _, target in drawing.uses)
    if drawn > MAX_ELEMENTS:
        text = f"The SVG's references draw over {MAX_ELEMENTS} elements. Simplify it."
        raise InvalidImage("imaging.too_large", text, "references")


def _root(drawing: _Drawing, attributes: dict[str, str]) -> None:
    drawing.width = _pixels(attributes.get("width"))
    drawing.height = _pixels(attributes.get("height"))
    numbers = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    if len(numbers) == 4:
        try:
            width, height = float(numbers[2]), float(numbers[3])
        except ValueError:
            return
        if 0 < width < math.inf and 0 < height < math.inf:
            drawing.view = width, height


def _pixels(text: str | None) -> float | None:
    """A length of CSS; None where there is none, or one of the unknown surroundings."""
    found = _LENGTH.fullmatch(text or "")
    if found is None or found[2] not in _UNITS or found[1].count(".") > 1:
        return None
    value = float(found[1]) if found[1] != "." else 0.0
    return value * _UNITS[found[2]] or None


def _size(drawing: _Drawing, reading: Reading) -> tuple[int, int]:
    view = drawing.view or _DEFAULT
    ratio = view[1] / view[0]
    if drawing.width and drawing.height:
        width, height = drawing.width, drawing.height
    elif drawing.height:
        width, height = drawing.height / ratio, drawing.height
    else:
        width = drawing.width or view[0]
        height = width * ratio
    if reading.width is not None:
        width, height = reading.width, height * reading.width / width
    if not max(width, height) < 1e9:
        text = f"The SVG is larger than {MAX_SIDE} pixels. Set reading.width."
        raise InvalidImage("imaging.too_large", text, "header")
    return max(1, round(width)), max(1, round(height))


def _plain_css(text: str) -> str:
    """Without comments, and with escapes as what they stand for."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(
        r"\\([0-9a-fA-F]{1,6})\s?",
        lambda found: chr(min(int(found[1], 16), 0x10FFFF)),
        bare,
    ).replace("\\", "")


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()


def _unsafe(what: str, place: str) -> InvalidImage:
    return InvalidImage(
        "imaging.unsafe", f"It has {what}, which is never drawn here.", place
    )
