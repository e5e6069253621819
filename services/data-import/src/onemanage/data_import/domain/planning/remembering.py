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
    Warning,
)
from onemanage.contracts.imports.sources import DatabaseSource, FileSource, Source
from onemanage.data_import.domain.formula_text import unguarded_name
from onemanage.data_import.domain.planning.alike import alike, sheets_alike
from onemanage.data_import.domain.rejects_told import OURS


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """How sources of one shape were imported once."""

    import_id: str
    tables: list[TablePlan]
    """Those of the import that had this shape: sheets often are alike."""
    options: ImportOptions
    sources: list[Source]
    """All of that import."""


class NotTheseRejects(Exception):
    """A file that has no column of the import whose rejects it is said to hold."""


def as_before(plan: Plan, known: list[list[Remembered]], sources: list[Source]) -> Plan:
    """The plan with names, types and options of earlier imports.

    ``known`` has for each table the imports of its shape, the newest first; the first
    whose source is called alike, or is the same, counts. Encoding, delimiter and header
    row stay as they are found in the new file, and no import replaces a table because
    another did. A warning of the table says what was remembered. ``findings`` are of
    the plan as it was: ``recounted`` makes them those of the new one.
    """
    tables, findings = list(plan.tables), list(plan.findings)
    options: ImportOptions | None = None
    for at, candidates in enumerate(known):
        found = tables[at]
        remembered, alike_ones = _first_alike(found, candidates, sources)
        if remembered is None:
            continue
        before = _the_same(found, alike_ones)
        columns = _same_columns(found.columns, (before or alike_ones[0]).columns)
        name = found.table if before is None else before.table
        tables[at] = msgspec.structs.replace(found, table=name, columns=columns)
        told = _told(remembered, found, name)
        findings[at] = _findings(findings[at], found.columns, columns, remembered, told)
        options = options or remembered.options
    if options is not None and options.mode == "replace":
        options = msgspec.structs.replace(options, mode="append")
    return msgspec.structs.replace(
        plan, tables=tables, findings=findings, options=options or plan.options
    )


def has_names(table: TablePlan) -> bool:
    """Whether its columns say what they are; without names all tables look alike."""
    return any(column.header.strip() for column in table.columns)


def _first_alike(
    found: TablePlan, candidates: list[Remembered], sources: list[Source]
) -> tuple[Remembered | None, list[TablePlan]]:
    source = _source_of(found, sources)
    for remembered in candidates if has_names(found) else []:
        tables = [
            table
            for table in remembered.tables
            if _is_alike(found, source, table, _source_of(table, remembered.sources))
        ]
        if tables:
            return remembered, tables
    return None, []


def _source_of(table: TablePlan, sources: list[Source]) -> Source:
    named = (
        one
        for one in sources
        if isinstance(one, FileSource) and one.file_id == table.file_id
    )
    return next(named, sources[0])


def _is_alike(
    found: TablePlan, source: Source, before: TablePlan, earlier: Source
) -> bool:
    match source, earlier:
        case FileSource(), FileSource():
            if source.sha256 and source.sha256 == earlier.sha256:
                return (found.member, found.sheet) == (before.member, before.sheet)
            if found.sheet is None and alike(before.table, found.table):
                return True
            names = found.member or source.file_name, before.member or earlier.file_name
            return alike(*names) and sheets_alike(found.sheet, before.sheet)
        case DatabaseSource(), DatabaseSource():
            return _selected(source) == _selected(earlier)
    return False


def _selected(source: DatabaseSource) -> tuple[str | int | None, ...]:
    place = source.kind, source.host, source.port, source.database
    return *place, source.db_schema, source.table, source.query


def _the_same(found: TablePlan, before: list[TablePlan]) -> TablePlan | None:
    """Which of several; None where that cannot be told, and the name stays."""
    if len(before) == 1:
        return before[0]
    part = (found.member, found.sheet)
    return next((one for one in before if (one.member, one.sheet) == part), None)


def _told(remembered: Remembered, found: TablePlan, name: str) -> list[Warning]:
    where = f"the rows go to {name!r}"
    if name != found.table:
        where += f", and would go to {found.table!r} otherwise"
    told = [
        Warning(
            code="remembered",
            message="Names, types and options are those of an earlier import with the "
            f"same headers and a like name; {where}. Change `table`, or ask for the "
            "plan with remember=false, if this is another thing.",
            example=remembered.import_id,
        )
    ]
    if remembered.options.mode == "replace":
        told.append(
            Warning(
                code="replace_not_remembered",
                message="The earlier import replaced its table, this one adds to it. "
                "Set `options.mode` to replace if it is to replace it too.",
                example=remembered.import_id,
            )
        )
    return told


def _same_columns(
    found: list[ColumnPlan], before: list[ColumnPlan]
) -> list[ColumnPlan]:
    known = {(one.position, one.header): one for one in before}
    return [known.get((one.position, one.header), one) for one in found]


def _findings(
    found: TableFindings,
    proposed: list[ColumnPlan],
    columns: list[ColumnPlan],
    remembered: Remembered,
    told: list[Warning],
) -> TableFindings:
    """The first rows have a value for each included column, which may be fewer now."""
    kept = [
        new.include for new, old in zip(columns, proposed, strict=True) if old.include
    ]
    return msgspec.structs.replace(
        found,
        first_rows=[list(compress(row, kept)) for row in found.first_rows],
        warnings=[*told, *found.warnings],
        remembered_from=remembered.import_id,
    )


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
