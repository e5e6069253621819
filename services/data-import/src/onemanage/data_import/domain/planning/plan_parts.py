"""What a file holds, as tables whose columns have headers and no types yet."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Decision,
    Dialect,
    TablePlan,
    Warning,
)
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import NotATable, check_columns
from onemanage.data_import.domain.planning.bad_value_choice import ErrorCells
from onemanage.data_import.domain.planning.encoding_warnings import encoding_warnings
from onemanage.data_import.domain.planning.error_cells import error_cells
from onemanage.data_import.domain.planning.sheet_warnings import (
    formulas_without_value,
    hidden_sheet,
    of_cells,
)
from onemanage.data_import.domain.planning.text_form import (
    encoding_decision,
    header_decision,
    header_warnings,
    json_wrapper,
    marked_header,
    text_form,
)
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.datapackage import Resource
from onemanage.data_import.domain.reading.decode import utf8_blocks
from onemanage.data_import.domain.reading.encodings import Encoding, sniff_encoding
from onemanage.data_import.domain.reading.headers import Header, Row, find_header
from onemanage.data_import.domain.reading.html_tables import (
    encoding_of_page,
    html_pages,
)
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_columnar import is_nested, schema_of
from onemanage.data_import.domain.reading.read_jsonl import json_rows, layout_of
from onemanage.data_import.domain.reading.read_sqlite import (
    is_sqlite,
    left_out,
    list_tables,
    table_headers,
)
from onemanage.data_import.domain.reading.read_workbook import (
    Workbook,
    load_sheet,
    open_workbook,
)
from onemanage.data_import.domain.reading.sheets import Sheet, batches, letters
from onemanage.data_import.domain.reading.sniff import Part, parts
from onemanage.data_import.domain.reading.workbook_facts import workbook_facts
from onemanage.data_import.domain.reading.xml_workbook import XmlSheet, xml_sheets

_SAMPLE = 256 << 10
_SHEET_ROWS = 60
type Hint = Mapping[str, Any]
"""Fields of Dialect that the user has said; the others are found out."""

type Warnings = dict[int, list[Warning]]
"""By position of the column; 0 is the table."""

type Warn = Callable[[TablePlan], Warnings]


class Draft(NamedTuple):
    table: TablePlan
    """Without columns."""
    headers: list[str]
    read: Callable[[TablePlan], Iterator[Batch]]
    warn: Warn
    """What is known beside the values, once the types are."""
    typed: bool = False
    resource: Resource | None = None
    """What a datapackage.json says of it."""
    errors: Mapping[int, ErrorCells] = {}
    """Of a workbook, by position of the column."""
    decisions: list[Decision] = []
    said: frozenset[str] = frozenset()
    """Fields of the dialect that the user has said."""


def drafts(path: Path, hint: Hint, seconds: float) -> Iterator[Draft]:
    """The tables of a file, in its order. Raises InvalidSource subclasses."""
    if is_sqlite(path):
        yield from _tables(path)
        return
    found = parts(path)
    left = [
        Warning(code="left_out", message=f"{part.member}: {part.why.message}")
        for part in found
        if part.why
    ]
    for part in found:
        said = {**part.resource.hint, **hint} if part.resource else hint
        for draft in _drafts(path, part, said, seconds):
            warn = partial(_with, left, draft.warn)
            yield _declared(draft, part.resource)._replace(warn=warn)
            left = []  # said once, with the first table


def _with(more: list[Warning], warn: Warn, table: TablePlan) -> Warnings:
    found = warn(table)
    return {**found, 0: [*more, *found.get(0, [])]}


def _declared(draft: Draft, resource: Resource | None) -> Draft:
    if resource is None:
        return draft
    headers = draft.headers
    if not any(headers) and len(headers) == len(resource.names):
        headers = resource.names
    table = replace(draft.table, table=resource.name)
    return draft._replace(table=table, headers=headers, resource=resource)


def _drafts(path: Path, part: Part, hint: Hint, seconds: float) -> Iterator[Draft]:
    match part.format:
        case "none":
            return
        case "excel":
            yield from _sheets(path, hint)
        case "html":
            yield from _pages(path, part, hint, seconds)
        case "xml":
            yield from _xml_sheets(path, part)
        case "csv":
            yield _text(path, part, hint, seconds)
        case "jsonl":
            yield _objects(path, part, seconds)
        case _:
            yield _columnar(path, part)


def _tables(path: Path) -> Iterator[Draft]:
    names = list_tables(path)
    left = [
        Warning(code="left_out", message=f"{one.name}: {one.why}")
        for one in left_out(path)
    ]
    if not names and left:
        raise NotATable("data_import.empty", left[0].message)
    for name in names:
        headers = table_headers(path, name)
        check_columns(len(headers), name)
        table = TablePlan(table="", format="sqlite", sheet=name)
        warn = partial(_with, left, lambda _: {})
        yield Draft(table, headers, partial(read_table, path), warn)
        left = []  # said once, with the first table


def _text(path: Path, part: Part, hint: Hint, seconds: float) -> Draft:
    found = Encoding(str(hint.get("encoding", "")))
    if not found.name:
        found = sniff_encoding(path, part.member, seconds)
    encoding = found.name
    sample, is_cut = _beginning(path, part.member, encoding)
    if not sample.strip():
        raise NotATable(
            "data_import.empty", "The file holds nothing but blanks.", part.member
        )
    form = text_form(sample, encoding, hint, is_cut)
    check_columns(len(form.names), part.member)
    table = TablePlan(table="", format="csv", member=part.member, dialect=form.dialect)
    told = [*encoding_warnings(found), *form.warnings]
    return Draft(
        table,
        form.names,
        partial(read_table, path),
        lambda _: {0: told},
        decisions=[encoding_decision(found, "encoding" in hint), *form.decisions],
        said=frozenset(hint),
    )


def _beginning(path: Path, member: str | None, encoding: str) -> tuple[str, bool]:
    """The first rows, and whether there are more."""
    with open_bytes(path, member) as stream:
        block = next(utf8_blocks(stream, encoding), b"")
    text = block[:_SAMPLE].decode(errors="replace")
    if len(block) > _SAMPLE:
        # The last row is cut; a first row that is longer than the sample stays.
        text = text[: text.rfind("\n") + 1] or text
    return text, len(block) > _SAMPLE


def _sheets(path: Path, hint: Hint) -> Iterator[Draft]:
    workbook = open_workbook(path, hint.get("encoding"))
    dialect = Dialect()
    if workbook.encoding and (workbook.encoding.ranked or "encoding" in hint):
        dialect = Dialect(encoding=workbook.encoding.name)
    names = workbook.sheet_names
    found = False
    for name in names:
        sheet = load_sheet(workbook, name)
        if not sheet.frame.width or not sheet.frame.height:
            continue
        found = True
        table = TablePlan(table="", format="excel", sheet=name, dialect=dialect)
        yield _sheet(table, sheet, partial(_of_workbook, workbook, sheet))
    if not found:
        raise NotATable("data_import.empty", "No sheet of the workbook has any cell.")


def _sheet(
    table: TablePlan, sheet: Sheet, warn: Warn, header_row: int | None = None
) -> Draft:
    filled = _shown(sheet)
    header = find_header(filled)
    if header_row is not None:
        header = marked_header(header_row, filled, header)
    headers = _headers(sheet, header)
    check_columns(len(headers), f"sheet {table.sheet}")
    dialect = replace(table.dialect, header_row=header.row)
    return Draft(
        replace(table, dialect=dialect),
        headers,
        partial(batches, sheet),
        partial(_with, list(header_warnings(header)), warn),
        errors=error_cells(sheet, header.row),
        decisions=[header_decision(header)],
    )


def _headers(sheet: Sheet, header: Header) -> list[str]:
    """Columns at the end that have neither a name nor a value below it are none: what
    stands above the table may be wider than it."""
    start = header.row or 0
    names = header.names + [""] * (sheet.frame.width - len(header.names))
    below = sheet.frame.slice(start)
    used = {at for row, cells in sheet.errors.items() for at in cells if row >= start}
    while names and not names[-1]:
        column = len(names) - 1
        if column in used or below.to_series(column).count():
            break
        names.pop()
    return names or [""]


def _pages(path: Path, part: Part, hint: Hint, seconds: float) -> Iterator[Draft]:
    encoding = Encoding(str(hint.get("encoding", "")))
    if not encoding.name:
        encoding = encoding_of_page(path, part.member, seconds)
    warn = partial(_with, encoding_warnings(encoding), lambda _: {})
    dialect = Dialect(encoding=encoding.name)
    pages = html_pages(path, part.member, encoding.name)
    for page in pages:
        if not page.sheet.frame.height:
            continue
        table = TablePlan(
            table="",
            format="html",
            member=part.member,
            sheet=page.name,
            dialect=dialect,
        )
        yield _sheet(table, page.sheet, warn, page.header_row)
    if not any(page.sheet.frame.height for page in pages):
        text = "The file is an HTML page without a table. Save it as XLSX or CSV."
        raise NotATable("data_import.not_a_table", text, part.member)


def _xml_sheets(path: Path, part: Part) -> Iterator[Draft]:
    found = False
    for one in xml_sheets(path, part.member):
        if not one.sheet.frame.height:
            continue
        found = True
        table = TablePlan(table="", format="xml", member=part.member, sheet=one.name)
        yield _sheet(table, one.sheet, partial(_of_xml, one))
    if not found:
        raise NotATable("data_import.empty", "No sheet of the workbook has any cell.")


def _of_xml(one: XmlSheet, table: TablePlan) -> Warnings:
    warnings: Warnings = {0: [hidden_sheet(one.name)]} if one.sheet.hidden else {}
    start = table.dialect.header_row or 0
    for position, told in formulas_without_value(one.facts, 0, start).items():
        if position <= len(table.columns):
            warnings.setdefault(position, []).append(told)
    return warnings


def _shown(sheet: Sheet) -> list[Row]:
    """The first rows with a cell, and errors as they are shown: they are cells too."""
    known = sheet.frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    wrong = known.scatter(list(sheet.errors), True) if sheet.errors else known
    rows = []
    for at in wrong.arg_true().head(_SHEET_ROWS).to_list():
        fields = list(sheet.frame.row(at))
        for column, text in sheet.errors.get(at, {}).items():
            fields[column] = text
        rows.append(Row(at + 1, tuple(fields)))
    return rows


def _of_workbook(workbook: Workbook, sheet: Sheet, table: TablePlan) -> Warnings:
    assert table.sheet is not None
    path = workbook.path
    warnings: Warnings = {}
    if workbook.encoding is not None:
        warnings[0] = list(encoding_warnings(workbook.encoding))
    if sheet.hidden:
        warnings.setdefault(0, []).append(hidden_sheet(table.sheet))
    start = table.dialect.header_row or 0
    facts = workbook_facts(path, table.sheet)
    for column in table.columns:
        format = facts.zeros.get(letters(sheet.first_column + column.position - 1))
        values = sheet.frame[str(column.position)].slice(start)
        found = list(of_cells(column, values, format))
        if found:
            warnings[column.position] = found
    for position, told in formulas_without_value(
        workbook.facts(table.sheet), sheet.first_column, start
    ).items():
        if position <= len(table.columns):
            warnings.setdefault(position, []).append(told)
    ranges = [(max(start + 1, top), bottom) for top, bottom in facts.merged]
    ranges = [(top, bottom) for top, bottom in ranges if bottom >= top]
    if ranges:
        message = (
            f"{len(ranges):,} ranges of cells are merged, the first in row "
            f"{min(ranges)[0]}. Only the upper left cell of each has a value."
        )
        warnings.setdefault(0, []).append(Warning(code="merged_cells", message=message))
    return warnings


def _columnar(path: Path, part: Part) -> Draft:
    schema = schema_of(path, part.format)
    check_columns(len(schema))
    if not len(schema):
        raise NotATable("data_import.empty", "The file has no columns.")
    nested = {
        at: [
            Warning(
                code="nested",
                message=f"The values are of type {field.type}; they become JSON text.",
            )
        ]
        for at, field in enumerate(schema, 1)
        if is_nested(field.type)
    }
    table = TablePlan(table="", format=part.format, dialect=Dialect(header_row=None))
    return Draft(
        table,
        list(schema.names),
        partial(read_table, path),
        lambda _: nested,
        typed=True,
    )


def _objects(path: Path, part: Part, seconds: float) -> Draft:
    """Keys in the order in which they come; those that come after ``seconds`` are
    rejected by the import, by name."""
    table = TablePlan(
        table="", format="jsonl", member=part.member, dialect=Dialect(header_row=None)
    )
    until = time.process_time() + seconds
    keys: dict[str, None] = {}
    for rows in json_rows(path, table):
        for fields in rows.objects:
            if not fields.keys() <= keys.keys():
                keys.update(dict.fromkeys(fields))
                check_columns(len(keys), part.member)
        if time.process_time() > until:
            break
    if not keys:
        raise NotATable(
            "data_import.not_a_table",
            "Nothing in the file is a JSON object with keys.",
            part.member,
        )
    _, wrapper = layout_of(path, part.member)
    told = [json_wrapper(wrapper.key)] if wrapper else []
    return Draft(table, list(keys), partial(read_table, path), lambda _: {0: told})
