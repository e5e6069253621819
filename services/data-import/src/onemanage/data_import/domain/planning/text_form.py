"""What a text file looks like: dialect, names, and how sure each of it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from onemanage.contracts.imports.plans import Decision, Dialect, Warning
from onemanage.data_import.domain.planning.number_guess import Decimals
from onemanage.data_import.domain.reading.dialects import (
    Sniffed,
    rows_of,
    sniff_dialect,
)
from onemanage.data_import.domain.reading.encodings import Encoding
from onemanage.data_import.domain.reading.headers import Header, Row, find_header
from onemanage.data_import.domain.reading.table_shape import Shape, table_shape

_QUOTES = {'"': "double quotes", "'": "single quotes"}


class TextForm(NamedTuple):
    dialect: Dialect
    names: list[str]
    """Of all columns, "" where there is none."""
    decisions: list[Decision]
    warnings: list[Warning]


def text_form(
    text: str, encoding: str, said: Mapping[str, Any], is_cut: bool
) -> TextForm:
    """From the beginning of a file, which may be ``is_cut`` behind any line."""
    sniffed = sniff_dialect(text, encoding, said, is_cut=is_cut)
    rows, _ = rows_of(text, sniffed.dialect, is_cut)
    if is_cut and len(rows) > 1:
        rows = rows[:-1]
    header = find_header(rows)
    if "header_row" in said:
        header = _with_names(said["header_row"], rows, header, "said")
    shape = table_shape(header, rows)
    found = {
        "header_row": header.row,
        "short_rows": shape.short_rows,
        "long_rows": shape.long_rows,
    }
    dialect = replace(sniffed.dialect, **{**found, **said, "encoding": encoding})
    decisions = [
        *_of_cuts(sniffed),
        header_decision(header),
        *_of_ends(dialect, shape),
    ]
    return TextForm(
        dialect,
        [name.replace("\0", "") for name in shape.names],
        [_as_said(one, said) for one in decisions],
        [
            *_of_delimiter(sniffed, said),
            *header_warnings(header, said),
            *_of_names(shape),
        ],
    )


def _with_names(row: int | None, rows: list[Row], found: Header, sure: str) -> Header:
    if row == found.row:
        return found
    fields = next((one.fields for one in rows if one.line == row), ())
    names = [(one or "").strip() for one in fields]
    return Header(row, names, sure, found.seen, [found.row])


def marked_header(row: int, rows: list[Row], found: Header) -> Header:
    """That of a page which says itself where its names stand."""
    marked = _with_names(row, rows, found, "certain")
    return marked._replace(seen=f"The page marks row {row} as names.")


def _as_said(one: Decision, said: Mapping[str, Any]) -> Decision:
    if one.about.removeprefix("dialect.") not in said:
        return one
    return replace(one, sure="said", instead=[])


def _of_cuts(sniffed: Sniffed) -> Iterator[Decision]:
    best, dialect = sniffed.best, sniffed.dialect
    seen = "No sign parts the rows alike; it is one column."
    if best.width > 1:
        alike = sum(len(row.fields) == best.width for row in best.rows)
        seen = f"{alike:,} of {len(best.rows):,} rows have {best.width} fields."
    sure = "certain" if best.all_alike else "likely"
    if sniffed.others:
        sure = "unsure"
    others = [json.dumps(one.dialect.delimiter) for one in sniffed.others]
    yield _decision("delimiter", dialect.delimiter, seen, sure, others)
    kind = _QUOTES.get(dialect.quote or "", "quotes")
    seen = f"No field stands in {kind}, or all that do are closed."
    if dialect.quote is None:
        seen = "Quotes stand within fields and never around one."
    elif best.bad:
        seen = f"{best.bad:,} of {len(best.rows):,} rows break the rules of {kind}."
    yield _decision("quote", dialect.quote, seen, "unsure" if best.bad else "certain")
    if dialect.escape:
        seen = f"{dialect.escape}{dialect.quote} stands within quoted fields."
        yield _decision("escape", dialect.escape, seen, "likely", ["null"])
    if dialect.skip_blanks:
        seen = "Blanks stand between delimiters and fields."
        yield _decision("skip_blanks", True, seen, "likely", ["false"])


def header_decision(header: Header) -> Decision:
    """What the plan says of the row of names."""
    others = [json.dumps(one) for one in header.instead]
    return _decision("header_row", header.row, header.seen, header.sure, others)


def _of_ends(dialect: Dialect, shape: Shape) -> Iterator[Decision]:
    rows = f"of the first {shape.rows:,} rows"
    width = len(shape.names)
    seen = f"{shape.short:,} {rows} have fewer fields than the {width} columns."
    sure = "certain" if not shape.short else "likely"
    others = [] if not shape.short else [_other(dialect.short_rows, "fill")]
    yield _decision("short_rows", dialect.short_rows, seen, sure, others)
    seen = f"{shape.long:,} {rows} have more fields, which are empty"
    seen += f"; {shape.beyond:,} have others." if shape.beyond else "."
    sure = "certain" if not shape.long else "likely"
    others = [] if not shape.long else [_other(dialect.long_rows, "trim")]
    yield _decision("long_rows", dialect.long_rows, seen, sure, others)


def _other(chosen: str, one: str) -> str:
    return json.dumps("reject" if chosen == one else one)


def _decision(
    field: str, chosen: object, seen: str, sure: str, instead: list[str] | None = None
) -> Decision:
    return Decision(
        about=f"dialect.{field}",
        chosen=json.dumps(chosen),
        seen=seen,
        sure=sure,
        instead=instead or [],
    )


def _of_delimiter(sniffed: Sniffed, said: Mapping[str, Any]) -> Iterator[Warning]:
    if "delimiter" in said or not sniffed.others:
        return
    named = ", ".join(json.dumps(one.dialect.delimiter) for one in sniffed.others)
    yield Warning(
        code="delimiter_unsure",
        message=f"Fields are parted by {json.dumps(sniffed.dialect.delimiter)}; {named} "
        "would part most rows alike too. Look at the first rows. If that is meant, plan "
        "the file again with it in dialect.delimiter.",
    )


def header_warnings(header: Header, said: Mapping[str, Any] = {}) -> Iterator[Warning]:
    """What a reader should know of the names; ``said`` is the dialect as given."""
    row = header.row
    if row is None:
        message = "The first row looks like data, so the columns have no names yet."
        yield Warning(code="no_header", message=message)
        return
    if header.sure == "unsure" and "header_row" not in said and not header.left_out:
        yield Warning(
            code="header_unsure",
            message=f"Row {row} is taken for the names: {header.seen} If it is data, "
            "plan the file again with null in dialect.header_row.",
        )
    if header.units:
        yield Warning(
            code="units_row",
            message=f"Row {row} has units or types of the columns; it is left out.",
            example=", ".join(header.units)[:200],
        )
    if header.group is not None:
        yield Warning(
            code="two_header_rows",
            message=f"The names stand in two rows. Those of row {header.group} are "
            f"groups, and each name has that of its group before it.",
            example=next((one for one in header.names if " " in one), None),
        )
    elif header.left_out is not None:
        yield Warning(
            code="two_header_rows",
            message=f"Rows {header.left_out} and {row} both have names. Those of row "
            f"{row} are taken, as the values stand below them.",
        )
    if (header.group or row) > 1 + bool(header.units):
        message = f"The names stand in row {row}; what is above them is left out."
        yield Warning(code="rows_above_header", message=message)


def _of_names(shape: Shape) -> Iterator[Warning]:
    if shape.shifted:
        yield Warning(
            code="unnamed_columns",
            message="The rows have one field more than there are names. The first is "
            "taken for the name of the row, as R and pandas write it, so the column has "
            "none. If the last column is the one without, change the names.",
        )
    elif shape.unnamed:
        yield Warning(
            code="unnamed_columns",
            message=f"The last {shape.unnamed} columns have values and no name.",
        )


def json_wrapper(key: str) -> Warning:
    """The warning for rows that lie under one key of an object."""
    return Warning(
        code="wrapped_rows",
        message=f"The file is one object; the rows are the list under {key!r}, and what "
        "stands beside it is left out.",
        example=key,
    )


def decimals_decision(wishes: Sequence[bool | None], decimals: Decimals) -> Decision:
    """``wishes`` are those of the columns."""
    commas, points = wishes.count(True), wishes.count(False)
    seen = f"{commas} columns have a comma before decimals, {points} a point."
    sure = "unsure" if commas and points else "certain"
    other = [json.dumps(not decimals.comma)] if sure == "unsure" else []
    if decimals.is_said:
        sure, other = "said", []
    return _decision("decimal_comma", decimals.comma, seen, sure, other)


def encoding_decision(found: Encoding, is_said: bool) -> Decision:
    """What the plan says of the encoding; ``is_said``: it was given."""
    seen, sure, others = "A mark or the bytes alone tell it.", "certain", []
    if found.ranked is not None:
        best, others_, is_sure = found.ranked
        seen = f"Read so it is text that a person may have written: {best.sample}"
        sure = "likely" if is_sure else "unsure"
        others = [json.dumps(one.name) for one in others_]
    if is_said:
        seen, sure, others = "Nothing was looked for.", "said", []
    return _decision("encoding", found.name, seen, sure, others)
