"""Photoshop's own variables: image resources 7000, the definitions, and 7001, the data.

Both are XML after the graphics variables of Adobe's SVG: ``variable`` elements with a
``varName``, a ``trait`` and a ``docRef`` that names the layer by its id; data sets hold
an element named as the variable for each. Of pixel replacement, method, alignment and
clipping stand beside the trait. A document type is cut off before it is parsed, so that
no entity of the file's own is ever expanded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from psd_tools import PSDImage
from psd_tools.constants import Resource

from onemanage.contracts.psd.templates import SlotRules

MAX_BYTES = 4 << 20
MAX_VARIABLES = 2_000
_MAX_NAME = 200

_KINDS = {
    "textcontent": "text",
    "textreplacement": "text",
    "text": "text",
    "fileref": "picture",
    "pixelreplacement": "picture",
    "image": "picture",
    "visibility": "visibility",
}
"""By the trait in small letters."""
_FITS = {"fit": "fit", "fill": "fill", "asis": "as_is", "conform": "conform"}
_SIDES = ("left", "center", "right")
_HEIGHTS = ("top", "middle", "bottom")
_NAMESPACES = re.compile(r"&ns_[a-z_]+;")
"""How Adobe's writers shorten the addresses of namespaces; all that is told of an
element here is its name within its own."""
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[>]*(\[[^\]]*\]\s*)?>")
_NUMBER = re.compile(r"\d+")
_REFERENCE = re.compile(r"""id\(\s*['"]?(.*?)['"]?\s*\)""")


class UnreadableVariables(ValueError):
    """Not XML, or too much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable. ``layer`` is what its ``docRef`` names: an id, or a layer's name."""

    name: str
    kind: str
    """text, picture or visibility."""
    layer: str
    rules: SlotRules = SlotRules()
    example: str | None = None
    """Its value in the first data set."""

    @property
    def layer_number(self) -> int | None:
        """The id that Photoshop knows the layer by, where the reference has one."""
        found = _NUMBER.findall(self.layer)
        return int(found[-1]) if found and len(found[-1]) < 10 else None


def variables(document: PSDImage) -> tuple[list[Variable], list[str]]:
    """What the document defines, and warnings of what of it is not understood.

    Raises UnreadableVariables.
    """
    stored = _resource(document, Resource.IMAGE_READY_VARIABLES)
    if not stored:
        return [], []
    examples = {}
    try:
        examples = _examples(_parsed(_resource(document, 7001)))
    except UnreadableVariables as error:
        warnings = [f"The data sets of its variables cannot be read: {error}."]
    else:
        warnings = []
    found: list[Variable] = []
    for element in _named(_parsed(stored), "variable"):
        name, trait = _attribute(element, "varname"), _attribute(element, "trait")
        kind = _KINDS.get(trait.lower())
        layer = _referred(_attribute(element, "docref"))
        if not name or not layer:
            warnings.append("One of its variables names no layer and is left out.")
        elif kind is None:
            warnings.append(f"Variable {name!r} is of a kind that is not had: {trait}.")
        elif len(found) < MAX_VARIABLES:
            found.append(
                Variable(
                    name=name,
                    kind=kind,
                    layer=layer,
                    rules=_rules(element) if kind == "picture" else SlotRules(),
                    example=examples.get(name),
                )
            )
    return found, list(dict.fromkeys(warnings))


def _resource(document: PSDImage, key: int) -> bytes:
    data = document.image_resources.get_data(key)
    return bytes(data) if isinstance(data, (bytes, bytearray)) else b""


def _parsed(stored: bytes) -> ElementTree.Element:
    """Raises UnreadableVariables."""
    if len(stored) > MAX_BYTES:
        raise UnreadableVariables(f"they have over {MAX_BYTES} bytes")
    text = stored.rstrip(b"\0").decode("utf-8-sig", "replace")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    text = _NAMESPACES.sub("urn:adobe", _DOCTYPE.sub("", text, count=1))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableVariables("they define entities of their own")
    if not text.strip():
        return ElementTree.Element("none")
    try:
        return ElementTree.fromstring(f"<all>{text}</all>")
    except (ElementTree.ParseError, RecursionError, ValueError) as error:
        raise UnreadableVariables(f"they are not XML: {error}") from error


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    for element in root.iter():
        if _local(element.tag).lower() == name:
            yield element


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: ElementTree.Element, *names: str) -> str:
    """By its name in small letters, whatever its namespace; empty where it is not had."""
    for key, value in element.attrib.items():
        if _local(key).lower() in names:
            return value.strip()[:_MAX_NAME]
    return ""


def _referred(reference: str) -> str:
    found = _REFERENCE.search(reference)
    return found[1] if found else reference


def _rules(element: ElementTree.Element) -> SlotRules:
    method = _attribute(element, "placementmethod", "method", "pixelreplacement")
    align = _attribute(element, "align", "alignment").lower()
    clip = _attribute(element, "clip", "clipping", "cliptobounds").lower()
    words = re.findall(r"[a-z]+", align)
    across = next((word for word in _SIDES if word in words), "center")
    down = next((word for word in _HEIGHTS if word in words), "middle")
    return SlotRules(
        fit=_FITS.get(re.sub(r"[\s_-]", "", method).lower()),
        align=f"{across} {down}" if align else None,
        clip=clip not in ("false", "0", "no"),
    )


def _examples(root: ElementTree.Element) -> dict[str, str]:
    """The first data set's values by their variables' names."""
    for name in ("sampledataset", "dataset"):
        for element in _named(root, name):
            return {
                _local(value.tag): "\n".join(
                    part.strip() for part in value.itertext() if part.strip()
                )[: 10 * _MAX_NAME]
                for value in element
            }
    return {}
