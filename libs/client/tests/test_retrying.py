"""What is sent again, and what never is: over a real line that breaks."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from onemanage.client import (
    AsyncOneManage,
    ConnectionFailed,
    InvalidInput,
    NotFound,
    OneManage,
    RateLimited,
    ServerFault,
    TaskFailed,
    Timeout,
    Unauthenticated,
    UnexpectedAnswer,
)

from .answering import Answer, answering, broken, problem, told

FILE = {
    "id": "fil_1",
    "name": "a",
    "size": 1,
    "sha256": "",
    "media_type": "text/csv",
    "created_at": None,
    "url": "/",
}

OWN_KEY = {"id": "key_1", "begins_with": "om_live_k"}
UNKNOWN = problem(401, "wrong_api_key")


def client(url: str, **more: Any) -> OneManage:
    return OneManage("om_live_key", url=url, **more)


@pytest.mark.parametrize(
    "fault",
    [
        broken(),
        Answer(200, b'{"id":', {}, cut=3),
        problem(429, "rate_limited", "0"),
        problem(503, "unavailable", "0"),
        problem(500, "internal"),
        Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
    ],
    ids=["no-answer", "half-an-answer", "429", "503", "500", "proxy"],
)
def test_a_post_is_sent_again_with_the_same_key_and_the_same_body(
    fault: Answer,
) -> None:
    with answering(fault, fault, told(FILE, 201)) as server, client(server.url) as sent:
        assert sent.files.upload_whole(b"all of it", name="a").id == "fil_1"
    assert len(server.asked) == 3
    assert len(set(server.keys)) == 1 and server.keys[0]
    assert {one.body for one in server.asked} == {b"all of it"}


async def test_the_async_client_does_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 600_000)
    with answering(broken(), told(FILE, 201)) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as sent:
            assert (await sent.files.upload_whole(path)).id == "fil_1"
    first, second = server.asked
    assert first.body == second.body == path.read_bytes()
    assert first.path == second.path == "/v1/files?name=a.bin"
    assert len(set(server.keys)) == 1


def test_two_calls_have_two_keys() -> None:
    with answering(told(FILE, 201)) as server, client(server.url) as sent:
        sent.files.upload_whole(b"1")
        sent.files.upload_whole(b"2")
        sent.files.upload_whole(b"3", idempotency_key="mine")
    assert len(set(server.keys)) == 3 and server.keys[2] == "mine"


def test_a_request_whose_first_is_still_worked_on_is_sent_again() -> None:
    busy = problem(409, "idempotency_key_in_use")
    with answering(broken(), busy, told(FILE, 201)) as server:
        with client(server.url) as sent:
            sent.files.upload_whole(b"1")
    assert len(server.asked) == 3


def test_what_has_no_key_is_not_sent_again_once_it_may_have_arrived() -> None:
    with answering(broken()) as server, client(server.url) as sent:
        with pytest.raises(ConnectionFailed) as failed:
            sent.sessions.log_in(email="a@example.com", password="long enough")
    assert failed.value.was_sent and len(server.asked) == 1
    with answering(problem(500, "internal")) as server, client(server.url) as sent:
        with pytest.raises(ServerFault):
            sent.sessions.log_in(email="a@example.com", password="long enough")
    assert len(server.asked) == 1


def test_a_pipe_is_not_sent_again_and_says_so() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"once")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe, answering(broken()) as server:
        with client(server.url) as sent, pytest.raises(ConnectionFailed) as failed:
            sent.files.upload_whole(pipe)
    assert [one.body for one in server.asked] == [b"once"]
    assert "pipe" in str(failed.value)


def test_an_open_file_is_sent_again_from_where_it_stood() -> None:
    file = io.BytesIO(b"head and tail")
    file.seek(5)
    with answering(broken(), told(FILE, 201)) as server, client(server.url) as sent:
        sent.files.upload_whole(file)
    assert [one.body for one in server.asked] == [b"and tail", b"and tail"]
    assert not file.closed


def test_what_the_request_is_to_blame_for_is_not_sent_again() -> None:
    with answering(problem(422, "invalid_request")) as server:
        with client(server.url) as sent, pytest.raises(InvalidInput):
            sent.files.upload_whole(b"1")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "lost",
    [broken(), problem(500, "internal"), Answer(504, b"too late")],
    ids=["no-answer", "500", "proxy"],
)
def test_what_is_gone_after_a_lost_answer_has_been_deleted(lost: Answer) -> None:
    gone = problem(404, "not_found")
    with answering(lost, gone) as server, client(server.url) as sent:
        sent.webhooks.delete("whk_1")
    assert [one.method for one in server.asked] == ["DELETE", "DELETE"]


@pytest.mark.parametrize(
    "answers",
    [
        [problem(404, "not_found")],
        [problem(429, "rate_limited", "0"), problem(404, "not_found")],
        [problem(503, "unavailable", "0"), problem(404, "not_found")],
        [broken(), problem(404, "no_such_route")],
        [broken(), Answer(404, b"<html>", {"Content-Type": "text/html"})],
    ],
    ids=["at-once", "429", "503", "no-route", "proxy"],
)
def test_what_was_never_there_is_told(answers: list[Answer]) -> None:
    with answering(*answers) as server, client(server.url) as sent:
        with pytest.raises(NotFound):
            sent.webhooks.delete("whk_1")
    assert len(server.asked) == len(answers)


async def test_the_async_client_takes_a_lost_delete_for_done_too() -> None:
    with answering(broken(), problem(404, "not_found")) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as sent:
            await sent.webhooks.delete("whk_1")
    assert len(server.asked) == 2
    with answering(told(OWN_KEY), broken(), UNKNOWN) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as sent:
            await sent.keys.revoke("key_1")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("path", "told_of"),
    [
        ("keys.revoke", OWN_KEY),
        ("sessions.end", {"id": "ses_1", "is_current": True}),
        ("sessions.end_all", {"items": [], "next_cursor": None}),
    ],
)
def test_what_ended_itself_and_is_let_in_no_more_has_ended(
    path: str, told_of: dict[str, Any]
) -> None:
    answers = told(told_of), broken(), UNKNOWN
    with answering(*answers) as server, client(server.url) as sent:
        resource, _, method = path.partition(".")
        one = () if method == "end_all" else (told_of["id"],)
        getattr(getattr(sent, resource), method)(*one)
    assert [one.method for one in server.asked] == ["GET", "DELETE", "DELETE"]


@pytest.mark.parametrize(
    "answers",
    [
        [UNKNOWN, broken(), UNKNOWN],
        [told({**OWN_KEY, "begins_with": "om_live_other"}), broken(), UNKNOWN],
        [told({**OWN_KEY, "begins_with": ""}), broken(), UNKNOWN],
        [told(OWN_KEY), UNKNOWN],
        [told(OWN_KEY), problem(503, "unavailable", "0"), UNKNOWN],
        [told(OWN_KEY), broken(), problem(401, "no_api_key")],
    ],
    ids=["never-good", "another", "of-old", "at-once", "turned-away", "proxy"],
)
def test_who_is_not_let_in_is_told_where_nothing_can_have_ended(
    answers: list[Answer],
) -> None:
    with answering(*answers) as server, client(server.url) as sent:
        with pytest.raises(Unauthenticated):
            sent.keys.revoke("key_1")
    assert len(server.asked) == len(answers)


def test_a_server_that_is_down_says_why_and_is_asked_once() -> None:
    down = {"status": "down", "down": {"nats": "It does not answer."}}
    with answering(told(down, 503)) as server, client(server.url) as sent:
        found = sent.health.ready()
    assert found.status == "down" and found.down == down["down"]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        problem(503, "unavailable"),
        Answer(503, b"<html>Away</html>", {"Content-Type": "text/html"}),
    ],
    ids=["problem", "proxy"],
)
def test_a_refusal_is_not_taken_for_what_a_server_says_of_itself(
    refusal: Answer,
) -> None:
    with answering(refusal) as server, client(server.url, retries=0) as sent:
        with pytest.raises(ServerFault):
            sent.health.ready()


def test_it_ends_after_as_many_times_as_was_said() -> None:
    with answering(problem(503, "unavailable", "0")) as server:
        with client(server.url, retries=2) as sent, pytest.raises(ServerFault):
            sent.me.get()
    assert len(server.asked) == 3


def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    with answering(problem(429, "rate_limited", "3600")) as server:
        with client(server.url) as sent, pytest.raises(RateLimited) as limited:
            sent.me.get()
    assert limited.value.retry_after == 3600 and len(server.asked) == 1


def test_a_task_that_failed_while_it_was_waited_for_is_not_ordered_again() -> None:
    failed = problem(
        503,
        "psd.out_of_memory",
        task_id="tsk_1",
        errors=[{"pointer": "layer 7", "detail": "It is too large."}],
    )
    with answering(failed) as server, client(server.url) as sent:
        with pytest.raises(TaskFailed) as told_of:
            sent.psd.documents.create(b"8BPS", wait=10)
    error = told_of.value
    assert (error.task_id, error.where, error.retryable) == ("tsk_1", "layer 7", True)
    assert len(server.asked) == 1


def test_a_server_that_says_nothing_is_a_timeout() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with client(url, timeout=0.05, retries=1) as sent:
            with pytest.raises(Timeout, match="said nothing"):
                sent.me.get()


def test_no_server_is_told_with_where_it_was_looked_for() -> None:
    with client("http://127.0.0.1:1", retries=1) as sent:
        with pytest.raises(
            ConnectionFailed, match=r"(?s)127\.0\.0\.1:1 .*ONEMANAGE_URL"
        ) as no:
            sent.me.get()
    assert not no.value.was_sent


def test_the_key_is_not_sent_on_to_where_an_answer_points() -> None:
    with answering(told(FILE)) as other:
        away = Answer(307, b"", {"Location": f"{other.url}/v1/me?token=secret"})
        with answering(away) as server, client(server.url) as sent:
            with pytest.raises(UnexpectedAnswer) as refused:
                sent.me.get()
    assert not other.asked and "secret" not in str(refused.value)
