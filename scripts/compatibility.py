"""Whether schemas of messages can replace the last release's. Pure; no I/O.

Services are deployed one by one, so old and new readers and writers meet in one
stream. A change is safe if both ways decode: an added field with a default, an added
message. Everything else that shows on the wire is a break. Titles, descriptions,
defaults and the names under ``$defs`` do not show on the wire.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Schema = Mapping[str, Any]

ADVICE = (
    "Messages within v1 only gain fields that have a default. Keep what was there and "
    "add a defaulted field or a new message beside it; deploy consumers first, and "
    "remove the old one only in a release after nobody reads or writes it."
)

GROWING = ("recipe", "spec")
"""Fields and documents that hold what clients may ask for. Only the gateway writes them,
of what it knows itself; so a union or list of values within one may become wider, where
whoever deploys takes the gateway last (docs/adr/0052)."""

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "$comment", "title", "description", "default"}
    | {"examples", "deprecated"}
)
_COMPARED_BY_PART = frozenset(
    {"properties", "required", "items", "prefixItems", "additionalProperties"}
    | {"anyOf", "oneOf", "discriminator", "enum", "const"}
)


class Break(msgspec.Struct, frozen=True):
    """A change that a reader or writer of the last release would trip over."""

    file: str
    field: str
    """Path inside the message, as in ``result.layers[].name``; empty for the whole."""
    what: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.field}" if self.field else self.file
        return f"{place}: {self.what}"


def breaking_changes(
    released: Mapping[str, Schema], current: Mapping[str, Schema]
) -> list[Break]:
    """Every break between two sets of schemas, each a mapping of file to schema."""
    breaks = []
    for file in sorted(released):
        if file not in current:
            breaks.append(Break(file, "", "the message was removed"))
            continue
        whole = file.rpartition(".")[2] in GROWING
        comparison = _Comparison(released[file], current[file], whole)
        breaks += [Break(file, field, what) for field, what in comparison.run()]
    return breaks


class _Comparison:
    """Walks two schemas side by side and yields ``(field, what changed)``."""

    def __init__(self, old: Schema, new: Schema, may_grow: bool) -> None:
        self._old_root, self._new_root = old, new
        self._whole_may_grow = may_grow
        self._seen: set[tuple[int, int]] = set()

    def run(self) -> Iterator[tuple[str, str]]:
        yield from self._compare(self._old_root, self._new_root, "")

    def _compare(self, old: Schema, new: Schema, at: str) -> Iterator[tuple[str, str]]:
        old, new = _resolved(old, self._old_root), _resolved(new, self._new_root)
        pair = (id(old), id(new))
        if pair in self._seen:  # A recursive type, or one already compared elsewhere.
            return
        self._seen.add(pair)
        old_options, new_options = _options(old), _options(new)
        if old_options is not None or new_options is not None:
            yield from self._compare_unions(old, new, at)
            return
        if _kind(old) != _kind(new):
            yield at, f"its type changed from {_named(old)} to {_named(new)}"
            return
        yield from _values_changed(old, new, at, self._may_grow(at))
        yield from _constraints_changed(old, new, at)
        yield from self._compare_fields(old, new, at)
        yield from self._compare_elements(old, new, at)

    def _compare_unions(
        self, old: Schema, new: Schema, at: str
    ) -> Iterator[tuple[str, str]]:
        """Options are paired by what tells them apart; a lone type is a union of one.

        A wider union breaks readers, but for those that may grow; a narrower one
        writers.
        """
        before = {
            _identity(option, self._old_root): option
            for option in _options(old) or (old,)
        }
        after = {
            _identity(option, self._new_root): option
            for option in _options(new) or (new,)
        }
        if before.keys() - after.keys() or (
            after.keys() - before.keys() and not self._may_grow(at)
        ):
            yield at, (
                f"its type changed from {' or '.join(sorted(before))} "
                f"to {' or '.join(sorted(after))}"
            )
        for key in before.keys() & after.keys():
            yield from self._compare(before[key], after[key], at)

    def _compare_fields(
        self, old: Schema, new: Schema, at: str
    ) -> Iterator[tuple[str, str]]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            field = f"{at}.{name}" if at else name
            if name not in after:
                yield field, "the field was removed"
            else:
                yield from self._compare(before[name], after[name], field)
        for name in new.get("required", ()):
            if name in old.get("required", ()):
                continue
            field = f"{at}.{name}" if at else name
            what = "is now required" if name in before else "was added as required"
            yield field, f"the field {what}"

    def _compare_elements(
        self, old: Schema, new: Schema, at: str
    ) -> Iterator[tuple[str, str]]:
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield at, f"its length changed from {len(before)} to {len(after)}"
        for position, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self._compare(one, other, f"{at}[{position}]")
        for keyword, place in (("items", "[]"), ("additionalProperties", "{}")):
            one, other = old.get(keyword, True), new.get(keyword, True)
            if isinstance(one, Mapping) and isinstance(other, Mapping):
                yield from self._compare(one, other, f"{at}{place}")
            elif one != other:
                yield f"{at}{place}", f"its type changed from {one} to {other}"

    def _may_grow(self, at: str) -> bool:
        named = any(part.rstrip("[]{}") in GROWING for part in at.split("."))
        return named or self._whole_may_grow


def _resolved(schema: Schema, root: Schema) -> Schema:
    """What a ``$ref`` stands for; msgspec writes no other kind than ``#/$defs/…``."""
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][name]
    return schema


