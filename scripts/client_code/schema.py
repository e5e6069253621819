"""What the API's description says, as Python's annotations say it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any, Literal

Schema = dict[str, Any]
Role = Literal["argument", "answer"]

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_UNREAD = ("example", "examples", "mapping")


class Description:
    """The document, and which of its schemas are sent and which are answered.

    What is sent is a TypedDict, also where it is answered: a recipe that comes back can
    be sent again. What is only answered is a Model.
    """

    def __init__(self, document: Schema) -> None:
        self.document = document
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        sent, answered = set[str](), set[str]()
        for _, _, operation in self.operations():
            sent |= set(
                _refs([operation.get("parameters"), operation.get("requestBody")])
            )
            answered |= set(_refs(operation["responses"]))
        self.sent = self._closed(sent)
        self.answered = self._closed(answered) - self.sent

    def operations(self) -> Iterator[tuple[str, str, Schema]]:
        """Path, method of HTTP and operation."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict) and "operationId" in operation:
                    yield path, method, operation

    def resolved(self, schema: Schema) -> Schema:
        """What a ``$ref`` leads to."""
        return self.schemas[name_of(schema["$ref"])] if "$ref" in schema else schema

    def is_class(self, name: str) -> bool:
        """Whether it has a class of its own, or a name as an enumeration."""
        schema = self.schemas[name]
        return schema.get("type") == "object" and "properties" in schema

    def is_enumeration(self, name: str) -> bool:
        """Whether it is a named list of values."""
        return "enum" in self.schemas[name]

    def annotation(self, schema: Schema, role: Role, prefix: str = "") -> str:
        """``prefix`` stands before names of classes, where they are in a module."""
        if "$ref" in schema:
            return self._named(name_of(schema["$ref"]), role, prefix)
        for joined in ("anyOf", "oneOf"):
            if joined in schema:
                parts = [self.annotation(one, role, prefix) for one in schema[joined]]
                return _union(parts)
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return _open(f"Literal[{', '.join(map(repr, values))}]", values, role)
        return self._plain(schema, role, prefix)

    def _plain(self, schema: Schema, role: Role, prefix: str) -> str:
        kind = schema.get("type")
        if kind == "array":
            item = self.annotation(schema.get("items", {}), role, prefix)
            return f"Sequence[{item}]" if role == "argument" else f"list[{item}]"
        if kind == "object":
            more = schema.get("additionalProperties", True)
            value = self.annotation(
                more if isinstance(more, dict) else {}, role, prefix
            )
            return f"{'Mapping' if role == 'argument' else 'dict'}[str, {value}]"
        if kind == "string" and schema.get("format") == "date-time":
            return "datetime | str" if role == "argument" else "datetime"
        if kind == "null":
            return "None"
        return _PLAIN.get(kind or "", "Any")

    def _named(self, name: str, role: Role, prefix: str) -> str:
        schema = self.schemas[name]
        if self.is_enumeration(name):
            return _open(prefix + name, schema["enum"], role)
        if not self.is_class(name):
            return self.annotation(schema, role, prefix)
        if self.is_generic(name):
            return f"{prefix}{name}[{prefix}TaskResult]"
        return prefix + name

    def is_generic(self, name: str) -> bool:
        """Whether it is a task, whose result is one of many."""
        return name == "TaskOut"

    def _closed(self, names: set[str]) -> set[str]:
        found, left = set[str](), set(names)
        while left:
            name = left.pop()
            found.add(name)
            left |= set(_refs(self.schemas[name])) - found
        return found


def name_of(ref: str) -> str:
    """The schema that a ``$ref`` names."""
    return ref.rsplit("/", 1)[-1]


def docstring(text: str, indent: str, more: str = "") -> str:
    """As it stands in code, wrapped; ``more`` is kept as it is."""
    paragraphs = [
        "\n".join(textwrap.wrap(" ".join(one.split()), 84 - len(indent)))
        for one in text.replace('"""', "'''").replace("\\", "\\\\").split("\n\n")
        if one.strip()
    ]
    whole = "\n\n".join([*paragraphs, *([more] if more else [])])
    lines = whole.splitlines() or [""]
    end = '"""' if len(lines) == 1 and not lines[0].endswith('"') else f'\n{indent}"""'
    body = "\n".join(f"{indent}{line}" if line else "" for line in lines).lstrip()
    return f'{indent}"""{body}{end}'


def fits(value: Any, schema: Schema) -> bool:
    """Whether an example is one of this object, by the names of its fields."""
    if not isinstance(value, dict):
        return False
    return set(schema.get("required", ())) <= set(value) <= set(schema["properties"])


def example_of(content: Schema) -> Any:
    """Of an answer or a request, where it has one."""
    if "example" in content:
        return content["example"]
    for one in content.get("examples", {}).values():
        return one.get("value")
    return None


def literal(value: Any) -> str:
    """A value of JSON as Python writes it."""
    return repr(json.loads(json.dumps(value)))


def _open(annotation: str, values: list[Any], role: Role) -> str:
    """A newer server may answer a value that is none of these."""
    if role == "argument":
        return annotation
    kinds = sorted({type(one).__name__ for one in values})
    return " | ".join([annotation, *kinds])


def _union(parts: list[str]) -> str:
    flat = dict.fromkeys(part for one in parts for part in _split(one))
    if "None" in flat:  # last, as people write it
        del flat["None"]
        flat["None"] = None
    return " | ".join(flat)


def _split(annotation: str) -> list[str]:
    """The parts of a union, not those within brackets."""
    parts, depth, quoted = [""], 0, False
    for letter in annotation:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter == "[") - (letter == "]")
        if letter == "|" and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield name_of(value["$ref"])
        for name, one in value.items():
            if name not in _UNREAD:
                yield from _refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _refs(one)
