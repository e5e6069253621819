"""What of a merge's spec can be said before a row is read: columns, slots, the name."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from onemanage.contracts.datasets.handing_over import LINE
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merges import MergeSpec
from onemanage.contracts.psd.templates import Slot

NUMBER = "_number"
"""In a name: of the row, from 1."""
_PART = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|([{}])")


class PatternPart(NamedTuple):
    """Of a name pattern: text, or the name of a column."""

    text: str
    is_column: bool = False


def name_pattern(pattern: str) -> list[PatternPart]:
    """``{sku}-{lang}``: columns in braces; a brace itself is written twice. Raises
    InvalidInput for braces that do not fit together."""
    return [part for part in _parts(pattern) if part.text]


def columns_of(pattern: Sequence[PatternPart]) -> list[str]:
    """Those of the rows that it names."""
    own = (NUMBER, LINE)
    return [one.text for one in pattern if one.is_column and one.text not in own]


def _parts(pattern: str) -> Iterator[PatternPart]:
    at = 0
    for found in _PART.finditer(pattern):
        yield PatternPart(pattern[at : found.start()])
        at = found.end()
        if found[2] is not None:
            text = (
                f"In the name pattern {pattern!r} stands a single {found[2]}. Columns "
                "are written {so}; write a brace itself twice."
            )
            raise InvalidInput("merge.bad_name", text, "name")
        if found[1] is not None:
            yield PatternPart(found[1].strip(), True)
        else:
            yield PatternPart(found[0][0])
    yield PatternPart(pattern[at:])


class Used(NamedTuple):
    """What of the table's columns is needed."""

    columns: list[str]
    slots: dict[str, str]


def used(spec: MergeSpec, slots: list[Slot], columns: list[str]) -> Used:
    """The column of each slot that has one, and those of the names. Raises
    InvalidInput for a mapping or a name of what is not there, and where there is no
    column of any slot."""
    known = [slot.name for slot in slots]
    for slot, column in spec.mapping.items():
        if slot not in known:
            text = f"The template has no slot {slot!r}. It has {_some(known)}."
            raise InvalidInput("merge.no_slot", text, f"mapping.{slot}")
        if column not in columns:
            raise _no_column(column, columns, f"mapping.{slot}")
    same = {name: name for name in known if name in columns}
    of_slots = {name: column for name, column in (same | spec.mapping).items()}
    if not of_slots:
        text = (
            f"No column has the name of a slot: the slots are {_some(known)}, the "
            f"columns {_some(columns)}. Say in mapping which column each slot takes."
        )
        raise InvalidInput("merge.nothing_mapped", text, "mapping")
    of_name = columns_of(name_pattern(spec.name))
    missing = next((one for one in of_name if one not in columns), None)
    if missing is not None:
        raise _no_column(missing, columns, "name")
    wanted = {*of_slots.values(), *of_name}
    return Used([one for one in columns if one in wanted], of_slots)


def _no_column(name: str, columns: list[str], where: str) -> InvalidInput:
    text = f"The rows have no column {name!r}. They have {_some(columns)}."
    return InvalidInput("merge.no_column", text, where)


def _some(names: list[str]) -> str:
    return ", ".join(names[:30]) + ("…" if len(names) > 30 else "")
