"""The subject registry as an AsyncAPI 3.0 document.

One channel per subject, one operation per service that sends to it or receives from
it. Every payload has its JSON Schema here, and so have the documents in object storage.
"""

from typing import Any

import msgspec

from onemanage.contracts import registry
from onemanage.contracts.base import EVENT_VERSION, QuickRefusal
from onemanage.contracts.registry import AnyTask, EventSpec, QuerySpec, QuickSpec
from onemanage.contracts.task import GATEWAY

Json = dict[str, Any]

_MSGPACK = "application/msgpack"
_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

_NAMED = registry.message_types()
_FOUND, _COMPONENTS = msgspec.json.schema_components(
    list(_NAMED.values()), ref_template="#/components/schemas/{name}"
)
_REFERENCES: dict[str, Json] = dict(zip(_NAMED, _FOUND, strict=True))
"""To the schema of a message, by its name in ``message_types``."""


def asyncapi_document() -> Json:
    """The document of all channels, as JSON's types."""
    document: Json = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "OneManage",
            "version": EVENT_VERSION,
            "description": "The messages between OneManage's services over NATS. "
            "Commands and events are kept by JetStream and delivered at least once; "
            "queries are core NATS request/reply, and so are quick questions, which are "
            "msgpack.",
        },
        "defaultContentType": "application/json",
        "channels": {},
        "operations": {},
        "components": {"messages": {}, "schemas": _COMPONENTS},
    }
    for command in registry.TASKS:
        _add_command(document, command)
    for event in registry.EVENTS:
        _add_event(document, event)
    for query in registry.QUERIES:
        _add_query(document, query)
    for quick in registry.QUICK:
        _add_quick(document, quick)
    return document


def _add_command(document: Json, spec: AnyTask) -> None:
    schema = _REFERENCES[f"commands/{spec.name}"]
    message = f"command.{spec.name}"
    document["components"]["messages"][message] = _message(
        spec.command, _taskiq_envelope(spec.name, schema)
    )
    for lane in registry.LANES:
        subject = spec.subject(lane)
        _add_channel(
            document,
            subject,
            message,
            address=subject,
            description=f"Commands to the {spec.worker} service, {lane} lane.",
            **{"x-stream": "TASKS"},
        )
        _add_operation(document, "send", GATEWAY, subject, message)
        _add_operation(
            document,
            "receive",
            spec.worker,
            subject,
            message,
            **{"x-consumer": f"worker_{spec.worker}_{lane}"},
        )


def _add_event(document: Json, spec: EventSpec) -> None:
    message = spec.subject.replace("events.", "event.", 1)
    schema = _REFERENCES[spec.subject.replace("events.", "events/", 1)]
    document["components"]["messages"][message] = _message(spec.type, schema)
    _add_channel(
        document, spec.subject, message, address=spec.subject, **{"x-stream": "EVENTS"}
    )
    _add_operation(document, "send", spec.producer, spec.subject, message)
    for consumer in registry.consumers_of(spec.subject):
        _add_operation(
            document,
            "receive",
            consumer.service,
            spec.subject,
            message,
            handler=consumer.handler,
            **{"x-consumer": consumer.durable},
        )


def _add_query(document: Json, spec: QuerySpec) -> None:
    stem = spec.subject.replace("queries.", "queries/", 1)
    query, answer = f"{spec.subject}.query", f"{spec.subject}.answer"
    messages = document["components"]["messages"]
    messages[query] = _message(spec.question, _REFERENCES[f"{stem}.query"])
    messages[answer] = _message(spec.answer, _REFERENCES[f"{stem}.answer"])
    _add_request(document, spec.owner, spec.subject, query, [answer])


def _add_quick(document: Json, spec: QuickSpec) -> None:
    stem = spec.subject.replace("quick.", "quick/", 1)
    question, answer = f"{spec.subject}.question", f"{spec.subject}.answer"
    messages = document["components"]["messages"]
    for name, kind, schema in (
        (question, spec.question, f"{stem}.question"),
        (answer, spec.answer, f"{stem}.answer"),
        ("quick.refusal", QuickRefusal, "quick/refusal"),
    ):
        messages[name] = _message(kind, _REFERENCES[schema], contentType=_MSGPACK)
    _add_request(
        document, spec.owner, spec.subject, question, [answer, "quick.refusal"]
    )


def _add_request(
    document: Json, owner: str, subject: str, question: str, answers: list[str]
) -> None:
    reply = f"{subject}.reply"
    _add_channel(document, subject, question, address=subject)
    for answer in answers:
        _add_channel(
            document,
            reply,
            answer,
            address=None,
            description="The inbox that the asker names in its request.",
        )
    _add_operation(
        document,
        "receive",
        owner,
        subject,
        question,
        reply={
            "channel": {"$ref": f"#/channels/{reply}"},
            "messages": [
                {"$ref": f"#/channels/{reply}/messages/{answer}"} for answer in answers
            ],
        },
    )


def _add_channel(document: Json, name: str, message: str, **facts: Any) -> None:
    channel = document["channels"].setdefault(name, {**facts, "messages": {}})
    channel["messages"][message] = {"$ref": f"#/components/messages/{message}"}


def _add_operation(
    document: Json,
    action: str,
    service: str,
    channel: str,
    message: str,
    handler: str | None = None,
    **facts: Any,
) -> None:
    """One operation per service, subject and handler, for all messages it carries."""
    name = ".".join(filter(None, (service, action, channel, handler)))
    operation = document["operations"].setdefault(
        name,
        {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [],
            "tags": [{"name": service}],
            **facts,
        },
    )
    operation["messages"].append({"$ref": f"#/channels/{channel}/messages/{message}"})


def _message(struct: type, schema: Json, **facts: Any) -> Json:
    message: Json = {
        "name": struct.__name__,
        **facts,
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": schema},
    }
    if struct.__doc__:
        message["summary"] = struct.__doc__.strip().splitlines()[0]
    return message


def _taskiq_envelope(task_name: str, command: Json) -> Json:
    """TaskIQ's JSON around a command, which is the task's one argument."""
    return {
        "type": "object",
        "required": ["task_id", "task_name", "labels", "args", "kwargs"],
        "properties": {
            "task_id": {"type": "string"},
            "task_name": {"const": task_name},
            "labels": {"type": "object"},
            "args": {
                "type": "array",
                "prefixItems": [command],
                "minItems": 1,
                "maxItems": 1,
            },
            "kwargs": {"type": "object", "maxProperties": 0},
        },
    }
