"""Who may say and hear what on NATS: one user for each service, from the registry.

A service may publish the commands it sends, the events it is the producer of and the
questions it asks, quick ones too; it may pull from its own consumers, answer what it was asked, and look
up what EVENTS has of its own tasks. No service may purge or delete a stream that holds
another's messages, change a consumer, or publish what is another's.

The elastic service looks how much lies before every worker, and hears how long tasks
take.

The gateway keeps the task rows and the dead letters, so it may do more: it ends tasks
that no worker has, reads every event, and moves and discards dead letters.

``operator`` may do everything. It is `onemanage-topology`'s, and people's; no service
is given its password.
"""

import json
from collections.abc import Iterable, Iterator

import msgspec

from onemanage.contracts.base import Status
from onemanage.contracts.registry import (
    CONSUMERS,
    EVENTS,
    LANES,
    QUERIES,
    QUICK,
    TASKS,
    AnyTask,
    asker_subject,
    cancel_subject,
    capacity_subject,
    handle_subject,
    holder_subject,
    withdraw_subject,
)
from onemanage.platform.messaging import topology

OPERATOR = "operator"
GATEWAY = "gateway"
ELASTIC = "elastic"
SERVICES = tuple(
    sorted(
        {spec.worker for spec in TASKS}
        | {spec.producer for spec in EVENTS}
        | {spec.service for spec in CONSUMERS}
        | {spec.owner for spec in QUERIES}
        | {spec.owner for spec in QUICK}
    )
)
USERS = (OPERATOR, *SERVICES)
ANSWERS_WITHIN = "10m"
"""After a question, its answer is no longer let through."""
_RESPONSES = 100
"""To one quick question: signs of life, and the answer."""

# What the gateway says of tasks that no worker has: of names it does not know, too.
_ENDINGS = (Status.FAILED, Status.CANCELLED)


class Permissions(msgspec.Struct, frozen=True):
    """Subjects with ``*`` and ``>``; ``denied`` is stronger than ``publish``."""

    publish: tuple[str, ...]
    denied: tuple[str, ...]
    subscribe: tuple[str, ...]


def permissions_of(service: str) -> Permissions:
    """Of one service, all of whose processes share a user."""
    publish = {*_commands(service), *_events(service), *_controls(service)}
    publish |= {*_jetstream(service), *_dead_letters(service), *_questions(service)}
    if service == GATEWAY:
        publish |= {*_of_the_gateway()}
    if service == ELASTIC:
        publish |= {*_of_the_elastic_service()}
    # A consumer that is another's, or that handles: creating it again would change it.
    denied = {
        f"$JS.API.CONSUMER.CREATE.{consumer.stream}.{consumer.durable}{subject}"
        for consumer in topology.consumers(ack_wait=30)
        if consumer.stream == topology.EVENTS
        for subject in ("", ".>")
    }
    return Permissions(
        tuple(sorted(publish)),
        tuple(sorted(denied)),
        tuple(sorted(_heard_by(service))),
    )


def users_conf() -> str:
    """The ``authorization`` of a NATS configuration, passwords from the environment."""
    lines = [
        "# Who may say and hear what. Written by `make contracts` from the subject",
        "# registry; libs/platform/src/onemanage/platform/messaging/permissions.py has the rules.",
        "authorization {",
        "  users: [",
        *(f"    {line}" for user in USERS for line in _user_lines(user)),
        "  ]",
        "}",
    ]
    return "\n".join(lines) + "\n"


def password_variable(user: str) -> str:
    """``NATS_PSD_PASSWORD``: where the server's configuration finds a password."""
    return f"NATS_{user.upper()}_PASSWORD"


def _commands(service: str) -> Iterator[str]:
    for spec in _sent_by(service):
        yield from (spec.subject(lane) for lane in LANES)


def _events(service: str) -> Iterator[str]:
    yield from (spec.subject for spec in EVENTS if spec.producer == service)
    yield from (spec.event_subject(Status.ACCEPTED) for spec in _sent_by(service))
    # A task that this release does not know is ended by its name.
    for prefix in {spec.name.partition(".")[0] for spec in _own(service)}:
        yield f"events.{prefix}.*.{Status.FAILED}"


def _controls(service: str) -> Iterator[str]:
    own = _own(service)
    if own:
        yield capacity_subject(service)
    ended = {spec.event_subject(status) for spec in own for status in _ENDINGS}
    for consumer in CONSUMERS:
        if ended.intersection(consumer.subjects):
            yield handle_subject(consumer.handler)


def _jetstream(service: str) -> Iterator[str]:
    for consumer in _consumers(service):
        path = f"{consumer.stream}.{consumer.durable}"
        yield f"$JS.API.CONSUMER.INFO.{path}"
        yield f"$JS.API.CONSUMER.MSG.NEXT.{path}"
        yield f"$JS.ACK.{path}.>"
    for spec in _own(service):  # see events_of in history.py
        yield f"$JS.API.CONSUMER.CREATE.{topology.EVENTS}.*.events.{spec.name}.*"


