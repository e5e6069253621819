"""The API's own description: what FastAPI tells of the routes, made exact.

FastAPI knows parameters and Pydantic's models. What holds of every route stands here:
the key, problems as RFC 9457 has them, the headers of answers, 202 wherever a client
may prefer not to wait, and the shapes that are contracts of ours.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

import msgspec
from fastapi import FastAPI

from onemanage.contracts.base import ErrorInfo, Progress
from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.psd.documents import Manifest
from onemanage.contracts.registry import TASKS, AnyTask
from onemanage.gateway.examples import add_examples
from onemanage.gateway.http.admission import is_open
from onemanage.gateway.http.public import Shape, shape_of, structs_in
from onemanage.gateway.http.shown import REF, Json, answer_schemas, answers_in
from onemanage.gateway.images.schemas import MadeImageOut
from onemanage.gateway.tasks.addresses import IMAGES

_REFERRED = re.compile(f'"{REF}([^"]+)"')
_PROBLEM = {"$ref": f"{REF}ProblemOut"}
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_TASK = {"application/json": {"schema": {"$ref": f"{REF}TaskOut"}}}
_CONTRACTS: dict[tuple[str, str], type[msgspec.Struct]] = {
    ("TaskOut", "error"): ErrorInfo,
    ("TaskOut", "progress"): Progress,
    ("BatchOut", "error"): ErrorInfo,
    ("BatchFailureOut", "error"): ErrorInfo,
    ("TransformationRequest", "recipe"): Recipe,
    ("BatchRequest", "recipe"): Recipe,
    ("BatchRequest", "background"): BackgroundSpec,
    ("PresetRequest", "recipe"): Recipe,
    ("PresetOut", "recipe"): Recipe,
    ("BackgroundRequest", "spec"): BackgroundSpec,
}
"""Fields that are free to Pydantic, and what they hold."""


def _text(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


_REQUEST_ID = {"X-Request-Id": _text("The trace id, which finds the log lines.")}
_LOCATION = {"Location": _text("The task's, or that of what was made.")}
_APPLIED = {"Preference-Applied": _text("What was heeded of Prefer, where it came.")}
_RETRY_AFTER = {"Retry-After": _text("Seconds after which to try again.")}
_RATE = {
    "RateLimit-Policy": _text("How many requests get through, by key and workspace."),
    "RateLimit": _text("How many more do, and the seconds until it is all of them."),
}
_CHALLENGE = {"WWW-Authenticate": _text("Of 401: how a key is sent.")}
_OF_BYTES = {
    "ETag": _text("Of these bytes; for If-None-Match and If-Range."),
    "Accept-Ranges": _text("bytes; none of what is sent compressed."),
    "Cache-Control": _text("How long they may be kept, and by whom."),
    "Content-Disposition": _text("Their name."),
}
_ETAG = {"ETag": _text("Of this answer; for If-None-Match, and If-Match of a change.")}
_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the client has.",
    "schema": {"type": "string"},
}
_CONTENT_RANGE = {"Content-Range": _text("Which bytes of how many.")}


class Described(FastAPI):
    """Describes itself exactly."""

    def openapi(self) -> Json:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _exact(super().openapi())
        return self.openapi_schema


def _exact(document: Json) -> Json:
    schemas = document["components"]["schemas"]
    for method, path, operation in _operations(document):
        if is_open(method.upper(), path):
            operation["security"] = []
        _lift_definitions(operation, schemas)
        _add_answers(operation)
        for status, answer in operation["responses"].items():
            _as_problem(answer)
            _add_headers(answer, status)
            if operation["security"]:
                answer["headers"].update(_RATE)
    _add_contracts(document)
    for _, _, operation in _operations(document):
        add_examples(operation, schemas)
    return document


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield method, path, operation


def _lift_definitions(operation: Json, schemas: Json) -> None:
    """A body that a route reads by itself brings its models along."""
    content = operation.get("requestBody", {}).get("content", {})
    for body in content.values():
        for name, schema in body["schema"].pop("$defs", {}).items():
            schemas.setdefault(name, schema)
        if title := body["schema"].get("title"):
            schemas.setdefault(title, body["schema"])
            body["schema"] = {"$ref": REF + title}


def _add_answers(operation: Json) -> None:
    """202 for those who do not wait; ranges and 304 of what is downloaded."""
    parameters = {one["name"].lower() for one in operation.get("parameters", [])}
    answers = operation["responses"]
    if "prefer" in parameters:
        told = {"description": "Not done yet; follow the task.", "content": _TASK}
        answers.setdefault("202", told)
        for status in ("200", "202"):
            answers[status].setdefault("headers", {}).update(_LOCATION | _APPLIED)
    if _is_resource(operation):
        given = operation.setdefault("parameters", [])
        if "if-none-match" not in parameters:
            given.append(_IF_NONE_MATCH)
        answers["200"].setdefault("headers", {}).update(_ETAG)
        described = "The client has it as it is (If-None-Match)."
        answers["304"] = {"description": described, "headers": dict(_ETAG)}
    if "range" in parameters:
        whole = answers["200"]
        whole.setdefault("headers", {}).update(_OF_BYTES)
        answers["206"] = {
            "description": "The range that was asked for.",
            "content": whole["content"],
            "headers": _OF_BYTES | _CONTENT_RANGE,
        }
        answers["304"] = {
            "description": "The client has these bytes (If-None-Match).",
            "headers": dict(_OF_BYTES),
        }
        answers["416"] = {
            "description": "range_outside: none of the bytes asked for is there.",
            "content": {"application/problem+json": {"schema": _PROBLEM}},
            "headers": dict(_CONTENT_RANGE),
        }


def _is_resource(operation: Json) -> bool:
    """Whether it tells of one as JSON; only reading is told 200 without a body."""
    if "requestBody" in operation or not operation["operationId"].startswith("get_"):
        return False
    return "application/json" in operation["responses"]["200"].get("content", {})


def _as_problem(answer: Json) -> None:
    content = answer.get("content", {})
    if content.get("application/json", {}).get("schema") == _PROBLEM:
        content["application/problem+json"] = content.pop("application/json")


def _add_headers(answer: Json, status: str) -> None:
    headers = answer.setdefault("headers", {})
    headers.update(_REQUEST_ID)
    if status == "201":
        headers.update(_LOCATION)
    if status == "4XX":
        headers.update(_CHALLENGE | _RETRY_AFTER)
    if status.startswith("5"):
        headers.update(_RETRY_AFTER)


def _add_contracts(document: Json) -> None:
    """Shapes of our messages, as clients see them, in place of free objects."""
    schemas = document["components"]["schemas"]
    answered = {each.struct for each in answers_in()}
    results = {task.result for task in TASKS}
    types = {*_CONTRACTS.values(), *results, *answered, Manifest}
    _, contracts = msgspec.json.schema_components(
        sorted(types, key=lambda each: each.__name__), ref_template=REF + "{name}"
    )
    for kind in frozenset().union(*(structs_in(each) for each in types)):
        contract = contracts[kind.__name__]
        _cut(contract, shape_of(kind))
        _say_moments(contract, kind)
    contracts["Manifest"]["properties"]["manifest_version"]["examples"] = ["1.1"]
    made = {
        f"{task.result.__name__}Result": _result(contracts[task.result.__name__], task)
        for task in TASKS
    }
    schemas.update(answer_schemas(contracts))
    for (model, field), kind in _CONTRACTS.items():
        _refer(schemas[model]["properties"][field], [kind.__name__])
    _refer(schemas["TaskOut"]["properties"]["result"], sorted(made))
    schemas.update(made)
    shown = document["paths"]["/v1/psd/documents/{document_id}/manifest"]["get"]
    manifest = {"schema": {"$ref": f"{REF}Manifest"}}
    shown["responses"]["200"]["content"] = {"application/json": manifest}
    while missing := _referred(document) - schemas.keys():
        schemas.update({name: contracts[name] for name in missing})


def _referred(document: Json) -> set[str]:
    return set(_REFERRED.findall(msgspec.json.encode(document).decode()))


def _result(contract: Json, task: AnyTask) -> Json:
    """As a task shows it: with its own id as ``id``, and addresses of its images."""

    def named(name: str) -> str:
        return "id" if name == task.makes else name

    properties = {named(name): each for name, each in contract["properties"].items()}
    if task.name in IMAGES:
        field = IMAGES[task.name].field
        shown = {"items": {"$ref": REF + MadeImageOut.__name__}}
        properties[field] = properties[field] | shown
    required = [named(name) for name in contract["required"]]
    return contract | {"properties": properties, "required": required}


def _cut(schema: Json, shape: Shape) -> None:
    """To what answers have of it."""
    if shape is None:
        return
    properties = schema["properties"]
    schema["properties"] = {n: each for n, each in properties.items() if n in shape}
    schema["required"] = [name for name in schema["required"] if name in shape]


def _say_moments(schema: Json, kind: type[msgspec.Struct]) -> None:
    """Times have a zone, always, as RFC 3339 wants it; msgspec does not know."""
    for field in msgspec.structs.fields(kind):
        told = schema["properties"].get(field.encode_name)
        if told and _is_moment(field.type):
            for each in (told, *told.get("anyOf", ())):
                if each.get("type") == "string":
                    each["format"] = "date-time"


def _is_moment(kind: Any) -> bool:
    return kind is datetime or any(map(_is_moment, get_args(kind)))


def _refer(field: Json, names: list[str]) -> None:
    choices = [{"$ref": REF + name} for name in names]
    is_optional = {"type": "null"} in field.get("anyOf", [])
    for keyword in ("type", "additionalProperties", "anyOf"):
        field.pop(keyword, None)
    if is_optional:
        choices.append({"type": "null"})
    if len(choices) == 1:
        field.update(choices[0])
    else:
        field["anyOf"] = choices
