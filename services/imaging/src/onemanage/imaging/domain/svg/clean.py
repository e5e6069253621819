"""An SVG of anybody written anew, with nothing in it that reaches outside.

It is parsed whole and written again element by element, so that what is drawn has no
entities, no declarations and one encoding. Left out are scripts, what moves, foreign
content, and references that do not stay within the document; the rest is drawn, as
browsers do for images.
"""

import zlib
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from onemanage.imaging.domain.svg import css, faces
from onemanage.imaging.domain.svg.embedded import MAX_PIXELS, embedded, too_many
from onemanage.imaging.domain.svg.size import natural_size, view_box
from onemanage.imaging.domain.svg.weight import Weight
from onemanage.imaging.errors import InvalidImage

MAX_BYTES = 8 << 20
"""Of the file, of what it unpacks to, and of what entities make of it."""
_LEFT_OUT = frozenset(
    "script foreignobject iframe embed object audio video handler animate set "
    "animatetransform animatemotion animatecolor feimage".split()
)
_SILENT = frozenset(
    "script handler animate set animatetransform animatemotion animatecolor".split()
)
"""What no image shows anywhere, and nobody misses."""


@dataclass
class Cleaned:
    """What is drawn, and what is known of it."""

    text: str = ""
    width: float = 0.0
    """Pixels of its own size; so ``height``."""
    height: float = 0.0
    unit: float = 1.0
    """Pixels to one of its own units, at that size."""
    weight: Weight = field(default_factory=Weight)
    fonts: list[faces.FaceRule] = field(default_factory=list)
    """Fonts within it, in the order of their rules."""
    left_out: list[str] = field(default_factory=list)
    """Names of what is not drawn, each once."""

    def leave_out(self, what: str) -> None:
        """Notes what is not drawn."""
        if what not in self.left_out:
            self.left_out.append(what)


def clean(data: bytes) -> Cleaned:
    """Of a file, packed by gzip or not. Raises InvalidImage."""
    data = _unpacked(data)
    writer = _Writer()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: writer.begin(
        name, attributes, f"line {parser.CurrentLineNumber}"
    )
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        text = f"Not well-formed XML: {error}. Save the SVG again."
        place = f"line {parser.CurrentLineNumber}"
        raise InvalidImage("imaging.damaged", text, place) from error
    except (LookupError, UnicodeError, ValueError) as error:
        text = f"Its letters cannot be read: {error}. Save the SVG in UTF-8."
        raise InvalidImage("imaging.damaged", text, "line 1") from error
    return writer.done()


def _unpacked(data: bytes) -> bytes:
    too_large = len(data) > MAX_BYTES
    if data.startswith(b"\x1f\x8b") and not too_large:
        packer = zlib.decompressobj(31)
        try:
            data = packer.decompress(data, MAX_BYTES)
        except zlib.error as error:
            text = f"The packed SVG cannot be unpacked: {error}. Save it again."
            raise InvalidImage("imaging.damaged", text, "the file") from error
        too_large = bool(packer.unconsumed_tail)
        if not packer.eof and not too_large:
            text = "The packed SVG ends too early. Save it again."
            raise InvalidImage("imaging.truncated", text, "the file")
    if too_large:
        text = f"The SVG has over {MAX_BYTES} bytes. Simplify it."
        raise InvalidImage("imaging.too_large", text, "the file")
    return data


class _Writer:
    """Takes what the parser finds, and writes what is drawn."""

    def __init__(self) -> None:
        self._found = Cleaned()
        self._parts: list[str] = []
        self._size = 0
        self._skipping = 0
        """Elements open within one that is left out, itself included."""
        self._open: list[str] = []
        """Local names of the elements that are drawn and not at their end."""
        self._style: list[str] | None = None
        self._embedded = 0

    def begin(self, name: str, attributes: dict[str, str], place: str) -> None:
        """An element begins, its name and those of its attributes with prefixes."""
        local = _local(name)
        if not self._found.weight.count and local != "svg":
            text = "Not an SVG but other XML. Send an SVG."
            raise InvalidImage("imaging.unsupported", text, place)
        is_root = not self._found.weight.count
        if self._skipping or local in _LEFT_OUT:
            self._found.weight.begin("", {}, place)
            self._skipping += 1
            # Of a switch another child is drawn instead.
            is_seen = self._open[-1:] != ["switch"] and local not in _SILENT
            if is_seen and self._skipping == 1:
                self._found.leave_out(f"the element {local}")
            return
        self._open.append(local)
        self._found.weight.begin(local, attributes, place)
        kept: dict[str, str] = {}
        for key, value in attributes.items():
            made = self._attribute(local, _local(key), value, place)
            if made is not None:
                kept[key] = made
        if is_root:
            self._root(kept)
        self._write(f"<{name}")
        for key, value in kept.items():
            self._write(f" {key}={quoteattr(value)}")
        self._write(">")
        if local == "style":
            self._style = []

    def end(self, name: str) -> None:
        """An element ends."""
        self._found.weight.end()
        if self._skipping:
            self._skipping -= 1
            return
        self._open.pop()
        if self._style is not None and _local(name) == "style":
            text, rules = faces.taken_out("".join(self._style))
            self._found.fonts += rules
            text, changed = css.cleaned(text)
            self._found.weight.filtered += "filter" in text
            if changed:
                self._found.leave_out("what a style sheet loads")
            self._write(escape(text))
            self._style = None
        self._write(f"</{name}>")

    def characters(self, text: str) -> None:
        """Text between elements."""
        if self._skipping:
            return
        if self._style is not None:
            self._count(text)
            self._style.append(text)
        else:
            self._write(escape(text))

    def done(self) -> Cleaned:
        """Raises InvalidImage where drawing would take too long."""
        self._found.weight.check()
        self._found.text = "".join(self._parts)
        return self._found

    def _root(self, attributes: dict[str, str]) -> None:
        """With a size of its own: what has none is stretched over its contents."""
        found = self._found
        found.width, found.height = natural_size(attributes)
        view = view_box(attributes)
        found.unit = found.width / view[2] if view else 1.0
        if view is None:
            attributes.pop("viewBox", None)
        attributes["width"] = f"{found.width:.9g}"
        attributes["height"] = f"{found.height:.9g}"

    def _attribute(self, element: str, key: str, value: str, place: str) -> str | None:
        """The value as it is drawn; None where it is left out."""
        if key.startswith("on") or key == "base":
            return None
        if key in ("href", "src"):
            return self._reference(element, value.strip(), place)
        if "(" not in value:
            return value
        made, changed = css.cleaned_value(value)
        if changed:
            self._found.leave_out("a reference elsewhere")
        return made

    def _reference(self, element: str, target: str, place: str) -> str | None:
        if element == "a":
            return None
        if target.startswith("#"):
            self._found.weight.refer(target[1:])
            return target
        found = embedded(target, place) if element == "image" else None
        if found is None:
            self._found.leave_out("a reference elsewhere")
            return None
        made, pixels = found
        self._embedded += pixels
        if self._embedded > MAX_PIXELS:
            raise too_many(place)
        return made

    def _write(self, text: str) -> None:
        self._count(text)
        self._parts.append(text)

    def _count(self, text: str) -> None:
        # Images that were made PNG count as well, but are few: see MAX_PIXELS.
        self._size += len(text) if len(text) < MAX_BYTES // 8 else 0
        if self._size > 2 * MAX_BYTES:
            text = f"The SVG's entities make over {2 * MAX_BYTES} letters of it."
            raise InvalidImage("imaging.too_large", text, "entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
