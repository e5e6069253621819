"""Ids that are the same wherever they are made, and readers that tolerate more."""

import re
from uuid import UUID

import msgspec
import pytest

from onemanage.contracts.base import Status, derived_id, event_id, new_id
from onemanage.contracts.psd.documents import PARSE_EXPORT, ParseExport

EVENT = {
    "type": "psd.parse_export.started",
    "event_id": "7f9f2c0a-93d2-58f0-8f6c-7b4f6c7a9d10",
    "task_id": "tsk_1",
    "workspace_id": "ws_1",
    "status": "started",
    "timestamp": "2026-03-02T09:15:00Z",
    "event_version": "1.0",
}


def test_the_same_fact_has_the_same_event_id_in_every_release() -> None:
    """A literal: a changed derivation would undo deduplication during a deploy."""
    assert event_id("tsk_1", Status.COMPLETED) == UUID(
        "9c6fa5cb-e4bc-57cb-baf2-051971d3f691"
    )


def test_facts_about_one_task_differ_by_status_and_step() -> None:
    ids = {
        event_id("tsk_1", Status.STARTED),
        event_id("tsk_1", Status.PROGRESS, "1"),
        event_id("tsk_1", Status.PROGRESS, "2"),
        event_id("tsk_2", Status.STARTED),
    }

    assert len(ids) == 4


def test_derived_ids_repeat_and_new_ids_do_not() -> None:
    assert derived_id("doc", "ws_1", "sha") == derived_id("doc", "ws_1", "sha")
    assert derived_id("doc", "ws_1", "sha") != derived_id("doc", "ws_2", "sha")
    assert new_id("doc") != new_id("doc")
    assert re.fullmatch(r"doc_[0-9a-f]{32}", new_id("doc"))


def test_a_reader_ignores_fields_that_a_later_release_added() -> None:
    event = msgspec.convert({**EVENT, "of_the_future": 1}, PARSE_EXPORT.Started)

    assert event == msgspec.convert(EVENT, PARSE_EXPORT.Started)


def test_a_reader_fills_in_defaulted_fields_that_an_earlier_release_lacked() -> None:
    assert msgspec.convert(EVENT, PARSE_EXPORT.Started).attempt == 1


def test_a_payload_of_another_type_is_refused_by_its_tag() -> None:
    with pytest.raises(msgspec.ValidationError, match="psd.parse_export.failed"):
        msgspec.convert(
            {**EVENT, "type": "psd.parse_export.failed"}, PARSE_EXPORT.Started
        )


def test_a_command_that_lacks_a_field_is_refused_by_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="workspace_id"):
        msgspec.convert({"type": "psd.parse_export", "task_id": "tsk_1"}, ParseExport)


def test_messages_say_their_type_when_encoded() -> None:
    encoded = msgspec.to_builtins(msgspec.convert(EVENT, PARSE_EXPORT.Started))

    assert encoded["type"] == "psd.parse_export.started"
    assert encoded["status"] == Status.STARTED
