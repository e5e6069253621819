"""What makes two sources alike."""

import hashlib
from collections.abc import Sequence

import msgspec

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Dialect,
    ImportOptions,
    TablePlan,
)
from onemanage.data_import.domain.rejects_told import OURS


def shape_of(headers: Sequence[str]) -> str:
    """The same for sources with the same headers in the same order.

    The columns that a rejects CSV has besides do not count.
    """
    own = [one for one in headers if one not in OURS]
    return hashlib.sha256(msgspec.json.encode(own)).hexdigest()


def load_digest(source: str, plan: TablePlan, options: ImportOptions) -> str:
    """The same where the same part of the same source is loaded by the same plan."""
    columns = [_said(one) for one in plan.columns]
    dialect = _dialect(plan.dialect)
    keyed = [source, plan.member, plan.sheet, plan.format, dialect, columns]
    how = [options.mode, options.keys, options.dedupe]
    return hashlib.sha256(msgspec.json.encode([keyed, how])).hexdigest()


_NEWER = ("escape", "skip_blanks", "short_rows", "long_rows")


def _dialect(dialect: Dialect) -> dict[str, object]:
    """As `_said`."""
    usual = Dialect()
    fields = msgspec.structs.asdict(dialect)
    for name in _NEWER:
        if fields[name] == getattr(usual, name):
            del fields[name]
    return fields


def _said(column: ColumnPlan) -> dict[str, object]:
    """Without what was not there in older releases and is not said now either."""
    fields = msgspec.structs.asdict(column)
    if column.on_bad_value is None:
        del fields["on_bad_value"]
    return fields
