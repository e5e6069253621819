"""What the values of a row put into the layers: text, pictures, colours, what is shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from psd_tools.api.layers import Layer

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.templates.coloring import colored
from onemanage.psd.domain.templates.describing import choices
from onemanage.psd.domain.templates.finding import Finding
from onemanage.psd.domain.templates.frames import Frames
from onemanage.psd.domain.templates.own_colors import FromSrgb
from onemanage.psd.domain.templates.pictures import UnreadablePicture, as_rgba
from onemanage.psd.domain.templates.reading_values import color, is_nothing, of_kind
from onemanage.psd.domain.templates.rows import RowRejected
from onemanage.psd.domain.templates.showing import Showing
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.tags import untagged
from onemanage.psd.domain.templates.texts import Texts
from onemanage.psd.domain.typesetting.fonts import FontShelf

if TYPE_CHECKING:
    from onemanage.psd.domain.templates.compiled import Compiled

type CompileInside = Callable[[Subject, Sequence[Slot], FontShelf], "Compiled"]


class Values:
    """Puts values into the layers of one document."""

    def __init__(
        self,
        subject: Subject,
        slots: Sequence[Slot],
        shelf: FontShelf,
        to_srgb: ToSrgb,
        compile_inside: CompileInside,
    ) -> None:
        self.subject = subject
        self.slots = {slot.name: slot for slot in slots}
        self.from_srgb = FromSrgb(subject.document, to_srgb)
        self.texts = Texts(subject, slots, shelf, self.from_srgb)
        self.frames = Frames(subject, self.from_srgb)
        self.inside = _inside(subject, slots, shelf, compile_inside)
        self.leaves = self._leaves()
        """The layers that slots touch themselves, each once."""

    @contextmanager
    def shown(
        self,
        showing: Showing,
        values: Mapping[str, SlotValue],
        pictures: Mapping[str, Path],
    ) -> Iterator[list[str]]:
        """Within it ``showing`` shows the row. Yields warnings; raises RowRejected."""
        for name in (*values, *pictures):
            if name not in self.slots:
                listed = ", ".join(list(self.slots)[:20])
                raise RowRejected(
                    name,
                    "template.unknown_slot",
                    f"The template has no slot {name!r}; it has {listed}.",
                )
        with ExitStack() as stack:
            stack.callback(showing.clear)
            row = _Row(self, showing, dict(values), pictures, stack)
            row.run()
            yield row.warnings

    def _leaves(self) -> list[Layer]:
        found: dict[int, Layer] = {}
        for slot in self.slots.values():
            for layer_id in slot.layer_ids:
                node = self.subject.node(layer_id)
                found[id(node.layer)] = node.layer
                if slot.kind == "choice" and slot.inside is None:
                    children = self.subject.children(node)
                    found |= {id(child.layer): child.layer for child in children}
        return list(found.values())


@dataclass
class _Row:
    of: Values
    showing: Showing
    values: dict[str, SlotValue]
    pictures: Mapping[str, Path]
    stack: ExitStack
    warnings: list[str] = field(default_factory=list)

    def run(self) -> None:
        self.warnings += self.of.from_srgb.warnings
        for name in self.pictures:
            self.values.setdefault(name, SlotValue())
        colors: dict[int, tuple[int, int, int]] = {}
        inside: dict[int, dict[str, Slot]] = {}
        for name, value in self.values.items():
            slot = self.of.slots[name]
            of_kind(slot, value, name in self.pictures)
            for layer_id in slot.layer_ids:
                if slot.inside is not None:
                    inside.setdefault(layer_id, {})[slot.inside] = slot
                else:
                    self._put(slot, value, self.of.subject.node(layer_id), colors)
        for layer_id, slots in inside.items():
            self._put_inside(self.of.subject.node(layer_id), slots)
        for node, canvas in self.of.texts.canvases(self.values, colors, self.warnings):
            self._show(node, canvas)

    def _put(
        self,
        slot: Slot,
        value: SlotValue,
        node: Node,
        colors: dict[int, tuple[int, int, int]],
    ) -> None:
        layer = node.layer
        if slot.kind == "text":
            return  # all of a layer together
        if is_nothing(value) and slot.name not in self.pictures:
            self.showing.shown[id(layer)] = False
            return
        match slot.kind:
            case "visibility":
                self.showing.shown.setdefault(id(layer), bool(value.shown))
            case "choice":
                self._choose(slot, value.text or "", node)
            case "color" if slot.target == "text":
                colors[node.layer_id] = color(slot, value.text or "")
            case "color":
                rgb = color(slot, value.text or "")
                paint = colored(node, slot.target or "fill", rgb, self.of.from_srgb)
                self.showing.colors[id(layer)] = self.stack.enter_context(paint)
            case _:
                self._place(slot, node)

    def _choose(self, slot: Slot, wanted: str, group: Node) -> None:
        found = False
        for child in self.of.subject.children(group):
            name = untagged(self.of.subject.name(child))
            is_it = not found and name.casefold() == wanted.strip().casefold()
            self.showing.shown[id(child.layer)] = is_it
            found = found or is_it
        self.showing.shown.setdefault(id(group.layer), True)
        if not found:
            listed = ", ".join(choices(self.of.subject, group)[:20])
            raise RowRejected(
                slot.name,
                "template.no_such_choice",
                f"{wanted!r} is none of its choices: {listed}.",
            )

    def _place(self, slot: Slot, node: Node) -> None:
        path = self.pictures.get(slot.name)
        if path is None:
            raise RowRejected(
                slot.name,
                "template.picture_unreadable",
                "Its picture was not fetched.",
            )
        try:
            canvas = self.of.frames.file(path, slot, node, self.warnings)
        except UnreadablePicture as error:
            raise RowRejected(slot.name, error.code, error.message) from error
        self._show(node, canvas)
        self.showing.sources[id(node.layer)] = self.of.frames.source(path, slot, node)

    def _put_inside(self, node: Node, slots: Mapping[str, Slot]) -> None:
        compiled = self.of.inside.get(node.layer_id)
        if compiled is None or id(node.layer) in self.showing.canvases:
            return
        values = {
            name: self.values[slot.name]
            for name, slot in slots.items()
            if not is_nothing(self.values[slot.name]) or slot.name not in self.pictures
        }
        pictures = {
            name: self.pictures[slot.name]
            for name, slot in slots.items()
            if slot.name in self.pictures
        }
        try:
            made = compiled.row(values, pictures)
        except RowRejected as error:
            slot = slots[error.slot]
            raise RowRejected(slot.name, error.code, error.message) from error
        self.warnings += made.warnings
        any_slot = next(iter(slots.values()))
        self._show(
            node,
            self.of.frames.pixels(as_rgba(made.pixels), any_slot, node, self.warnings),
        )

    def _show(self, node: Node, canvas: Canvas | None) -> None:
        if canvas is None:
            self.showing.shown[id(node.layer)] = False
        else:
            self.showing.canvases[id(node.layer)] = canvas


def _inside(
    subject: Subject,
    slots: Sequence[Slot],
    shelf: FontShelf,
    compile_inside: CompileInside,
) -> dict[int, "Compiled"]:
    """What is filled inside, by the ids of the layers that show it."""
    by_layers: dict[tuple[int, ...], list[Slot]] = {}
    for slot in slots:
        if slot.inside is not None:
            by_layers.setdefault(tuple(slot.layer_ids), []).append(slot)
    made: dict[int, Compiled] = {}
    for layer_ids, own in by_layers.items():
        inner = subject.inner(subject.node(layer_ids[0]))
        if inner is None:
            continue
        found = Finding(inner).run()
        inner_slots = [
            Slot(
                name=slot.inside,
                kind=slot.kind,
                layer_ids=list(found[slot.inside].layer_ids),
                tag=found[slot.inside].tag,
                target=found[slot.inside].target,
                inside=found[slot.inside].inside,
                rules=slot.rules,
            )
            for slot in own
            if slot.inside is not None and slot.inside in found
        ]
        compiled = compile_inside(inner, inner_slots, shelf)
        made |= dict.fromkeys(layer_ids, compiled)
    return made
