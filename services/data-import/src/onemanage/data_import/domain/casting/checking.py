"""Whether a plan that a person has changed can be carried out.

What depends on the tables that are there is looked at when they are loaded.
"""

from collections.abc import Iterable
from zoneinfo import available_timezones

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Dialect,
    ImportOptions,
    Plan,
    TablePlan,
)
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.cast_numbers import NUMBERS
from onemanage.data_import.domain.casting.date_formats import read_format
from onemanage.data_import.domain.casting.number_forms import NumberForm
from onemanage.data_import.domain.planning.names import MAX_BYTES, SYSTEM
from onemanage.data_import.domain.reading.decode import is_encoding

TYPES = (
    "text",
    "boolean",
    "bigint",
    "numeric",
    "double",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
)
FORMATS = (
    *("csv", "excel", "html", "xml", "parquet", "arrow", "jsonl", "sqlite", "database"),
)
MODES = ("append", "replace", "upsert")
POLICIES = ("evolve", "freeze", "reject")
DEDUPES = ("none", "last")
NON_FINITE = ("reject", "null", "keep")
ON_BAD_VALUE = ("reject", "null", "text")
_TEMPORAL = ("date", "time", "timestamp", "timestamptz")
_MOST_DIGITS = 1000


class InvalidPlan(InvalidInput):
    """A plan that cannot be carried out. ``where`` is a JSON pointer into it."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__("data_import.invalid_plan", message, where)


def check_plan(plan: Plan, file_ids: Iterable[str]) -> None:
    """Raises InvalidPlan for the first thing that cannot be."""
    files = set(file_ids)
    if not any(table.include for table in plan.tables):
        raise InvalidPlan(
            "No table is included, so there is nothing to import. Include one.",
            "/tables",
        )
    _check_options(plan.options)
    for at, table in enumerate(plan.tables):
        if not table.include:
            continue
        here = f"/tables/{at}"
        _check_table(table, files, here)
        _check_keys(table, plan.options)


def _check_options(options: ImportOptions) -> None:
    here = "/options"
    _one_of(options.mode, MODES, f"{here}/mode")
    _one_of(options.schema_policy, POLICIES, f"{here}/schema_policy")
    _one_of(options.dedupe, DEDUPES, f"{here}/dedupe")
    _one_of(options.on_bad_value, ON_BAD_VALUE, f"{here}/on_bad_value")
    if options.max_rejects is not None and options.max_rejects < 0:
        raise InvalidPlan(
            "max_rejects must be at least 0, or null for any number.",
            f"{here}/max_rejects",
        )
    if _needs_keys(options) and not options.keys:
        text = "Keys are missing. Name the columns that tell rows apart."
        raise InvalidPlan(text, f"{here}/keys")


def _needs_keys(options: ImportOptions) -> bool:
    return options.mode == "upsert" or options.dedupe == "last"


def _check_keys(table: TablePlan, options: ImportOptions) -> None:
    if not _needs_keys(options):
        return
    names = {column.name for column in table.columns if column.include}
    for at, key in enumerate(options.keys):
        if key not in names:
            text = f"The table {table.table!r} has no column {key!r}."
            raise InvalidPlan(text, f"/options/keys/{at}")


def _check_table(table: TablePlan, files: set[str], here: str) -> None:
    _check_name(table.table, f"{here}/table")
    _one_of(table.format, FORMATS, f"{here}/format")
    if table.file_id is not None and table.file_id not in files:
        text = f"The file {table.file_id} does not belong to this plan. Choose one of its files."
        raise InvalidPlan(text, f"{here}/file_id")
    if table.file_id is None and len(files) > 1:
        raise InvalidPlan(
            "The plan has several files. Say which of the files the table is in.",
            f"{here}/file_id",
        )
    check_dialect(table.dialect, f"{here}/dialect")
    names: set[str] = set()
    positions: set[int] = set()
    for at, column in enumerate(table.columns):
        place = f"{here}/columns/{at}"
        if column.position < 1 or column.position in positions:
            text = "Positions must count from 1, each used once."
            raise InvalidPlan(text, f"{place}/position")
        positions.add(column.position)
        if not column.include:
            continue
        if column.name in names:
            text = f"Two columns are called {column.name!r}. Rename one."
            raise InvalidPlan(text, f"{place}/name")
        names.add(column.name)
        _check_column(column, place)
    if not names:
        raise InvalidPlan(
            "No column of the table is included. Include one, or leave the table out.",
            f"{here}/columns",
        )


def _check_column(column: ColumnPlan, here: str) -> None:
    _check_name(column.name, f"{here}/name")
    if column.name in SYSTEM:
        text = f"{column.name!r} is a column that every table has already. Choose another name."
        raise InvalidPlan(text, f"{here}/name")
    _one_of(column.type, TYPES, f"{here}/type")
    _one_of(column.non_finite, NON_FINITE, f"{here}/non_finite")
    if column.on_bad_value is not None:
        _one_of(column.on_bad_value, ON_BAD_VALUE, f"{here}/on_bad_value")
    _check_digits(column, here)
    if column.format is not None:
        _check_format(column, column.format, f"{here}/format")
    if column.zone is None:
        return
    if column.type != "timestamptz":
        text = "Only timestamptz has a zone. Remove it, or change the type."
        raise InvalidPlan(text, f"{here}/zone")
    if column.zone not in available_timezones():
        text = "Unknown time zone. Write its IANA name, such as Europe/Berlin."
        raise InvalidPlan(text, f"{here}/zone")


def _check_format(column: ColumnPlan, format: str, here: str) -> None:
    if column.type in _TEMPORAL:
        _check_times(column, format, here)
    elif column.type not in NUMBERS:
        text = (
            "Only numbers, dates and times have a format. Remove it, or change the "
            "type."
        )
        raise InvalidPlan(text, here)
    elif NumberForm.of(format) is None:
        text = (
            "Not a format. Write 1234.5 as the file would, such as 1.234,5 or "
            "($1,234.5); 12,34,567.5 for lakhs."
        )
        raise InvalidPlan(text, here)


def _check_times(column: ColumnPlan, format: str, here: str) -> None:
    text = "Not a format. Write it like %d.%m.%Y."
    if "%" not in format:
        raise InvalidPlan(text, here)
    try:
        read_format(format)
        cast_column(pl.Series(["1"]), replace(column, zone=None))
    except ValueError as error:
        raise InvalidPlan(f"{text} {error}", here) from error
    except pl.exceptions.PolarsError as error:
        raise InvalidPlan(text, here) from error


def _check_digits(column: ColumnPlan, here: str) -> None:
    precision, scale = column.precision, column.scale
    if precision is None and scale is None:
        return
    if column.type != "numeric":
        text = (
            "Only numeric has a precision and a scale. Remove them, or change the type."
        )
        raise InvalidPlan(text, f"{here}/precision")
    if precision is None or not 1 <= precision <= _MOST_DIGITS:
        raise InvalidPlan(
            f"The precision must be 1 to {_MOST_DIGITS} digits.", f"{here}/precision"
        )
    if scale is not None and not 0 <= scale <= precision:
        raise InvalidPlan(
            f"The scale must be 0 to {precision} digits.", f"{here}/scale"
        )


def check_dialect(dialect: Dialect, here: str) -> None:
    """Raises InvalidPlan for what no text can be read by."""
    if not is_encoding(dialect.encoding):
        text = "Unknown encoding. Write its name as Python has it, such as cp1251."
        raise InvalidPlan(text, f"{here}/encoding")
    if not _is_one_byte(dialect.delimiter):
        text = "The delimiter must be one ASCII character and no end of a line."
        raise InvalidPlan(text, f"{here}/delimiter")
    if dialect.quote is not None:
        same = dialect.quote == dialect.delimiter
        if same or not _is_one_byte(dialect.quote):
            text = "The quote must be one ASCII character other than the delimiter, or null."
            raise InvalidPlan(text, f"{here}/quote")
    if dialect.escape is not None:
        others = (dialect.delimiter, dialect.quote)
        if dialect.escape in others or not _is_one_byte(dialect.escape):
            text = (
                "The escape must be one ASCII character other than the delimiter and "
                "the quote, or null."
            )
            raise InvalidPlan(text, f"{here}/escape")
    _one_of(dialect.short_rows, ("reject", "fill"), f"{here}/short_rows")
    _one_of(dialect.long_rows, ("reject", "trim"), f"{here}/long_rows")
    if dialect.header_row is not None and dialect.header_row < 1:
        raise InvalidPlan(
            "The header row must be 1 or more, or null where there is none.",
            f"{here}/header_row",
        )


def _is_one_byte(sign: str) -> bool:
    return len(sign) == 1 and sign.isascii() and sign not in "\r\n\0"


def _check_name(name: str, here: str) -> None:
    if not name or len(name.encode()) > MAX_BYTES or not name.isprintable():
        text = f"A name must have 1 to {MAX_BYTES} bytes of UTF-8, all of them visible."
        raise InvalidPlan(text, here)
    if here.endswith("/table") and name.startswith("_"):
        raise InvalidPlan("A table's name must not begin with an underscore.", here)


def _one_of(given: str, known: tuple[str, ...], here: str) -> None:
    if given not in known:
        raise InvalidPlan(f"Unknown value. Choose one of {', '.join(known)}.", here)
