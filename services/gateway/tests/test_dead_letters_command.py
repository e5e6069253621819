"""`onemanage-dead-letters` as a shell runs it, without a gateway."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable

import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.store import OWNER_WORKSPACE, open_pool
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import MakeDatabase, Servers, stored

from .dead_letter_samples import dead_task

type Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def database_url(database: MakeDatabase) -> str:
    return await database("gateway")


@pytest.fixture
def run(servers: Servers, database_url: str) -> Run:
    """Gives exit status, standard output and standard error."""

    async def run(*arguments: str, **changes: str) -> tuple[int, str, str]:
        given = {
            "NATS_URL": servers.nats_url_of("gateway"),
            "DATABASE_URL": database_url,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "onemanage.gateway.dead_letters.command",
            *arguments,
            env={**os.environ, **given, **changes},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    return run


async def _dead(nats: Client, database_url: str) -> tuple[int, str]:
    """The id of a letter whose task has failed, and the task's."""
    task_id = new_id("tsk")
    pool = await open_pool(database_url, size=1)
    await TaskStore(pool).project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="preview.publish",
        state="failed",
    )
    await pool.close()
    return await dead_task(nats, task_id), task_id


async def test_letters_are_listed_shown_and_replayed(
    run: Run, nats: Client, database_url: str
) -> None:
    letter_id, task_id = await _dead(nats, database_url)

    listed = await run("list")
    page = json.loads((await run("list", "--json", "--task-id", task_id))[1])
    status, shown, _ = await run("show", str(letter_id))
    replayed = await run("replay", str(letter_id))
    empty = await run("list")

    head, line = listed[1].splitlines()
    assert head.split()[:4] == ["ID", "TIME", "REASON", "TRIES"]
    assert task_id in line and "failed" in line and "the disk is full" in line
    assert (page["items"][0]["id"], page["next_after"]) == (letter_id, None)
    assert status == 0
    assert "traceback: Traceback …" in shown and "doc_1" in shown
    assert replayed == (0, "1 replayed\n", "")
    assert empty == (0, "No dead letters.\n", "")


async def test_many_are_replayed_and_those_that_cannot_be_are_a_failure(
    run: Run, nats: Client, database_url: str
) -> None:
    await _dead(nats, database_url)
    await dead_task(nats, "tsk_1")

    replayed = await run("replay", "--all")
    discarded = await run("discard", "--all", "--reason", "raised", "--json")

    assert replayed == (1, "1 replayed, 1 skipped (task_missing)\n", "")
    assert discarded == (0, '{"discarded":1}\n', "")


async def test_what_cannot_be_done_is_said_without_a_traceback(
    run: Run, nats: Client
) -> None:
    letter_id = str(await dead_task(nats, "tsk_1"))

    for arguments, status, words in (
        (("show", "99"), 1, "no dead letter 99"),
        (("discard", "99"), 1, "no dead letter 99"),
        (("replay", letter_id), 1, "no task tsk_1"),
        (("discard",), 2, "required"),
        (("discard", letter_id, "--reason", "raised"), 2, "takes no filter"),
        (("list", "--subject", "a..b"), 2, "is not a subject"),
    ):
        found, out, error = await run(*arguments)
        assert (found, out) == (status, ""), arguments
        assert words in error and "Traceback" not in error, arguments
    assert len(await stored(nats, topology.DLQ)) == 1


async def test_a_database_out_of_reach_is_named(run: Run, nats: Client) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"

    status, _, error = await run("list", DATABASE_URL=nowhere)

    assert status == 1
    assert "DATABASE_URL" in error and "Traceback" not in error
