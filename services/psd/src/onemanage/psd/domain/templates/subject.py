"""A document as a template sees it: its layers by id, and what slots need of each."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from psd_tools import PSDImage
from psd_tools.api.layers import Layer, TypeLayer
from psd_tools.constants import Tag
from psd_tools.psd.linked_layer import LinkedLayer

from onemanage.contracts.psd.manifest import SmartObject
from onemanage.psd.domain.details.reading import Reading, optional
from onemanage.psd.domain.details.smart_objects import (
    extract,
    linked_files,
    smart_object,
)
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import check_budget
from onemanage.psd.domain.layers import Node, tree, values
from onemanage.psd.domain.read import open_document
from onemanage.psd.domain.typesetting.reading import read_styled
from onemanage.psd.domain.typesetting.styled import StyledText
from onemanage.psd.errors import InvalidDocument

_PSD = "image/vnd.adobe.photoshop"
DEEPEST = 3
"""Documents within documents that are filled."""


@dataclass
class Subject:
    """One opened document. Texts and smart objects are read when they are asked for."""

    document: PSDImage
    limits: Limits
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    _texts: dict[int, StyledText] = field(default_factory=dict)
    _objects: dict[int, SmartObject | None] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _inner: dict[str, "Subject"] = field(default_factory=dict)

    @classmethod
    def opened(
        cls,
        path: Path,
        limits: Limits,
        name_encoding: str | None = None,
        depth: int = 0,
    ) -> "Subject":
        """Raises InvalidDocument where it cannot be read, or asks for too much."""
        document = open_document(path, limits, name_encoding)
        nodes = tree(document)
        check_budget(document, nodes, limits)
        return cls(document, limits, depth, nodes)

    def node(self, layer_id: int) -> Node:
        """Raises KeyError where the document has none of that id."""
        if not 1 <= layer_id <= len(self.nodes):
            raise KeyError(layer_id)
        return self.nodes[layer_id - 1]

    def name(self, node: Node) -> str:
        """As the manifest has it."""
        found = self._names.get(node.layer_id)
        if found is None:
            found = self._names[node.layer_id] = values(node).name
        return found

    def text(self, node: Node) -> StyledText | None:
        """None of what is no type layer. Raises what psd-tools does."""
        if not isinstance(node.layer, TypeLayer):
            return None
        found = self._texts.get(node.layer_id)
        if found is None:
            found = self._texts[node.layer_id] = read_styled(node.layer)
        return found

    def smart_object(self, node: Node) -> SmartObject | None:
        """None of what is none."""
        if node.kind != "smartobject":
            return None
        if node.layer_id not in self._objects:
            found = smart_object(node.layer, self._files, Reading())
            self._objects[node.layer_id] = found
        return self._objects[node.layer_id]

    def children(self, node: Node) -> Iterator[Node]:
        """Of a group, from the bottom up."""
        return (one for one in self.nodes if one.parent is node)

    def sharing(self, node: Node) -> list[int]:
        """The ids of all layers that show the same smart object, its own among them."""
        found = self.smart_object(node)
        if found is None or not found.unique_id:
            return [node.layer_id]
        return [
            one.layer_id
            for one in self.nodes
            if one is node
            or ((other := self.smart_object(one)) is not None)
            and other.unique_id == found.unique_id
        ]

    def by_psd_id(self, psd_id: int) -> Node | None:
        """By the id that Photoshop gave the layer."""
        return self._psd_ids.get(psd_id)

    def inner(self, node: Node) -> "Subject | None":
        """The document that a smart object embeds; None where it embeds none.

        Raises InvalidDocument as ``opened`` does, and where it lies too deep.
        """
        found = self.smart_object(node)
        if found is None or not found.extractable or found.media_type != _PSD:
            return None
        if found.unique_id not in self._inner:
            if self.depth + 1 >= DEEPEST:
                raise InvalidDocument(
                    "psd.too_large",
                    f"Documents within documents are filled to a depth of {DEEPEST}. "
                    "Put its slots further out.",
                    f"layer {node.layer_id}",
                )
            self._inner[found.unique_id] = self._opened_inner(found.unique_id)
        return self._inner[found.unique_id]

    def _opened_inner(self, unique_id: str) -> "Subject":
        """Its file is gone from the folder at once, and stays open as long as it is."""
        with tempfile.NamedTemporaryFile() as file:
            path = Path(file.name)
            extract(self.document, unique_id, path)
            return Subject.opened(path, self.limits, depth=self.depth + 1)

    @cached_property
    def _files(self) -> dict[str, LinkedLayer]:
        return linked_files(self.document)

    @cached_property
    def _psd_ids(self) -> dict[int, Node]:
        found: dict[int, Node] = {}
        for node in self.nodes:
            psd_id = _psd_id(node.layer)
            if psd_id is not None:
                found.setdefault(psd_id, node)
        return found


def _psd_id(layer: Layer) -> int | None:
    stored = optional(layer.tagged_blocks.get_data(Tag.LAYER_ID))
    return None if stored is None or stored < 0 else int(stored)
