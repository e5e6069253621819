"""Events and tasks: followed over lines that break, and looked at where they cannot be."""

import json
from typing import Any

import pytest

from onemanage.client import AsyncOneManage, OneManage, TaskFailed, Timeout, types

from .answering import Answer, Server, answering, broken, problem, stream, told


def client(server: Server, **more: Any) -> OneManage:
    return OneManage("om_live_key", url=server.url, **more)


def event(number: int, type: str, **more: Any) -> str:
    data = {"type": type, "task_id": "tsk_1", **more}
    return f"id: {number}\nretry: 0\ndata: {json.dumps(data)}"


def state(state: str, **more: Any) -> dict[str, Any]:
    return {"id": "tsk_1", "name": "psd.parse_export", "state": state, **more}


def snapshot(name: str, **more: Any) -> str:
    return f"id: {name}\nretry: 0\nevent: task\ndata: {json.dumps(state(name, **more))}"


STEP = (
    'event: progress\ndata: {"status": "progress", "progress": {"done": 1, "total": 2}}'
)
DONE = 'event: completed\nid: end\ndata: {"status": "completed"}'
OVER = Answer(204, b"")


def test_a_broken_stream_goes_on_after_the_last_event() -> None:
    answers = (
        stream(event(1, "a.started"), event(2, "a.progress"), cut=True),
        broken(),
        stream(event(3, "a.renamed_by_a_newer_server", status="renamed")),
        stream(": still here\nid: 7", event(8, "a.completed", status="completed")),
        OVER,
    )
    with answering(*answers) as server, client(server) as follower:
        found = list(follower.events.follow(type=["a.*", "b.*"]))
    assert [one.id for one in found] == ["1", "2", "3", "8"]
    assert found[2].type == "a.renamed_by_a_newer_server"
    assert found[2].status == "renamed" and not found[2].is_end
    given = [one.headers.get("last-event-id") for one in server.asked]
    assert given == [None, "2", "2", "3", "8"]
    assert server.asked[0].path == "/v1/events?type=a.%2A&type=b.%2A"


def test_following_goes_on_where_somebody_left_off() -> None:
    with answering(OVER) as server, client(server) as follower:
        assert not list(follower.events.follow(last_event_id="41"))
    assert server.asked[0].headers["last-event-id"] == "41"


def test_what_is_no_json_is_given_as_text() -> None:
    with answering(stream("event: note\nretry: 0\ndata: not json"), OVER) as server:
        with client(server) as follower:
            (found,) = follower.events.follow()
    assert (found.name, found.data, found.task_id) == ("note", "not json", None)


def test_a_task_is_waited_for_by_its_events() -> None:
    seen: list[types.Progress] = []
    answers = (
        stream(snapshot("running"), STEP, cut=True),
        stream(snapshot("running"), STEP, DONE),
        told(state("completed")),
    )
    with answering(*answers) as server, client(server) as waiter:
        waiter.tasks.wait(types.TaskOut(state("queued")), on_progress=seen.append)
    assert [one.done for one in seen] == [1, 1]
    assert server.asked[1].headers["last-event-id"] == "running"
    assert server.asked[2].path == "/v1/tasks/tsk_1"


async def test_the_async_client_waits_alike_and_lets_the_connection_go() -> None:
    answers = (told(state("queued")), stream(snapshot("completed", run=3)))
    with answering(*answers) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as waiter:
            found = await waiter.tasks.wait("tsk_1")
            assert found.run == 3
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "instead",
    [problem(429, "too_many_streams", "120"), told({}), problem(501, "no_streams")],
    ids=["too-many", "no-stream", "not-there"],
)
def test_without_events_the_task_is_looked_at(instead: Answer) -> None:
    seen: list[types.Progress] = []
    progress = {"step": "a", "done": 1, "total": 2}
    answers = (
        instead,
        told(state("running", progress=progress)),
        told(state("completed")),
    )
    with answering(*answers) as server, client(server) as waiter:
        waiter.tasks.wait(types.TaskOut(state("queued")), on_progress=seen.append)
    assert [one.total for one in seen] == [2] and len(server.asked) == 3


def test_a_task_that_fails_says_where_and_what_to_do() -> None:
    error = {
        "code": "psd.damaged",
        "message": "It ends too early.",
        "where": "byte 12",
        "retryable": True,
    }
    with answering(stream(snapshot("failed", error=error))) as server:
        with client(server) as waiter, pytest.raises(TaskFailed) as failed:
            waiter.tasks.wait(types.TaskOut(state("queued")))
    assert failed.value.code == "psd.damaged" and failed.value.where == "byte 12"
    for part in ("It ends too early.", "byte 12", "tsk_1", "tasks.retry"):
        assert part in str(failed.value)


def test_a_cancelled_task_is_a_failure() -> None:
    with pytest.raises(TaskFailed, match="cancelled") as failed, OneManage() as waiter:
        waiter.tasks.wait(types.TaskOut(state("cancelled")))
    assert failed.value.code == "task.cancelled"


def test_after_its_time_a_wait_ends_and_names_the_task() -> None:
    with answering(stream(snapshot("running"), *[STEP] * 3)) as server:
        with client(server) as waiter, pytest.raises(Timeout) as late:
            waiter.tasks.wait(types.TaskOut(state("queued")), timeout=0)
    assert late.value.task_id == "tsk_1" and "goes on" in str(late.value)


def test_lists_are_asked_for_page_by_page() -> None:
    pages = (
        told({"items": [{"id": "fil_1"}, {"id": "fil_2"}], "next_cursor": "n/x="}),
        told({"items": [{"id": "fil_3"}], "next_cursor": None}),
    )
    with answering(*pages) as server, client(server) as reader:
        found = [one.id for one in reader.psd.documents.list(limit=2)]
    assert found == ["fil_1", "fil_2", "fil_3"]
    asked = [one.path.partition("?")[2] for one in server.asked]
    assert asked == ["limit=2", "limit=2&cursor=n%2Fx%3D"]


def test_parts_of_an_upload_are_listed_to_the_last() -> None:
    pages = (
        told({"items": [{"number": 1}], "next_from": 2}),
        told({"items": [{"number": 2}], "next_from": None}),
    )
    with answering(*pages) as server, client(server) as reader:
        found = [one.number for one in reader.uploads.parts("upl_1")]
    assert found == [1, 2]
    asked = [one.path.partition("?")[2] for one in server.asked]
    assert asked == ["", "from=2"]


def test_no_more_pages_are_asked_for_than_are_needed() -> None:
    page = told({"items": [{"id": "a"}, {"id": "b"}], "next_cursor": "more"})
    with answering(page) as server, client(server) as reader:
        assert len(reader.tasks.list().to_list(2)) == 2
        assert reader.tasks.list().first_page().next_cursor == "more"
        assert not reader.tasks.list().to_list(0)
    assert len(server.asked) == 2


async def test_async_lists_are_looped_over_alike() -> None:
    page = told({"items": [{"id": "a"}], "next_cursor": None})
    with answering(page) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as reader:
            assert [one.id async for one in reader.tasks.list()] == ["a"]
