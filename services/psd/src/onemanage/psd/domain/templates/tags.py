"""Tags: how a designer says in a name or in a text what is to be replaced.

``{{photo}}`` in the name of a layer or group makes a slot of that name, whose kind
follows from the layer: text of a type layer, a picture of a smart object or pixels, a
colour of a fill or shape, a choice of a group. A suffix says otherwise: ``{{badge:
visibility}}``, ``{{brand:color}}`` (or ``:fill``, ``:stroke``, ``:overlay``, for which of
them), ``{{card:inside}}`` of a smart object that is a document with slots. One name may
hold several. Within a text a tag stands for itself alone: what is around it stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAG = re.compile(r"\{\{\s*([^{}:\s][^{}:]{0,99}?)\s*(?::\s*([a-z_]+)\s*)?\}\}")

KINDS = {
    "text": ("text", None),
    "picture": ("picture", None),
    "color": ("color", None),
    "colour": ("color", None),
    "fill": ("color", "fill"),
    "stroke": ("color", "stroke"),
    "overlay": ("color", "overlay"),
    "visibility": ("visibility", None),
    "choice": ("choice", None),
    "inside": ("inside", None),
}
"""What a suffix says: the kind of the slot and, of colours, what is coloured."""

KIND_OF_LAYER = {
    "type": "text",
    "smartobject": "picture",
    "pixel": "picture",
    "fill": "color",
    "shape": "color",
    "group": "choice",
    "artboard": "visibility",
    "adjustment": "visibility",
}
"""What a tag without a suffix is."""


@dataclass(frozen=True, slots=True)
class Tag:
    """``written`` is how it stands there, ``suffix`` None where it has none."""

    written: str
    name: str
    suffix: str | None


def tags(text: str) -> Iterator[Tag]:
    """Those of a name or a text, in their order."""
    for found in TAG.finditer(text):
        yield Tag(found[0], found[1], found[2])


def untagged(name: str) -> str:
    """A layer's name as a choice is named by it: without tags and space around."""
    return " ".join(TAG.sub(" ", name).split())
