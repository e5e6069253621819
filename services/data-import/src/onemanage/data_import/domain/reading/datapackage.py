"""What a datapackage.json beside tables says of them (specs.frictionlessdata.io).

It names the tables, their columns' types and how the text is written. What it says in a
way that is not known here is left to be found out, as if it had not been said.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.reading.decode import is_encoding

NAME = "datapackage.json"
_MOST = 8 << 20
_TYPES = {
    **{"string": "text", "integer": "bigint", "number": "numeric", "year": "bigint"},
    **{"boolean": "boolean", "date": "date", "time": "time", "duration": "interval"},
    **dict.fromkeys(("yearmonth", "object", "array", "geopoint", "geojson"), "text"),
}
_BY_PATTERN = {"date": "date", "time": "time", "datetime": "timestamp"}


class _Field(msgspec.Struct):
    name: str
    type: str = "any"
    format: str = "default"
    decimal: str = msgspec.field(default=".", name="decimalChar")
    group: str = msgspec.field(default="", name="groupChar")
    bare: bool = msgspec.field(default=True, name="bareNumber")
    true: list[str] | None = msgspec.field(default=None, name="trueValues")
    false: list[str] | None = msgspec.field(default=None, name="falseValues")


class _Schema(msgspec.Struct):
    fields: list[_Field] = []
    missing: list[Any] = msgspec.field(
        default_factory=lambda: [""], name="missingValues"
    )


class _Dialect(msgspec.Struct):
    delimiter: str = ","
    quote: str | None = msgspec.field(default='"', name="quoteChar")
    header: bool = True


class _Resource(msgspec.Struct):
    path: str | list[str] = ""
    name: str = ""
    encoding: str = ""
    schema: _Schema | str | None = None
    dialect: _Dialect | str | None = None


class _Package(msgspec.Struct):
    resources: list[_Resource] = []


class Resource(NamedTuple):
    """One table of the package."""

    name: str
    hint: dict[str, Any]
    """Fields of Dialect."""
    columns: list[ColumnPlan]
    """By their names as headers; those with a type that is known."""
    names: list[str]
    """Of all columns, in their order."""


class Package(NamedTuple):
    member: str
    resources: dict[str, Resource]
    """By the member of the archive that has the rows."""


def find_package(archive: zipfile.ZipFile) -> Package | None:
    """The one nearest to the archive's root; None where there is none that is valid."""
    members = [name for name in archive.namelist() if posixpath.basename(name) == NAME]
    if not members:
        return None
    member = min(members, key=lambda name: (name.count("/"), name))
    try:
        package = msgspec.json.decode(_read(archive, member), type=_Package)
    except (msgspec.DecodeError, RecursionError):
        return None
    found = dict(_resources(archive, posixpath.dirname(member), package))
    return Package(member, found) if found else None


def _resources(
    archive: zipfile.ZipFile, folder: str, package: _Package
) -> Iterator[tuple[str, Resource]]:
    there = set(archive.namelist())
    for one in package.resources:
        paths = [one.path] if isinstance(one.path, str) else one.path
        schema = _referred(archive, folder, one.schema, _Schema)
        dialect = _referred(archive, folder, one.dialect, _Dialect)
        for path in paths:
            member = _within(folder, path)
            if member in there:
                yield member, _resource(one, schema, dialect)


def _resource(
    one: _Resource, schema: _Schema | None, dialect: _Dialect | None
) -> Resource:
    hint: dict[str, Any] = {}
    if dialect is not None and _is_sign(dialect.delimiter):
        hint["delimiter"] = dialect.delimiter
    if dialect is not None and (dialect.quote is None or _is_sign(dialect.quote)):
        hint["quote"] = dialect.quote
    if dialect is not None and not dialect.header:
        hint["header_row"] = None
    if one.encoding and is_encoding(one.encoding):
        hint["encoding"] = one.encoding.lower()
    fields = schema.fields if schema else []
    nulls = [_missing(value) for value in schema.missing] if schema else [""]
    columns = [
        replace(column, nulls=nulls)
        for field in fields
        if (column := _column(field)) is not None
    ]
    return Resource(one.name, hint, columns, [field.name for field in fields])


def _is_sign(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text not in "\r\n\0"


def _missing(value: object) -> str:
    """A word for NULL, or such a word with its meaning."""
    return str(value.get("value", "")) if isinstance(value, dict) else str(value)


def _column(field: _Field) -> ColumnPlan | None:
    """None where the values have to say what they are."""
    form = field.format.removeprefix("fmt:")
    type_ = _TYPES.get(field.type)
    format = None
    if field.type in _BY_PATTERN and "%" in form:
        type_, format = _BY_PATTERN[field.type], form
    elif field.type in _BY_PATTERN and form != "default":
        return None
    if field.true is not None or field.false is not None or not field.bare:
        return None
    if type_ in ("bigint", "numeric") and (field.decimal, field.group) != (".", ""):
        format = f"1{field.group}234{field.decimal}5"
    if type_ is None:
        return None
    return ColumnPlan(position=1, header=field.name, name="", type=type_, format=format)


def _referred[T](
    archive: zipfile.ZipFile, folder: str, said: T | str | None, type_: type[T]
) -> T | None:
    """What is said, or what the part of the archive says that is referred to."""
    if not isinstance(said, str):
        return said
    member = _within(folder, said)
    if member not in archive.namelist():
        return None
    try:
        return msgspec.json.decode(_read(archive, member), type=type_)
    except (msgspec.DecodeError, RecursionError):
        return None


def _within(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _read(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as file:
        return file.read(_MOST)
