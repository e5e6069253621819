"""One operation, as the method that carries it has it."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from typing import Any

from client_code import names
from client_code.schema import (
    Description,
    Schema,
    example_of,
    fits,
    name_of,
)

_HTTP = "types."
_BYTES = "application/octet-stream"
_JSON = "application/json"
_STREAM = "text/event-stream"


@dataclass
class Parameter:
    """``name`` is Python's, ``wire`` the API's."""

    wire: str
    place: str
    """path, query, json or both."""
    annotation: str
    is_required: bool
    about: str
    example: Any

    @property
    def name(self) -> str:
        """With a line at its end where Python has a word of that name."""
        return f"{self.wire}_" if keyword.iskeyword(self.wire) else self.wire


@dataclass
class Signature:
    """All that is needed to write the method."""

    operation_id: str
    http_method: str
    path: str
    resource: str
    method: str
    about: str
    parameters: list[Parameter] = field(default_factory=list)
    source: bool = False
    """Whether bytes are sent, or may be."""
    once: bool = False
    waits: bool = False
    if_match: bool = False
    accept: bool = False
    wants_json: bool = False
    """Whether the answer is something else unless JSON is asked for."""
    resumes: bool = False
    """Whether it takes the id of the last event."""
    kind: str = "none"
    """none, json, either, pages, content or events."""
    answer: str = ""
    later: str = ""
    answered_with: int | None = None
    """A status of 400 or more whose answer is of the same kind."""
    items: str = ""
    item: str = ""

    def of(self, place: str) -> list[Parameter]:
        """Those that go there."""
        places = (place,) if place == "path" else (place, "both")
        return [one for one in self.parameters if one.place in places]


def signature(
    description: Description, path: str, method: str, operation: Schema
) -> Signature:
    """Read it out of the description."""
    operation_id = operation["operationId"]
    resource, name = names.place_of(operation_id, operation["tags"][0])
    made = Signature(
        operation_id=operation_id,
        http_method=method.upper(),
        path=path,
        resource=resource,
        method=name,
        about=operation.get("description") or operation.get("summary", ""),
    )
    _read_parameters(description, made, operation)
    _read_body(description, made, operation)
    _read_answer(description, made, operation)
    return made


def _read_parameters(
    description: Description, made: Signature, operation: Schema
) -> None:
    for one in operation.get("parameters", ()):
        name = one["name"]
        if one["in"] == "header":
            match name.lower():
                case "idempotency-key":
                    made.once = True
                case "prefer":
                    made.waits = True
                case "if-match":
                    made.if_match = True
                case "accept":
                    made.accept = True
                case "last-event-id":
                    made.resumes = True
            continue
        if name == "last_event_id":
            continue  # the header of the same name
        made.parameters.append(
            Parameter(
                wire=name,
                place=one["in"],
                annotation=description.annotation(one["schema"], "argument", _HTTP),
                is_required=one.get("required", False),
                about=one.get("description") or one["schema"].get("description", ""),
                example=_example(one["schema"], one),
            )
        )


def _read_body(description: Description, made: Signature, operation: Schema) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    made.source = _BYTES in content
    if _JSON not in content:
        return
    schema = description.resolved(content[_JSON]["schema"])
    if "anyOf" in schema:  # a body that may be left out
        schema = description.resolved(schema["anyOf"][0])
    example = example_of(content[_JSON]) or {}
    there = {one.wire: one for one in made.parameters}
    for name, one in schema.get("properties", {}).items():
        if name in there:  # in the query for bytes, in the body else
            there[name].place = "both"
            there[name].annotation = description.annotation(one, "argument", _HTTP)
            continue
        is_required = name in schema.get("required", ()) and not made.source
        made.parameters.append(
            Parameter(
                wire=name,
                place="json",
                annotation=description.annotation(one, "argument", _HTTP),
                is_required=is_required,
                about=one.get("description", ""),
                example=example.get(name) if name in example else _example(one, one),
            )
        )


def _read_answer(description: Description, made: Signature, operation: Schema) -> None:
    answers = {
        status: answer.get("content", {})
        for status, answer in operation["responses"].items()
        if status.startswith("2") and answer.get("content")
    }
    if not answers:
        return
    first, *others = answers.values()
    if _STREAM in first:
        made.kind = "events"
    elif _JSON not in first or "$ref" not in first[_JSON]["schema"]:
        made.kind = "content"
    else:
        name = name_of(first[_JSON]["schema"]["$ref"])
        made.kind, made.answer = "json", _typed(description, made, name, first)
        made.wants_json, made.accept = len(first) > 1, False
        _read_pages(description, made, name, operation)
        made.answered_with = _answered_with(first[_JSON]["schema"], operation)
        for other in others:
            later = name_of(other[_JSON]["schema"]["$ref"]) if _JSON in other else name
            if later != name:
                made.kind = "either"
                made.later = _typed(description, made, later, other)


def _answered_with(schema: Schema, operation: Schema) -> int | None:
    for status, answer in operation["responses"].items():
        told = answer.get("content", {}).get(_JSON, {}).get("schema")
        if status >= "400" and told == schema:
            return int(status)
    return None


def _typed(
    description: Description, made: Signature, name: str, content: Schema
) -> str:
    if not description.is_generic(name):
        return _HTTP + name
    return f"{_HTTP}{name}[{_HTTP}{_result(description, made, content)}]"


def _result(description: Description, made: Signature, content: Schema) -> str:
    """What the task makes: as the example has it, or as names.py says."""
    if made.operation_id in names.RESULTS:
        return names.RESULTS[made.operation_id]
    if made.resource != "tasks" and made.http_method.lower() in names.UNBOUND_METHODS:
        return names.UNBOUND_METHODS[made.http_method.lower()]
    result = (example_of(content[_JSON]) or {}).get("result")
    members = description.schemas["TaskOut"]["properties"]["result"]["anyOf"]
    for one in members:
        if "$ref" in one and fits(result, description.resolved(one)):
            return name_of(one["$ref"])
    return "TaskResult"


def _read_pages(
    description: Description, made: Signature, name: str, operation: Schema
) -> None:
    items = names.ITEMS.get(name, "items")
    properties = description.schemas[name].get("properties", {})
    if made.http_method != "GET" or items not in properties:
        return
    if len([s for s in operation["responses"] if s in ("200", "202")]) > 1:
        return  # a list that a task may have to make first
    made.kind, made.items = "pages", items
    made.item = description.annotation(properties[items]["items"], "answer", _HTTP)


def _example(schema: Schema, other: Schema) -> Any:
    for one in (schema, other, *schema.get("anyOf", ())):
        for example in one.get("examples", ()):
            if example is not None:
                return example
        if "example" in one:
            return one["example"]
        if "enum" in one:
            return one["enum"][0]
    return None
