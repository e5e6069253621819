"""Slots that a document says by itself: by tags in names and texts, and by variables."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from onemanage.contracts.psd.templates import SlotRules
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.read import describe
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.tags import KIND_OF_LAYER, KINDS, Tag, tags
from onemanage.psd.domain.templates.targets import fits, target_of
from onemanage.psd.domain.templates.variables import (
    UnreadableVariables,
    Variable,
    variables,
)
from onemanage.psd.errors import InvalidDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A slot before it is described; the fields mean what they mean in the contract."""

    name: str
    kind: str
    layer_ids: tuple[int, ...]
    origin: str
    tag: str | None = None
    target: str | None = None
    inside: str | None = None
    example: str | None = None
    rules: SlotRules = SlotRules()


@dataclass
class Finding:
    """All of a document, in the order of its layers, then its variables."""

    subject: Subject
    slots: dict[str, Found] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Found]:
        """By name."""
        for node in self.subject.nodes:
            for tag in tags(self.subject.name(node)):
                self._in_name(node, tag)
            for tag in self._in_text(node):
                self._add(
                    node,
                    Found(
                        name=tag.name,
                        kind="text",
                        layer_ids=(node.layer_id,),
                        origin="text",
                        tag=tag.written,
                    ),
                )
        self._variables()
        return self.slots

    def _in_name(self, node: Node, tag: Tag) -> None:
        kind, target = KIND_OF_LAYER[node.kind], None
        if tag.suffix is not None:
            if tag.suffix not in KINDS:
                self._warn(node, f"{tag.written} has a suffix that is not had")
                return
            kind, target = KINDS[tag.suffix]
        if kind == "inside":
            self._inside(node, tag)
            return
        if kind == "text" and any(True for _ in self._in_text(node)):
            self._warn(
                node, f"{tag.written} in its name gives way to those in its text"
            )
            return
        self._add(
            node,
            Found(
                name=tag.name,
                kind=kind,
                layer_ids=tuple(self._layers(node, kind)),
                origin="layer_name",
                target=(
                    target_of(self.subject, node, target) if kind == "color" else None
                ),
            ),
        )

    def _in_text(self, node: Node) -> Iterator[Tag]:
        try:
            text = self.subject.text(node)
        except Exception as error:  # psd-tools parses these late and raises anything
            self._warn(node, f"its text cannot be read: {describe(error)}")
            return
        if text is not None:
            yield from tags(text.plain)

    def _layers(self, node: Node, kind: str) -> list[int]:
        return self.subject.sharing(node) if kind == "picture" else [node.layer_id]

    def _inside(self, node: Node, tag: Tag) -> None:
        """The slots of the document that it embeds, named after it and themselves."""
        try:
            inner = self.subject.inner(node)
        except InvalidDocument as error:
            self._warn(node, f"its document cannot be read: {error.message}")
            return
        if inner is None:
            self._warn(
                node, f"{tag.written} wants a smart object that embeds a document"
            )
            return
        finding = Finding(inner)
        for found in finding.run().values():
            self._add(
                node,
                replace(
                    found,
                    name=f"{tag.name}.{found.name}",
                    layer_ids=tuple(self.subject.sharing(node)),
                    inside=found.name,
                ),
            )
        if not finding.slots:
            self._warn(node, "the document that it embeds has no slots")
        self.warnings += [f"In {tag.name}: {text}" for text in finding.warnings]

    def _add(self, node: Node, found: Found) -> None:
        if found.inside is None and (why := fits(self.subject, node, found.kind)):
            self._warn(node, f"it cannot be the slot {found.name!r}: {why}")
            return
        old = self.slots.get(found.name)
        if old is not None and old.kind != found.kind:
            found = replace(found, name=f"{found.name}.{found.kind}")
            old = self.slots.get(found.name)
        if old is None:
            self.slots[found.name] = found
        elif old.inside == found.inside:
            both = dict.fromkeys((*old.layer_ids, *found.layer_ids))
            self.slots[found.name] = replace(
                old, layer_ids=tuple(both), tag=old.tag or found.tag
            )

    def _variables(self) -> None:
        try:
            defined, warnings = variables(self.subject.document)
        except UnreadableVariables as error:
            text = f"The variables that Photoshop stored cannot be read: {error}."
            self.warnings.append(text)
            return
        self.warnings += warnings
        for variable in defined:
            node = self._referred(variable)
            if node is None:
                text = f"Variable {variable.name!r} names a layer that is not there."
                self.warnings.append(text)
                continue
            self._add(
                node,
                Found(
                    name=variable.name,
                    kind=variable.kind,
                    layer_ids=tuple(self._layers(node, variable.kind)),
                    origin="variable",
                    example=variable.example,
                    rules=variable.rules,
                ),
            )

    def _referred(self, variable: Variable) -> Node | None:
        number = variable.layer_number
        found = None if number is None else self.subject.by_psd_id(number)
        if found is not None:
            return found
        named = (
            x for x in self.subject.nodes if self.subject.name(x) == variable.layer
        )
        return next(named, None)

    def _warn(self, node: Node, why: str) -> None:
        self.warnings.append(
            f"Layer {node.layer_id} {self.subject.name(node)!r}: {why}."
        )
