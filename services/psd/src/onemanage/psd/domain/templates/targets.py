"""Which layers a slot of a kind can be of, and what of them a colour colours."""

from psd_tools.constants import Tag
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.details.colors import descriptor_color
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.render import shapes
from onemanage.psd.domain.render.fills import layer_fill
from onemanage.psd.domain.render.styles import COLOR_OVERLAY, effects
from onemanage.psd.domain.templates.subject import Subject

TARGETS = ("text", "fill", "stroke", "overlay")
_GROUPS = ("group", "artboard")


def fits(subject: Subject, node: Node, kind: str) -> str | None:
    """Why the layer cannot have a slot of this kind; None where it can."""
    match kind:
        case "text" if node.kind != "type":
            return f"text is of type layers, and it is a {node.kind} layer"
        case "picture" if node.kind not in ("smartobject", "pixel"):
            return f"a picture is of smart objects and pixels, and it is a {node.kind}"
        case "choice" if node.kind not in _GROUPS:
            return f"a choice is of groups, and it is a {node.kind} layer"
        case "choice" if not any(True for _ in subject.children(node)):
            return "the group is empty"
        case "color" if node.kind == "adjustment":
            return "an adjustment has no colour"
        case "color" if node.kind in _GROUPS and overlay(node) is None:
            return "a group has a colour only with a color overlay"
    return None


def target_of(subject: Subject, node: Node, wanted: str | None) -> str:
    """What is coloured, as ``wanted`` or as follows from the layer."""
    if wanted in TARGETS:
        return str(wanted)
    if overlay(node) is not None:
        return "overlay"
    return "text" if node.kind == "type" else "fill"


def lacks(node: Node, target: str) -> str | None:
    """Why the layer has nothing of this that could be coloured; None where it has."""
    if target == "overlay" and overlay(node) is None:
        return "it has no color overlay"
    if target == "stroke" and stroke_paint(node) is None:
        return "it has no stroke of one colour"
    if target == "text" and node.kind != "type":
        return "it is no type layer"
    if target == "fill" and node.kind in (*_GROUPS, "adjustment"):
        return "it has no fill"
    return None


def overlay(node: Node) -> Descriptor | None:
    """Its topmost color overlay."""
    for effect in effects(node.layer):
        if effect.kind == COLOR_OVERLAY:
            return effect.desc
    return None


def stroke_paint(node: Node) -> Descriptor | None:
    """What its own stroke is painted with, where that is one colour."""
    if not shapes.has_stroke(node.layer):
        return None
    block = node.layer.tagged_blocks.get_data(Tag.VECTOR_STROKE_DATA)
    content = block.get(b"strokeStyleContent") if block is not None else None
    return content if isinstance(content, Descriptor) and b"Clr " in content else None


def color_of(subject: Subject, node: Node, target: str) -> str | None:
    """``#rrggbb`` that it has now; None where that is not one colour."""
    if target == "text":
        text = subject.text(node)
        colors = [run.style.color for run in text.runs] if text is not None else []
        found = next((one for one in colors if one is not None), None)
        return None if found is None else "#" + bytes(found).hex()
    desc: Descriptor | None
    match target:
        case "overlay":
            desc = overlay(node)
        case "stroke":
            desc = stroke_paint(node)
        case _:
            desc = layer_fill(node.layer)
    return descriptor_color(desc.get(b"Clr ")) if desc is not None else None