def _options(schema: Schema) -> list[Schema] | None:
    """Of a union, those of unions within it too, as one that may be null is written."""
    options: list[Schema] | None = schema.get("anyOf", schema.get("oneOf"))
    if options is None:
        return None
    return [inner for one in options for inner in _options(one) or (one,)]


def _kind(schema: Schema) -> Any:
    """The JSON type; an enum without one is known by the types of its values."""
    if "type" in schema:
        return schema["type"]
    values = _values(schema)
    return sorted({type(value).__name__ for value in values}) if values else None


def _identity(schema: Schema, root: Schema) -> str:
    """What tells an option of a union apart: its tag, else its JSON type."""
    schema = _resolved(schema, root)
    for field in schema.get("properties", {}).values():
        values = _values(_resolved(field, root))
        if values is not None and len(values) == 1:
            return f"{_named(schema)} {values[0]!r}"
    return _named(schema)


def _named(schema: Schema) -> str:
    options = _options(schema)
    if options is not None:
        return " or ".join(_named(option) for option in options)
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix("#/$defs/")
    kind = _kind(schema)
    return "anything" if kind is None else str(kind)


def _values(schema: Schema) -> list[Any] | None:
    """The only values allowed, or None where the schema names none."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _values_changed(
    old: Schema, new: Schema, at: str, may_grow: bool
) -> Iterator[tuple[str, str]]:
    before, after = _values(old), _values(new)
    if before is None and after is None:
        return
    if before is None or after is None:
        what = "a list of values" if before is None else "any value"
        yield at, f"its type changed to {what}"
        return
    lost = [repr(value) for value in before if value not in after]
    gained = [repr(value) for value in after if value not in before]
    if lost:
        yield at, f"the values {', '.join(lost)} were removed"
    if gained and not may_grow:
        yield at, f"the values {', '.join(gained)} were added, which old readers refuse"


def _constraints_changed(
    old: Schema, new: Schema, at: str
) -> Iterator[tuple[str, str]]:
    """Formats, bounds and patterns: any change narrows for one of the two sides."""
    ignored = _ANNOTATIONS | _COMPARED_BY_PART | {"type"}
    for keyword in sorted((old.keys() | new.keys()) - ignored):
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            yield at, f"its {keyword} changed from {before} to {after}"
