"""Answers: what a newer server says is kept, and nothing fails."""

import copy
import pickle
from datetime import datetime, timezone
from typing import Any

import pytest

from onemanage.client import types
from onemanage.client.model import etag_of

TASK: dict[str, Any] = {
    "id": "tsk_1",
    "name": "psd.parse_export",
    "state": "sleeping",
    "created_at": "2026-11-24T12:00:00.5Z",
    "run": 1,
    "progress": {"step": "layers", "done": 3, "total": 7, "speed": 2.5},
    "result": {"id": "pln_1", "task_id": "tsk_1", "tables": []},
    "started_at": None,
    "mood": {"now": ["fine"]},
}


def task(**changed: Any) -> types.TaskOut[Any]:
    return types.TaskOut({**TASK, **changed})


def test_fields_are_read_as_their_types_say() -> None:
    found = task()
    assert found.created_at == datetime(
        2026, 11, 24, 12, 0, 0, 500_000, tzinfo=timezone.utc
    )
    assert found.progress is not None and found.progress.done == 3
    assert found.progress is found.progress
    assert found.started_at is None


def test_unknown_fields_are_kept_at_every_depth() -> None:
    found = task()
    assert found["mood"] == {"now": ["fine"]} and "mood" in found
    assert found.unknown_fields() == {"mood": {"now": ["fine"]}}
    assert found.progress is not None and found.progress["speed"] == 2.5
    assert getattr(found, "mood") == {"now": ["fine"]}
    assert found.to_dict() == TASK


def test_a_value_that_is_none_of_those_listed_is_given_as_it_is() -> None:
    found = types.HealthOut({"status": "dreaming"})
    assert found.status == "dreaming"


def test_what_an_older_server_leaves_out_is_none() -> None:
    found = task()
    assert found.pruned_at is None and found.attempt is None


def test_a_field_that_nobody_knows_is_named() -> None:
    with pytest.raises(AttributeError, match="TaskOut has no field 'colour'.*mood"):
        getattr(task(), "colour")


def test_a_result_is_of_the_class_that_it_looks_like() -> None:
    assert isinstance(task().result, types.ImportPlanResult)
    document = {"id": "doc_1", "width": 1, "height": 1, "layer_count": 3}
    assert isinstance(task(result=document).result, types.DocumentResult)
    assert task(result=None).result is None


def test_lists_and_tables_of_parts_are_read() -> None:
    page = types.TaskList({"items": [TASK, TASK], "next_cursor": None})
    assert [one.id for one in page.items] == ["tsk_1", "tsk_1"]
    assert isinstance(page.items[0].progress, types.Progress)


def test_answers_are_compared_copied_and_kept() -> None:
    found = types.FileOut({"id": "fil_1"}, '"7"')
    again = pickle.loads(pickle.dumps(found))
    assert again == found == copy.deepcopy(found) != types.FileOut({"id": "fil_2"})
    assert etag_of(again) == '"7"'


def test_answers_are_not_changed_by_accident() -> None:
    found = task()
    with pytest.raises(AttributeError, match="to_dict"):
        setattr(found, "state", "completed")
    found.to_dict()["progress"]["done"] = 9
    assert found.progress is not None and found.progress.done == 3


def test_secrets_are_not_shown() -> None:
    key = types.NewApiKeyOut({"id": "key_1", "name": "ci", "key": "om_live_secret"})
    assert key.key == "om_live_secret"
    assert "secret" not in repr(key) and "'ci'" in repr(key)
    link = types.PreviewOut({"id": "prv_1", "url": "/v1/x?signature=secret"})
    assert "secret" not in repr(link) and "/v1/x" in repr(link)


def test_a_field_that_is_otherwise_than_its_type_is_shown_as_it_came() -> None:
    assert "'tomorrow'" in repr(task(created_at="tomorrow"))
