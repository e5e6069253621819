"""Texts of a row, set anew: all slots of one layer together."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.templates.own_colors import FromSrgb
from onemanage.psd.domain.templates.reading_values import is_nothing, plain
from onemanage.psd.domain.templates.rows import RowRejected
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.tags import tags
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.setting import SetText, set_text
from onemanage.psd.domain.typesetting.styled import StyledText
from onemanage.psd.errors import DoesNotFit

_KEPT = 16 << 20
"""Bytes of set texts that are kept, for rows that show them again."""

type Color = tuple[int, int, int]


class Texts:
    """Of one document."""

    def __init__(
        self,
        subject: Subject,
        slots: Sequence[Slot],
        shelf: FontShelf,
        from_srgb: FromSrgb,
    ) -> None:
        self._subject, self._shelf, self._from_srgb = subject, shelf, from_srgb
        self._layers: dict[int, list[Slot]] = {}
        for slot in slots:
            if slot.kind == "text" and slot.inside is None:
                for layer_id in slot.layer_ids:
                    self._layers.setdefault(layer_id, []).append(slot)
        self._kept: OrderedDict[object, SetText] = OrderedDict()
        self._size = 0

    def canvases(
        self,
        values: Mapping[str, SlotValue],
        colors: Mapping[int, Color],
        warnings: list[str],
    ) -> Iterator[tuple[Node, Canvas | None]]:
        """The layers whose text is another, or of another colour (by layer id); None
        where nothing is left of it. Raises RowRejected."""
        for layer_id in dict.fromkeys((*self._layers, *colors)):
            slots = self._layers.get(layer_id, [])
            given = {slot.name: slot for slot in slots if slot.name in values}
            if not given and layer_id not in colors:
                continue
            node = self._subject.node(layer_id)
            yield node, self._canvas(
                node, given, values, colors.get(layer_id), warnings
            )

    def _canvas(
        self,
        node: Node,
        slots: Mapping[str, Slot],
        values: Mapping[str, SlotValue],
        color: Color | None,
        warnings: list[str],
    ) -> Canvas | None:
        text = self._subject.text(node)
        if text is None:
            return None
        text = _with_values(text, slots, values)
        if color is not None:
            text = text.with_color(color)
        if not text.plain.strip():
            return None
        found = self._set(text, list(slots.values()))
        name = self._subject.name(node)
        warnings += [f"Layer {name!r}: {one}." for one in found.warnings]
        paint = found.paint
        if not paint.alpha.size:
            return None
        if paint.color.ndim == 3:
            return Canvas(found.box, self._from_srgb(paint.color), paint.alpha)
        own = self._from_srgb.plain(paint.color)
        planes = np.empty((len(own), *paint.alpha.shape), np.uint8)
        planes[:] = own[:, None, None]
        return Canvas(found.box, planes, paint.alpha)

    def _set(self, text: StyledText, slots: Sequence[Slot]) -> SetText:
        """Raises RowRejected."""
        rules = [slot.rules for slot in slots]
        usual = "shrink" if text.box is not None else "grow"
        overflow = next((x.overflow for x in rules if x.overflow), usual)
        least = next((x.least_size for x in rules if x.least_size), None)
        name = slots[0].name if slots else ""
        key = text, overflow, least
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        try:
            found = set_text(text, self._shelf, overflow=overflow, least_size=least)
        except DoesNotFit as error:
            raise RowRejected(name, "template.does_not_fit", error.message) from error
        except LookupError as error:
            why = "There is no font at all to set it in. Upload one."
            raise RowRejected(name, "template.missing_font", why) from error
        self._kept[key] = found
        self._size += _bytes(found)
        while self._size > _KEPT:
            _, old = self._kept.popitem(last=False)
            self._size -= _bytes(old)
        return found


def _bytes(found: SetText) -> int:
    return found.paint.color.nbytes + found.paint.alpha.nbytes


def _with_values(
    text: StyledText, slots: Mapping[str, Slot], values: Mapping[str, SlotValue]
) -> StyledText:
    """A slot whose tag stands in the text replaces that; any other all of it."""
    standing = list(tags(text.plain))
    by_tag: dict[str, str] = {}
    for name, slot in slots.items():
        value = values[name]
        said = "" if is_nothing(value) else plain(value.text or "")
        tag_names = {one.name for one in tags(slot.tag or "")}
        written = {one.written for one in standing if one.name in tag_names}
        if slot.tag and slot.tag in text.plain:
            written.add(slot.tag)
        if not written:
            return text.with_text(said)
        by_tag |= dict.fromkeys(written, said)
    return text.with_values(by_tag) if by_tag else text