def _dead_letters(service: str) -> Iterator[str]:
    for consumer in _consumers(service):
        if consumer.stream != topology.ADVISORIES:
            yield from (f"dlq.{subject}" for subject in consumer.subjects)


def _questions(service: str) -> Iterator[str]:
    for spec in QUERIES:
        if spec.asker == service:
            yield from (spec.subject, withdraw_subject(spec.owner))
    for quick in QUICK:
        if service in quick.askers:
            yield from (quick.subject, quick.free_subject)
            yield withdraw_subject(quick.owner)


def _of_the_elastic_service() -> Iterator[str]:
    """It looks how much lies before the workers of every service."""
    for consumer in topology.consumers(ack_wait=30):
        if consumer.stream == topology.TASKS:
            path = f"{consumer.stream}.{consumer.durable}"
            yield f"$JS.API.CONSUMER.INFO.{path}"


def _of_the_gateway() -> Iterator[str]:
    yield from (cancel_subject("*"), holder_subject("*"), handle_subject("*"))
    yield asker_subject("*")
    for spec in TASKS:
        yield from (spec.event_subject(status) for status in _ENDINGS)
    yield from (f"events.*.{Status.FAILED}", f"events.*.*.{Status.FAILED}")
    yield "dlq.>"
    for stream in (topology.TASKS, topology.EVENTS, topology.DLQ):
        yield f"$JS.API.STREAM.INFO.{stream}"
        yield f"$JS.API.STREAM.MSG.GET.{stream}"
        yield f"$JS.API.CONSUMER.INFO.{stream}.*"
    for stream in (topology.TASKS, topology.DLQ):
        yield f"$JS.API.STREAM.MSG.DELETE.{stream}"
    yield f"$JS.API.STREAM.PURGE.{topology.DLQ}"
    yield f"$JS.API.CONSUMER.CREATE.{topology.EVENTS}.*.events.>"


def _heard_by(service: str) -> Iterator[str]:
    yield f"_INBOX.{service}.>"
    yield from (spec.subject for spec in (*QUERIES, *QUICK) if spec.owner == service)
    yield from (spec.free_subject for spec in QUICK if spec.owner == service)
    if service in _answerers():
        yield withdraw_subject(service)
    yield from (handle_subject(c.handler) for c in CONSUMERS if c.service == service)
    if _own(service):
        yield from (cancel_subject("*"), holder_subject("*"))
    if service == GATEWAY:
        # A gateway of the release before hears events without a consumer.
        yield from ("events.>", capacity_subject("*"), asker_subject("*"))
    if service == ELASTIC:
        yield from (capacity_subject("*"), *steps_heard())


def steps_heard() -> list[str]:
    """Subjects of the starts and good ends of all tasks, for who measures them."""
    steps = (Status.STARTED, Status.COMPLETED)
    return [f"events.{name}.{step}" for name in ("*", "*.*") for step in steps]


def _answerers() -> set[str]:
    return {spec.owner for spec in (*QUERIES, *QUICK)}


def _own(service: str) -> list[AnyTask]:
    """The tasks that it carries out."""
    return [spec for spec in TASKS if spec.worker == service]


def _sent_by(service: str) -> list[AnyTask]:
    return list(TASKS) if service == GATEWAY else []


def _consumers(service: str) -> list[topology.Consumer]:
    wait = 30.0
    found = [
        topology.handler_consumer(spec, wait)
        for spec in CONSUMERS
        if spec.service == service
    ]
    if _own(service):
        found += [topology.worker_consumer(service, lane, wait) for lane in LANES]
    if service == GATEWAY:
        found.append(topology.mover_consumer(wait))
    return found


def _user_lines(user: str) -> Iterator[str]:
    yield "{"
    yield f"  user: {user}"
    yield f"  password: ${password_variable(user)}"
    if user != OPERATOR:
        given = permissions_of(user)
        yield "  permissions: {"
        yield "    publish: {"
        yield from _subjects("allow", given.publish)
        yield from _subjects("deny", given.denied)
        yield "    }"
        yield "    subscribe: {"
        yield from _subjects("allow", given.subscribe)
        yield "    }"
        most = _RESPONSES if user in {spec.owner for spec in QUICK} else 1
        yield f'    allow_responses: {{max: {most}, expires: "{ANSWERS_WITHIN}"}}'
        yield "  }"
    yield "}"


def _subjects(key: str, subjects: Iterable[str]) -> Iterator[str]:
    yield f"      {key}: ["
    yield from (f"        {json.dumps(subject)}" for subject in subjects)
    yield "      ]"
