"""What the child that looks through rows is given, and what it says."""

import msgspec

from onemanage.contracts.psd.merges import RowError
from onemanage.contracts.psd.templates import Slot


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """How rows are to be looked at."""

    slots: list[Slot]
    mapping: dict[str, str]
    """The column of each slot that has one."""
    columns: list[str]
    """Whose texts are kept with the row."""
    name: str
    on_empty: str
    made_by: list[str]
    """What pictures depend on besides the values: workspace, template and its revision,
    outputs, fonts."""


class PreparedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``picture_id`` and ``error`` is there."""

    number: int
    line: int
    name: str
    cells: list[str | None]
    picture_id: str | None = None
    warnings: list[str] = []
    error: RowError | None = None


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    rows: int
    rejected: int
