"""The layer tree as a list, in the words of the contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from psd_tools import PSDImage
from psd_tools.api.layers import (
    AdjustmentLayer,
    Artboard,
    FillLayer,
    Group,
    Layer,
    ShapeLayer,
    SmartObjectLayer,
    TypeLayer,
)
from psd_tools.constants import Clipping, Tag

from onemanage.psd.domain.boxes import NOWHERE, Box, is_empty, unite
from onemanage.psd.domain.document import ExportedLayer
from onemanage.psd.domain.notes import notes_of
from onemanage.psd.domain.read import describe

_KINDS: tuple[tuple[type[Layer], str], ...] = (
    (Artboard, "artboard"),
    (Group, "group"),
    (TypeLayer, "type"),
    (ShapeLayer, "shape"),
    (SmartObjectLayer, "smartobject"),
    (FillLayer, "fill"),
    (AdjustmentLayer, "adjustment"),
)
"""In this order: an artboard is a group."""


def is_clipped(layer: Layer) -> bool:
    """What the file says; of a group Photoshop passes over it."""
    return layer._record.clipping == Clipping.NON_BASE


def is_adjustment(layer: Layer) -> bool:
    """psd-tools takes the old form of brightness/contrast for a pixel layer."""
    return isinstance(layer, AdjustmentLayer) or (
        Tag.BRIGHTNESS_AND_CONTRAST in layer.tagged_blocks and not layer.has_pixels()
    )


@dataclass
class Node:
    """A layer with its place in the tree."""

    layer: Layer
    layer_id: int
    parent: "Node | None"
    shown: bool
    box: Box = NOWHERE
    warnings: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Of the manifest: group, pixel, type, shape, smartobject, fill, adjustment."""
        for type_, kind in _KINDS:
            if isinstance(self.layer, type_):
                return kind
        return "adjustment" if is_adjustment(self.layer) else "pixel"

    @property
    def is_group(self) -> bool:
        """Whether it holds other layers."""
        return isinstance(self.layer, Group)

    @property
    def stored_box(self) -> Box:
        """Where its pixels are, which is not where a shape or fill may reach."""
        record = self.layer._record
        return record.left, record.top, record.right, record.bottom


def tree(document: PSDImage) -> list[Node]:
    """Every layer, depth first from the bottom; a group stands before its layers."""
    nodes = list(_walk(document))
    for node in reversed(nodes):  # a group's layers are done before the group
        if not node.is_group or node.kind == "artboard":
            node.box = node.stored_box
            if is_empty(node.box):
                node.box = _drawn_box(node)
        if node.parent and node.parent.kind == "group" and not node.layer.clipping:
            # What is clipped shows within its base alone.
            node.parent.box = unite(node.parent.box, node.box)
    return nodes


def values(node: Node) -> ExportedLayer:
    """What is known of the layer without its pixels."""
    layer = node.layer
    left, top, right, bottom = node.box
    mode = _value(node, "blend mode", lambda: layer.blend_mode.name, "NORMAL")
    return ExportedLayer(
        layer_id=node.layer_id,
        parent_id=node.parent.layer_id if node.parent else None,
        name=_value(node, "name", lambda: layer.name, "").replace("\0", ""),
        kind=node.kind,
        left=left,
        top=top,
        width=max(0, right - left),
        height=max(0, bottom - top),
        blend_mode=mode.lower(),
        opacity=round(layer.opacity / 255, 4),
        visible=layer.visible,
        shown=node.shown,
        clipping=_value(node, "clipping", lambda: is_clipped(layer), False),
        text=_value(node, "text", lambda: _text(layer), None),
        warnings=tuple(node.warnings),
    )


def _walk(document: PSDImage) -> Iterator[Node]:
    """Without recursion: how deep groups are nested is up to the file."""
    notes = notes_of(document)
    waiting: list[tuple[Layer, Node | None]] = [(x, None) for x in reversed(document)]
    layer_id = 0
    while waiting:
        layer, parent = waiting.pop()
        layer_id += 1
        shown = layer.visible and (parent is None or parent.shown)
        noted = list(notes.of(layer._record))
        node = Node(layer, layer_id, parent, shown, warnings=noted)
        yield node
        if isinstance(layer, Group):
            waiting.extend((child, node) for child in reversed(layer))


def _drawn_box(node: Node) -> Box:
    """Where a layer without pixels is drawn: a shape's outline, a fill's canvas."""
    return _value(node, "box", lambda: node.layer.bbox, NOWHERE)


def _value[T](node: Node, name: str, read: Callable[[], T], default: T) -> T:
    """One property; a damaged one is a warning and does not sink the layer."""
    try:
        return read()
    except Exception as error:  # psd-tools parses these late and raises anything
        node.warnings.append(f"Its {name} cannot be read: {describe(error)}")
        return default


def _text(layer: Layer) -> str | None:
    """Photoshop ends a paragraph with CR and a line within one with ETX."""
    if not isinstance(layer, TypeLayer):
        return None
    return (
        layer.text.rstrip("\0")
        .replace("\r", "\n")
        .replace("\x03", "\n")
        .replace("\0", "")
    )
