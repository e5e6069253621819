"""What an import is to do: the plan that was proposed, as the user has changed it."""

import msgspec

from onemanage.contracts.imports.plans import Plan, PlanChanges, PlanDocument, TablePlan

type _Part = tuple[str | None, str | None, str | None]


def changed_plan(proposed: Plan, changes: PlanChanges) -> Plan:
    """Tables that are not changed are as proposed; so are options. Not checked."""
    tables, options = proposed.tables, proposed.options
    if changes.tables is not None:
        # Plain ones: what is kept of an import, and its digest, tell every field.
        tables = [
            msgspec.convert(
                msgspec.structs.asdict(one), TablePlan, from_attributes=True
            )
            for one in changes.tables
        ]
    if changes.options is not None:
        options = changes.options
    return Plan(tables=tables, options=options)


def expected_rows(plan: Plan, document: PlanDocument) -> int:
    """Rows that ``plan`` reads, as they were counted for the document's own plan.

    0 where those of one included table are not known to the last.
    """
    proposed = document.plan
    counted = {
        _part(table): findings.rows
        for table, findings in zip(proposed.tables, proposed.findings, strict=True)
        if findings.rows_exact
    }
    wanted = [counted.get(_part(table)) for table in plan.tables if table.include]
    known = [rows for rows in wanted if rows is not None]
    return sum(known) if len(known) == len(wanted) else 0


def _part(table: TablePlan) -> _Part:
    return table.file_id, table.member, table.sheet
