"""Cells of a table as values of slots. Whatever a cell is wrong about has its words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onemanage.contracts.psd.merge_pictures import NamedPicture
from onemanage.contracts.psd.merges import RowError
from onemanage.contracts.psd.templates import REMOVE_BACKGROUND, Slot, SlotValue

_SHOWN = frozenset(("true", "t", "yes", "y", "1", "on", "x"))
_HIDDEN = frozenset(("false", "f", "no", "n", "0", "off", "-"))
_COLOR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_MADE = r"(?:fil|doc|tsf|bgd)_[0-9a-f]{32}"
_PICTURE = re.compile(rf"{_MADE}(?::[A-Za-z0-9][A-Za-z0-9_-]{{0,63}})?|https?://\S+")
_CUT_OUT = "bgd_"
_MOST_SHOWN = 60
"""Characters of a cell that a message repeats."""


class CellRejected(Exception):
    """A cell that its slot cannot show: the row has no picture."""

    def __init__(self, code: str, message: str, column: str) -> None:
        super().__init__(message)
        self.error = RowError(code=code, message=message, column=column)


@dataclass(frozen=True, slots=True)
class RowValues:
    """``pictures`` are named as cells have them, for whoever finds what that is."""

    values: Mapping[str, SlotValue]
    pictures: Mapping[str, NamedPicture] = field(default_factory=dict)


def row_values(
    slots: Sequence[Slot], columns: Mapping[str, str], row: Mapping[str, str | None], /,
    on_empty: str,
) -> RowValues:  # fmt: skip
    """What each slot that has a column shows. Raises CellRejected."""
    values: dict[str, SlotValue] = {}
    pictures: dict[str, NamedPicture] = {}
    for slot in slots:
        column = columns.get(slot.name)
        if column is None:
            continue
        cell = row[column]
        if cell is None or not cell.strip():
            if on_empty == "reject":
                text = f"{column} is empty, and {slot.name} needs a value."
                raise CellRejected("merge.empty_value", text, column)
            if on_empty == "hide":
                values[slot.name] = SlotValue()
        elif slot.kind == "picture":
            pictures[slot.name] = _picture(slot, cell, column)
        else:
            values[slot.name] = _VALUES[slot.kind](slot, cell, column)
    return RowValues(values, pictures)


def _text(_: Slot, cell: str, __: str) -> SlotValue:
    return SlotValue(text=cell)


def _color(slot: Slot, cell: str, column: str) -> SlotValue:
    found = _COLOR.fullmatch(cell.strip())
    if found is None:
        text = (
            f"{column} is {_shown(cell)}, and {slot.name} is a colour: write it as "
            "#rrggbb."
        )
        raise CellRejected("merge.wrong_value", text, column)
    digits = found[1].lower()
    full = digits if len(digits) == 6 else "".join(2 * one for one in digits)
    return SlotValue(text=f"#{full}")


def _visibility(slot: Slot, cell: str, column: str) -> SlotValue:
    word = cell.strip().casefold()
    if word in _SHOWN or word in _HIDDEN:
        return SlotValue(shown=word in _SHOWN)
    text = (
        f"{column} is {_shown(cell)}, and {slot.name} is shown or not: write true or "
        "false."
    )
    raise CellRejected("merge.wrong_value", text, column)


def _choice(slot: Slot, cell: str, column: str) -> SlotValue:
    word = cell.strip()
    same = [one for one in slot.choices if one.casefold() == word.casefold()]
    if word in slot.choices or len(same) == 1:
        return SlotValue(text=word if word in slot.choices else same[0])
    text = (
        f"{column} is {_shown(cell)}, and {slot.name} is one of "
        f"{', '.join(slot.choices[:20])}."
    )
    raise CellRejected("merge.wrong_value", text, column)


def _picture(slot: Slot, cell: str, column: str) -> NamedPicture:
    reference = cell.strip()
    if _PICTURE.fullmatch(reference):
        return NamedPicture(reference, _prepare(slot, reference))
    text = (
        f"{column} is {_shown(cell)}, which names no picture: write the id of a file, "
        "document, transformation or background, or an address of http or https."
    )
    raise CellRejected("merge.wrong_value", text, column)


def _prepare(slot: Slot, reference: str) -> str:
    """What a cut-out has lost is not taken away once more."""
    prepare = slot.rules.prepare or ""
    is_done = prepare == REMOVE_BACKGROUND and reference.startswith(_CUT_OUT)
    return "" if is_done else prepare


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= _MOST_SHOWN else cell[: _MOST_SHOWN - 1] + "…")


_VALUES = {
    "text": _text,
    "color": _color,
    "visibility": _visibility,
    "choice": _choice,
}
