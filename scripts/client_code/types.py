"""The module of types: a class for each schema of the API's description."""

from __future__ import annotations

from collections.abc import Iterator

from client_code.schema import Description, Schema, docstring

_HEAD = '''"""What is sent to the server and what it answers.

Made by scripts/client.py from the API's description; do not change it by hand.

What is only answered is a Model, read by attributes. What can be sent is a TypedDict, also
where it is answered, so that a recipe which comes back can be sent again. Of a value that
is one of some a newer server may answer another one, which therefore is a str, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar, Union

from onemanage.client.model import Model

if TYPE_CHECKING:
    from typing_extensions import Required

__all__ = ["TaskResult", {names}]

ResultT = TypeVar("ResultT", bound="TaskResult")
"""What a task makes."""
'''


def module(description: Description) -> str:
    """Its text, not yet formatted."""
    names = sorted(
        name
        for name in description.schemas
        if description.is_class(name) or description.is_enumeration(name)
    )
    parts = [_HEAD.replace("{names}", ", ".join(f'"{name}"' for name in names))]
    for name in names:
        if description.is_enumeration(name):
            values = ", ".join(map(repr, description.schemas[name]["enum"]))
            parts.append(f"{name} = Literal[{values}]\n")
    for name in names:
        if description.is_class(name):
            lines = _sent if name in description.sent else _answered
            parts.append("\n".join(lines(description, name)))
    results = _results(description.schemas["TaskOut"])
    parts.append(f"TaskResult = Union[{', '.join(results)}]\n")
    parts.append('"""What a task makes, by its name."""\n')
    return "\n\n".join(parts)


def _sent(description: Description, name: str) -> Iterator[str]:
    """A TypedDict."""
    schema = description.schemas[name]
    yield f"class {name}(TypedDict, total=False):"
    yield _doc(schema)
    required = set(schema.get("required", ()))
    for field, one in schema["properties"].items():
        annotation = description.annotation(one, "argument")
        if field in required or _is_tag(one):
            annotation = f"Required[{annotation}]"
        yield f"    {field}: {annotation}"
        yield from _about(one)


def _answered(description: Description, name: str) -> Iterator[str]:
    """A Model."""
    schema = description.schemas[name]
    bases = "Model, Generic[ResultT]" if description.is_generic(name) else "Model"
    yield f"class {name}({bases}):"
    yield _doc(schema)
    required = set(schema.get("required", ()))
    for field, one in schema["properties"].items():
        annotation = description.annotation(one, "answer")
        if description.is_generic(name) and field == "result":
            annotation = "ResultT | None"
        elif not field.isidentifier():
            continue  # as JSON-LD's @context, which no attribute can be called
        elif field not in required and "None" not in annotation:
            annotation += " | None"
        yield f"    {field}: {annotation}"
        yield from _about(one)


def _is_tag(schema: Schema) -> bool:
    """Whether it tells one kind of operation or layer from the others."""
    return len(schema.get("enum", ())) == 1 and "default" not in schema


def _doc(schema: Schema) -> str:
    text = schema.get("description") or schema.get("title", "")
    return docstring(text, "    ")


def _about(schema: Schema) -> Iterator[str]:
    if "description" in schema:
        yield docstring(schema["description"], "    ")


def _results(task: Schema) -> list[str]:
    members = task["properties"]["result"]["anyOf"]
    return [one["$ref"].rsplit("/", 1)[-1] for one in members if "$ref" in one]
