"""What goes wrong: bad input, foreign ids, killed processes, servers that are away."""

import asyncio
import os
import signal
import struct
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from nats.js.api import ConsumerConfig, DeliverPolicy

from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.local.stack import Stack
from onemanage.platform.messaging.nats import connect

from .conftest import MAX_UPLOAD_BYTES, Upload, ended

MIB = 1024**2


def _psd_header(width: int, height: int, version: int = 1) -> bytes:
    return struct.pack(">4sH6xHIIHH", b"8BPS", version, 3, height, width, 8, 3)


def _lying(poster: Path, *, everywhere: bool) -> bytes:
    """The length of the image resources says more than there is; or the header too, so
    that no image can be told from anything else."""
    data = bytearray(poster.read_bytes())
    struct.pack_into(">I", data, 30, 0x7FFFFFFF)
    if everywhere:
        struct.pack_into(">II", data, 14, 29_000, 29_000)
    return bytes(data)


BAD: dict[str, tuple[int, str]] = {
    "empty": (422, "file.empty"),
    "not a psd": (415, "file.wrong_type"),
    "truncated": (422, "psd.truncated"),
    "lying": (422, "psd."),
    "huge header": (422, "psd."),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_document_is_refused_with_what_was_wrong_and_the_worker_lives(
    client: httpx.Client, upload: Upload, poster: Path, what: str
) -> None:
    whole = poster.read_bytes()
    content = {
        "empty": b"",
        "not a psd": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "truncated": whole[: len(whole) // 2],
        "lying": _lying(poster, everywhere=True),
        "huge header": _psd_header(300_000, 300_000, version=2) + bytes(100),
    }[what]

    answer = upload(content, Prefer="wait=30")

    status, code = BAD[what]
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"].partition("/problems/")[2].startswith(code)
    assert problem["detail"]
    if "task_id" in problem:
        task = client.get(f"/v1/tasks/{problem['task_id']}").json()
        assert task["state"] == "failed"
        assert task["error"]["message"] == problem["detail"]
        assert client.get(task["resource"]).status_code == 404
    assert upload(poster, Prefer="wait=30").status_code == 200


def test_a_document_that_is_damaged_beside_its_picture_is_read_with_a_warning(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    whole = upload(poster, Prefer="wait=30").json()
    answer = upload(_lying(poster, everywhere=False), Prefer="wait=30")
    assert answer.status_code == 200, answer.text
    document = answer.json()["result"]
    assert document["layer_count"] == whole["result"]["layer_count"]
    said = set(document["warnings"]) - set(whole["result"].get("warnings", []))
    assert said == {"The lengths of the document's sections are wrong"}


def test_a_file_over_the_limit_is_refused_and_nothing_of_it_is_kept(
    client: httpx.Client,
) -> None:
    def too_much() -> Any:
        for _ in range(MAX_UPLOAD_BYTES // MIB + 1):
            yield bytes(MIB)

    answer = client.post("/v1/files", content=too_much())

    assert answer.status_code == 413
    assert answer.json()["max_bytes"] == MAX_UPLOAD_BYTES


def test_a_file_that_says_it_is_over_the_limit_is_refused_before_it_is_sent(
    stack: Stack, client: httpx.Client
) -> None:
    connection = HTTPConnection(httpx.URL(stack.base_url).netloc.decode())
    connection.putrequest("POST", "/v1/files")
    connection.putheader("Authorization", client.headers["Authorization"])
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()

    with connection.getresponse() as answer:
        assert answer.status == 413
    connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer {new_api_key()}"},
        {"Authorization": "Basic b3duZXI6b3duZXI="},
    ],
    ids=["none", "malformed", "unknown", "basic"],
)
@pytest.mark.parametrize(
    "path", ["/v1/tasks", "/v1/psd/documents", "/v1/previews", f"/v1/files/fil_{0:032}"]
)
def test_without_a_valid_key_every_resource_answers_401(
    stack: Stack, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.get(stack.base_url + path, headers=headers)

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


async def _other_workspace(stack: Stack) -> str:
    """The key of another tenant."""
    key = new_api_key()
    hashed = hash_api_key(key)
    connection = await asyncpg.connect(stack.addresses.database_url("gateway"))
    try:
        workspace = f"wsp_{os.urandom(16).hex()}"
        await connection.execute(
            "INSERT INTO workspaces (id, name) VALUES ($1, 'Other')", workspace
        )
        await connection.execute(
            "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
            "VALUES ($1, $2, $3, 'other')",
            f"key_{os.urandom(16).hex()}",
            workspace,
            hashed,
        )
    finally:
        await connection.close()
    return key


def test_what_belongs_to_another_workspace_is_not_there(
    stack: Stack, client: httpx.Client, upload: Upload, poster: Path
) -> None:
    task = upload(poster, Prefer="wait=30").json()
    while not (
        previews := client.get(
            f"/v1/previews?document_id={task['result']['id']}"
        ).json()["items"]
    ):
        time.sleep(0.1)
    foreign = {"Authorization": f"Bearer {asyncio.run(_other_workspace(stack))}"}
    file_id = task["result"]["file_id"]
    paths = [
        f"/v1/files/{file_id}",
        f"/v1/tasks/{task['id']}",
        f"/v1/tasks/{task['id']}/events",
        task["resource"],
        f"{task['resource']}/manifest",
        f"{task['resource']}/composite",
        f"{task['resource']}/layers",
        f"{task['resource']}/layers/2/image",
        f"/v1/previews/{previews[0]['id']}",
    ]
    with httpx.Client(base_url=stack.base_url, headers=foreign) as other:
        answers = {path: other.get(path).status_code for path in paths}
        parse = other.post("/v1/psd/documents", json={"file_id": file_id})
        publish = other.post("/v1/previews", json={"document_id": task["result"]["id"]})
        lists = [
            other.get(path).json()["items"]
            for path in ("/v1/tasks", "/v1/psd/documents", "/v1/previews")
        ]

    assert answers == dict.fromkeys(paths, 404)
    assert parse.status_code == publish.status_code == 404
    assert lists == [[], [], []]


def test_unknown_ids_and_malformed_bodies_get_a_problem_that_names_the_place(
    client: httpx.Client,
) -> None:
    unknown = client.post("/v1/psd/documents", json={"file_id": "fil_" + "0" * 32})
    malformed = client.post("/v1/psd/documents", json={"file_id": "poster.psd"})
    nowhere = client.get("/v1/nowhere")

    assert unknown.status_code == 404
    assert malformed.status_code == 422
    assert malformed.json()["errors"][0]["pointer"] == "/file_id"
    assert nowhere.json()["type"].endswith("/no_such_route")


async def _events_of(stack: Stack, task_id: str) -> list[str]:
    """The statuses of all that EVENTS holds on the task, in order."""
    client = await connect(stack.addresses.nats_url, "test")
    try:
        config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
        events = await client.jetstream().pull_subscribe(
            "events.psd.parse_export.*", stream="EVENTS", config=config
        )
        found, pending = [], 1
        while pending:
            (message,) = await events.fetch(1, timeout=5)
            pending = message.metadata.num_pending
            event = msgspec.json.decode(message.data)
            if event["task_id"] == task_id:
                found.append(event["status"])
        return found
    finally:
        await client.close()


def test_a_worker_killed_in_the_middle_of_a_parse_completes_by_redelivery_once(
    stack: Stack, client: httpx.Client, upload: Upload, slow_document: Path
) -> None:
    task = upload(slow_document, Prefer="respond-async").json()
    while client.get(f"/v1/tasks/{task['id']}").json()["progress"] is None:
        time.sleep(0.02)

    os.kill(stack.runner.pid("psd-worker"), signal.SIGKILL)

    task = ended(client, task)
    assert task["state"] == "completed"
    assert task["attempt"] == 2
    statuses = asyncio.run(_events_of(stack, task["id"]))
    assert statuses[0] == "accepted"
    assert statuses.count("started") == 2
    assert statuses[-1] == "completed"
    assert statuses.count("completed") == 1
    document = client.get(task["resource"]).json()
    assert document["image_count"] == 24


def test_a_command_accepted_while_nats_is_away_is_carried_out_afterwards(
    stack: Stack, client: httpx.Client, upload: Upload, poster: Path
) -> None:
    os.kill(stack.runner.pid("nats"), signal.SIGKILL)  # the runner starts it again

    answer = upload(poster, Prefer="respond-async")

    assert answer.status_code == 202
    assert ended(client, answer.json())["state"] == "completed"


def test_who_follows_events_hears_each_once_although_nats_is_killed_meanwhile(
    stack: Stack, client: httpx.Client, upload: Upload, poster: Path
) -> None:
    told: list[tuple[str, str]] = []
    places = []
    with client.stream("GET", "/v1/events?type=psd.parse_export.*") as events:
        lines = events.iter_lines()
        next(lines)
        os.kill(stack.runner.pid("nats"), signal.SIGKILL)  # the runner starts it again
        task = upload(poster, Prefer="respond-async").json()
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "data":
                event = msgspec.json.decode(value)
                told.append((event["task_id"], event["status"]))
            if name == "id":
                places.append(int(value))
            if told and told[-1] == (task["id"], "completed"):
                break

    ours = [status for task_id, status in told if task_id == task["id"]]
    assert ours[:2] == ["accepted", "started"] and ours.count("completed") == 1
    assert places == sorted(places)


def test_readyz_names_what_is_down(stack: Stack) -> None:
    pid = stack.runner.pid("s3")
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = httpx.get(f"{stack.base_url}/readyz", timeout=10)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert answer.status_code == 503
    assert list(answer.json()["down"]) == ["storage"]
    assert httpx.get(f"{stack.base_url}/healthz").status_code == 200
    while httpx.get(f"{stack.base_url}/readyz", timeout=10).status_code != 200:
        time.sleep(0.1)


def _resident(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_a_300_mb_upload_grows_the_gateway_by_less_than_100_mb(
    stack: Stack, client: httpx.Client
) -> None:
    before = _resident(stack.runner.pid("gateway"))
    peak = before

    def body() -> Any:
        nonlocal peak
        yield _psd_header(30_000, 3_000)
        for _ in range(300):
            peak = max(peak, _resident(stack.runner.pid("gateway")))
            yield os.urandom(MIB)

    answer = client.post("/v1/files", content=body())

    assert answer.status_code == 201, answer.text
    assert answer.json()["size"] == 300 * MIB + 26
    assert peak - before < 100 * MIB
