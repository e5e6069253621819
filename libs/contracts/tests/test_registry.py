"""The rules that every line of the subject registry keeps."""

import re

import msgspec
import pytest

from onemanage.contracts import registry
from onemanage.contracts.base import Status
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.contracts.registry import (
    AnyTask,
    ConsumerSpec,
    EventSpec,
    QuerySpec,
    QuickSpec,
)

TOKEN = "[a-z][a-z0-9_]*"
STATUS = "|".join([*Status, "deleted", "expired", "requested", "handed_over"])
EVENT_SUBJECT = re.compile(rf"events\.{TOKEN}(\.{TOKEN})?\.({STATUS})")
QUICK_SUBJECT = re.compile(rf"quick\.{TOKEN}\.{TOKEN}")
QUERY_SUBJECT = re.compile(rf"queries\.{TOKEN}\.{TOKEN}")
COMMAND_NAME = re.compile(rf"{TOKEN}(\.{TOKEN})?")

each_command = pytest.mark.parametrize(
    "spec", registry.TASKS, ids=lambda spec: spec.name
)
each_event = pytest.mark.parametrize(
    "spec", registry.EVENTS, ids=lambda spec: spec.subject
)
each_query = pytest.mark.parametrize(
    "spec", registry.QUERIES, ids=lambda spec: spec.subject
)
each_consumer = pytest.mark.parametrize(
    "spec", registry.CONSUMERS, ids=lambda spec: spec.handler
)
each_message = pytest.mark.parametrize(
    "message", registry.message_types().values(), ids=registry.message_types()
)


@each_message
def test_every_message_is_frozen_and_takes_keywords_only(
    message: type[msgspec.Struct],
) -> None:
    assert message.__struct_config__.frozen
    with pytest.raises(TypeError, match="positional"):
        message("one")


@each_message
def test_no_message_refuses_fields_that_it_does_not_know(
    message: type[msgspec.Struct],
) -> None:
    assert not message.__struct_config__.forbid_unknown_fields


@each_event
def test_event_subjects_are_domain_action_status(spec: EventSpec) -> None:
    assert EVENT_SUBJECT.fullmatch(spec.subject)


@each_event
def test_the_tag_of_an_event_is_its_subject_without_events(spec: EventSpec) -> None:
    assert spec.type.__struct_config__.tag == spec.subject.removeprefix("events.")


@each_command
def test_the_tag_of_a_command_is_its_name(spec: AnyTask) -> None:
    assert COMMAND_NAME.fullmatch(spec.name)
    assert spec.command.__struct_config__.tag == spec.name


@each_query
def test_query_subjects_are_domain_name(spec: QuerySpec) -> None:
    assert QUERY_SUBJECT.fullmatch(spec.subject)


@pytest.mark.parametrize("spec", registry.QUICK, ids=lambda spec: spec.subject)
def test_quick_subjects_are_owner_name(spec: QuickSpec) -> None:
    assert QUICK_SUBJECT.fullmatch(spec.subject)
    assert spec.subject.split(".")[1] == spec.owner


@each_command
def test_every_task_can_be_announced_in_each_status(spec: AnyTask) -> None:
    announced = {
        status for status in Status if registry.event_spec(spec.event_subject(status))
    }

    assert announced == set(Status)


@each_consumer
def test_every_consumer_sees_some_event(spec: ConsumerSpec) -> None:
    assert any(
        spec in registry.consumers_of(event.subject) for event in registry.EVENTS
    )


@each_consumer
def test_durable_names_are_names_that_jetstream_takes(spec: ConsumerSpec) -> None:
    assert re.fullmatch(r"consumer_on_[a-z0-9_]+", spec.durable)


def test_nothing_stands_in_the_registry_twice() -> None:
    for names in (
        [spec.name for spec in registry.TASKS],
        [spec.subject for spec in registry.EVENTS],
        [spec.type for spec in registry.EVENTS],
        [spec.subject for spec in registry.QUERIES],
        [spec.question for spec in registry.QUERIES],
        [spec.subject for spec in registry.QUICK],
        [spec.question for spec in registry.QUICK],
        [spec.durable for spec in registry.CONSUMERS],
    ):
        assert len(names) == len(set(names))


def test_an_event_knows_its_subject() -> None:
    for spec in registry.EVENTS:
        assert registry.event_spec(spec.subject) is spec
    assert registry.event_spec("events.of.the.future") is None


def test_a_command_is_found_by_the_name_of_its_task() -> None:
    spec = registry.task_named("psd.parse_export")

    assert spec is not None
    assert spec.subject("high") == "tasks.psd.high"
    assert spec.event_subject(Status.FAILED) == "events.psd.parse_export.failed"
    assert registry.task_named("psd.of_the_future") is None


def test_the_name_of_a_task_is_found_from_the_subject_of_its_event() -> None:
    subject = "events.psd.parse_export.completed"

    assert registry.task_name_of(subject) == "psd.parse_export"
    assert registry.event_spec(subject) == EventSpec(
        subject, PARSE_EXPORT.Completed, "psd"
    )


@pytest.mark.parametrize(
    ("pattern", "subject", "matches"),
    [
        ("events.>", "events.preview.expired", True),
        ("events.>", "events", False),
        ("events.psd.*.completed", "events.psd.parse_export.completed", True),
        ("events.psd.*.completed", "events.psd.parse_export.failed", False),
        ("events.psd.*", "events.psd.parse_export.completed", False),
        ("events.psd.parse_export.completed", "events.psd.parse_export", False),
        ("tasks.>", "events.preview.expired", False),
    ],
)
def test_consumers_match_subjects_as_nats_does(
    monkeypatch: pytest.MonkeyPatch, pattern: str, subject: str, matches: bool
) -> None:
    consumer = ConsumerSpec("on_something", "gateway", (pattern,))
    monkeypatch.setattr(registry, "CONSUMERS", (consumer,))

    assert registry.consumers_of(subject) == ((consumer,) if matches else ())
