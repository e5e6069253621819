"""What an earlier import teaches about the next file with the same headers."""

from collections import defaultdict
from itertools import compress

import msgspec

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    ImportOptions,
    Plan,
    TableFindings,
    TablePlan,
)
from onemanage.data_import.domain.formulas import unguarded_name
from onemanage.data_import.domain.rejects import OURS


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """How sources of one shape were imported last."""

    import_id: str
    tables: list[TablePlan]
    """Those of the import that had this shape: sheets often are alike."""
    options: ImportOptions


class NotTheseRejects(Exception):
    """A file that has no column of the import whose rejects it is said to hold."""


def as_before(plan: Plan, known: list[Remembered | None]) -> Plan:
    """The plan with names, types and options of earlier imports; one for each table.

    Encoding, delimiter and header row stay as they are found in the new file.
    """
    tables, findings = list(plan.tables), list(plan.findings)
    for at, remembered in enumerate(known):
        if remembered is None:
            continue
        found = tables[at]
        before = _the_same(found, remembered.tables)
        columns = _same_columns(found.columns, (before or remembered.tables[0]).columns)
        findings[at] = _findings(
            findings[at], found.columns, columns, remembered.import_id
        )
        name = found.table if before is None else before.table
        tables[at] = msgspec.structs.replace(found, table=name, columns=columns)
    first = next((one for one in known if one is not None), None)
    options = plan.options if first is None else first.options
    return msgspec.structs.replace(
        plan, tables=tables, findings=findings, options=options
    )


def _the_same(found: TablePlan, before: list[TablePlan]) -> TablePlan | None:
    """Which of several; None where that cannot be told, and the name stays."""
    if len(before) == 1:
        return before[0]
    part = (found.member, found.sheet)
    return next((one for one in before if (one.member, one.sheet) == part), None)


def _same_columns(
    found: list[ColumnPlan], before: list[ColumnPlan]
) -> list[ColumnPlan]:
    known = {(one.position, one.header): one for one in before}
    return [known.get((one.position, one.header), one) for one in found]


def _findings(
    found: TableFindings,
    proposed: list[ColumnPlan],
    columns: list[ColumnPlan],
    import_id: str,
) -> TableFindings:
    """The first rows have a value for each included column, which may be fewer now."""
    kept = [
        new.include for new, old in zip(columns, proposed, strict=True) if old.include
    ]
    rows = [list(compress(row, kept)) for row in found.first_rows]
    return msgspec.structs.replace(found, first_rows=rows, remembered_from=import_id)


def rejects_plan(found: TablePlan, before: TablePlan) -> TablePlan:
    """How rejects that somebody has put right are loaded: as the import was to.

    ``found`` is what their file looks like, ``before`` how the import went. Columns
    are told by their headers, the second of a name from the first by their order; ours
    are left out, and so is what nobody knows. Raises NotTheseRejects.
    """
    known: dict[str, list[ColumnPlan]] = defaultdict(list)
    for column in sorted(before.columns, key=lambda one: one.position):
        known[column.header].append(column)
    columns: list[ColumnPlan] = []
    for column in found.columns:
        meant = known[column.header] or known[unguarded_name(column.header)]
        if column.header in OURS or not meant:
            columns.append(msgspec.structs.replace(column, include=False))
            continue
        columns.append(msgspec.structs.replace(meant.pop(0), position=column.position))
    if not any(column.include for column in columns):
        raise NotTheseRejects
    decimal_comma = before.dialect.decimal_comma
    return msgspec.structs.replace(
        found,
        table=before.table,
        columns=columns,
        dialect=msgspec.structs.replace(found.dialect, decimal_comma=decimal_comma),
    )


def rejects_options(options: ImportOptions) -> ImportOptions:
    """Rejects are added to what was loaded, also where that replaced a table."""
    mode = "append" if options.mode == "replace" else options.mode
    return msgspec.structs.replace(options, mode=mode, max_rejects=None)
