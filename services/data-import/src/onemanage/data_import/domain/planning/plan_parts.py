"""What a file holds, as tables whose columns have headers and no types yet."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Decision,
    Dialect,
    TablePlan,
    Warning,
)
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import NotATable, check_columns
from onemanage.data_import.domain.planning.encoding_warnings import encoding_warnings
from onemanage.data_import.domain.planning.sheet_warnings import (
    formulas_without_value,
    hidden_sheet,
)
from onemanage.data_import.domain.planning.text_form import (
    encoding_decision,
    header_decision,
    header_warnings,
    json_wrapper,
    text_form,
)
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import utf8_blocks
from onemanage.data_import.domain.reading.encodings import Encoding, sniff_encoding
from onemanage.data_import.domain.reading.headers import Header, Row, find_header
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_columnar import is_nested, schema_of
from onemanage.data_import.domain.reading.read_jsonl import json_rows, layout_of
from onemanage.data_import.domain.reading.read_sqlite import (
    is_sqlite,
    list_tables,
    table_headers,
)
from onemanage.data_import.domain.reading.read_workbook import (
    Sheet,
    Workbook,
    batches,
    letters,
    load_sheet,
    open_workbook,
)
from onemanage.data_import.domain.reading.sniff import Part, parts
from onemanage.data_import.domain.reading.workbook_facts import workbook_facts

_SAMPLE = 256 << 10
_SHEET_ROWS = 60
_DATE_HEADER = re.compile(r"(?i)date|\bday\b|日期|时间")
_SERIAL_DAYS = (18_264, 73_050)
"""From 1950 to 2099."""

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
    decisions: list[Decision] = []
    said: frozenset[str] = frozenset()
    """Fields of the dialect that the user has said."""


def drafts(path: Path, hint: Hint, seconds: float) -> Iterator[Draft]:
    """The tables of a file, in its order. Raises InvalidSource subclasses."""
    if is_sqlite(path):
        yield from _tables(path)
        return
    found = parts(path)
    left_out = [
        Warning(code="left_out", message=f"{part.member}: {part.why.message}")
        for part in found
        if part.why
    ]
    for part in found:
        for draft in _drafts(path, part, hint, seconds):
            yield draft._replace(warn=partial(_with, left_out, draft.warn))
            left_out = []  # said once, with the first table


def _with(left_out: list[Warning], warn: Warn, table: TablePlan) -> Warnings:
    found = warn(table)
    return {**found, 0: [*left_out, *found.get(0, [])]}


def _drafts(path: Path, part: Part, hint: Hint, seconds: float) -> Iterator[Draft]:
    match part.format:
        case "none":
            return
        case "excel":
            yield from _sheets(path)
        case "csv":
            yield _text(path, part, hint, seconds)
        case "jsonl":
            yield _objects(path, part, seconds)
        case _:
            yield _columnar(path, part)


def _tables(path: Path) -> Iterator[Draft]:
    for name in list_tables(path):
        headers = table_headers(path, name)
        check_columns(len(headers), name)
        table = TablePlan(table="", format="sqlite", sheet=name)
        yield Draft(table, headers, partial(read_table, path), lambda _: {})


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


def _sheets(path: Path) -> Iterator[Draft]:
    workbook = open_workbook(path)
    names = workbook.sheet_names
    found = False
    for name in names:
        sheet = load_sheet(workbook, name)
        if not sheet.frame.width or not sheet.frame.height:
            continue
        found = True
        head = _shown(sheet)
        rows = [Row(line, fields) for line, fields in enumerate(head, 1)]
        filled = [row for row in rows if any(row.fields)]
        header = find_header(filled)
        headers = _headers(sheet, header)
        check_columns(len(headers), f"sheet {name}")
        table = TablePlan(
            table="",
            format="excel",
            sheet=name,
            dialect=Dialect(header_row=header.row),
        )
        yield Draft(
            table,
            headers,
            partial(batches, sheet),
            partial(_of_workbook, workbook, sheet, header),
            decisions=[header_decision(header)],
        )
    if not found:
        raise NotATable("data_import.empty", "No sheet of the workbook has any cell.")


def _headers(sheet: Sheet, header: Header) -> list[str]:
    """Columns at the end that have neither a name nor a value below it are none: what
    stands above the table may be wider than it."""
    names = header.names + [""] * (sheet.frame.width - len(header.names))
    below = sheet.frame.slice(header.row or 0)
    used = {
        at
        for row, cells in sheet.errors.items()
        for at in cells
        if row >= (header.row or 0)
    }
    while names and not names[-1]:
        column = len(names) - 1
        if column in used or below.to_series(column).count():
            break
        names.pop()
    return names or [""]


def _shown(sheet: Sheet) -> list[tuple[str | None, ...]]:
    """The first rows, with errors as they are shown: they are cells too."""
    rows = [list(row) for row in sheet.frame.head(_SHEET_ROWS).rows()]
    for row, cells in sheet.errors.items():
        for column, text in cells.items() if row < len(rows) else []:
            rows[row][column] = text
    return [tuple(row) for row in rows]


def _of_workbook(
    workbook: Workbook, sheet: Sheet, header: Header, table: TablePlan
) -> Warnings:
    assert table.sheet is not None
    path = workbook.path
    warnings: Warnings = {0: list(header_warnings(header))}
    if sheet.hidden:
        warnings.setdefault(0, []).append(hidden_sheet(table.sheet))
    start = table.dialect.header_row or 0
    facts = workbook_facts(path, table.sheet)
    for column in table.columns:
        format = facts.zeros.get(letters(sheet.first_column + column.position - 1))
        values = sheet.frame[str(column.position)].slice(start)
        found = list(_of_cells(column, values, format))
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


def _of_cells(
    column: ColumnPlan, values: pl.Series, format: str | None
) -> Iterator[Warning]:
    """What Excel has done to a column that its values alone do not say."""
    if format:
        yield Warning(
            code="leading_zeros",
            message=f"Excel shows these numbers as {format}, with zeros before them "
            "that are not in the file. Format the column as text and enter the zeros "
            "if they matter.",
        )
    if example := _rounded(values):
        yield Warning(
            code="rounded_ids",
            message="Excel keeps 15 digits of a number; these have more and were "
            "rounded before the file was saved. Enter them as text at their source.",
            example=example,
        )
    if column.type in ("bigint", "numeric") and _DATE_HEADER.search(column.header):
        days = values.cast(pl.Float64, strict=False)
        if days.is_between(*_SERIAL_DAYS).all():
            yield Warning(
                code="serial_dates",
                message="The numbers look like dates as Excel counts them, in days. "
                "Format the column as a date in Excel to import dates.",
                example=str(values.drop_nulls()[0]),
            )


def _rounded(values: pl.Series) -> str | None:
    """One of the long whole numbers if most of them are what a double can hold, which
    by chance hardly one in a hundred is."""
    long = values.filter(values.str.contains(r"^-?[0-9]{16,38}$"))
    if not len(long):
        return None
    exact = long.cast(pl.Float64).cast(pl.Int128).cast(pl.String) == long
    likely = exact & (long.str.len_bytes().gt(16) | long.str.ends_with("0"))
    return str(long.filter(likely)[0]) if likely.sum() * 2 > len(long) else None


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
