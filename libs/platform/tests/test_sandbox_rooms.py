"""Children that stay for several calls of one owner: whom they serve, and when they end."""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.sandbox.rooms import Room
from onemanage.platform.sandbox.sandbox import Sandbox, open_sandbox
from onemanage.testing.fixtures import eventually
from onemanage.testing.sandboxes import is_alive

LIMIT = 1 << 30
MOST = 8

sys.path.insert(0, str(Path(__file__).parent))
functions = importlib.import_module("sandbox_functions")


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(memory_limit=LIMIT)
    await sandbox.warm()
    yield sandbox
    await sandbox.close()


async def call(
    sandbox: Sandbox,
    owner: str,
    function: Callable[..., Any],
    *args: object,
    most_calls: int = MOST,
    timeout: float = 60.0,
) -> Any:
    with sandbox.room(owner, most_calls) as room:
        return await run_in(room, sandbox, function, *args, timeout=timeout)


async def run_in(
    room: Room,
    sandbox: Sandbox,
    function: Callable[..., Any],
    *args: object,
    timeout: float = 60.0,
    cpu_seconds: int | None = None,
) -> Any:
    return await sandbox.run(
        function,
        *args,
        timeout=timeout,
        folders=[room.folder],
        cpu_seconds=cpu_seconds,
        room=room,
    )


async def pid(sandbox: Sandbox, owner: str, **more: Any) -> int:
    found: int = await call(sandbox, owner, os.getpid, **more)
    return found


async def test_a_child_serves_its_owner_again_and_nobody_else(sandbox: Sandbox) -> None:
    first = await pid(sandbox, "one")

    assert await pid(sandbox, "two") != first
    assert await pid(sandbox, "one") == first


async def test_two_calls_at_once_have_a_child_each(sandbox: Sandbox) -> None:
    found = await asyncio.gather(pid(sandbox, "one"), pid(sandbox, "one"))

    assert len(set(found)) == 2


async def test_a_child_ends_after_so_many_calls(sandbox: Sandbox) -> None:
    found = [await pid(sandbox, "one", most_calls=2) for _ in range(4)]

    assert found[0] == found[1] and found[2] == found[3] and found[1] != found[2]
    await eventually(lambda: not is_alive(found[0]))


async def test_a_child_that_nobody_needs_for_a_while_ends() -> None:
    async with open_sandbox(memory_limit=LIMIT, idle_seconds=0.1) as sandbox:
        first = await pid(sandbox, "one")

        await eventually(lambda: not is_alive(first))
        assert await pid(sandbox, "one") != first


async def test_the_child_that_waited_longest_makes_room_for_another_owner_s(
    sandbox: Sandbox,
) -> None:
    found = [await pid(sandbox, f"owner {number}") for number in range(6)]

    await eventually(
        lambda: [is_alive(one) for one in found] == 2 * [False] + 4 * [True]
    )


async def test_nothing_in_its_folder_is_left_for_the_next_call(
    sandbox: Sandbox,
) -> None:
    with sandbox.room("one", MOST) as room:
        await run_in(room, sandbox, functions.write_some, room.folder)
        first = room.folder
        assert len(list(first.iterdir())) == 2
    with sandbox.room("one", MOST) as room:
        assert room.folder == first
        assert await run_in(room, sandbox, os.listdir, room.folder) == []


async def test_a_folder_goes_with_its_child(sandbox: Sandbox) -> None:
    with sandbox.room("one", 1) as room:
        await run_in(room, sandbox, os.getpid)

    assert not room.folder.exists()


async def test_a_child_reaches_no_file_of_another_room(sandbox: Sandbox) -> None:
    with sandbox.room("one", MOST) as one, sandbox.room("two", MOST) as two:
        (two.folder / "source").write_text("not yours")
        await run_in(one, sandbox, os.getpid)
        with pytest.raises(Exception, match="PermissionError"):
            await run_in(one, sandbox, os.listdir, two.folder)


@pytest.mark.parametrize(
    ("function", "args", "timeout", "error"),
    [
        ("abort", (), 60.0, SandboxCrashed),
        ("leave", (), 60.0, SandboxCrashed),
        ("allocate", (2 * LIMIT,), 60.0, SandboxMemoryExceeded),
        ("hang", (), 0.3, SandboxTimeout),
        ("raise_error", ("ink",), 60.0, functions.OutOfInk),
    ],
)
async def test_a_call_without_a_value_ends_its_child_and_costs_no_other(
    sandbox: Sandbox,
    function: str,
    args: tuple[object, ...],
    timeout: float,
    error: type[Exception],
) -> None:
    first = await pid(sandbox, "one")
    with pytest.raises(error):
        await call(sandbox, "one", getattr(functions, function), *args, timeout=timeout)

    await eventually(lambda: not is_alive(first))
    assert await pid(sandbox, "one") != first


async def test_a_call_before_is_not_held_against_a_good_one(sandbox: Sandbox) -> None:
    assert await call(sandbox, "one", functions.spoil) is None

    assert await call(sandbox, "one", functions.fail_if_spoiled) == "made"


async def test_a_child_that_was_killed_while_it_waited_costs_no_call(
    sandbox: Sandbox,
) -> None:
    first = await pid(sandbox, "one")
    os.kill(first, signal.SIGKILL)

    assert await pid(sandbox, "one") != first


async def test_a_child_that_has_kept_much_serves_no_other_call(
    sandbox: Sandbox,
) -> None:
    first = await call(sandbox, "one", functions.keep, 100 << 20)

    assert await pid(sandbox, "one") != first


async def test_each_call_has_processor_time_of_its_own(sandbox: Sandbox) -> None:
    for _ in range(3):  # together more than one of them may
        with sandbox.room("one", MOST) as room:
            await run_in(room, sandbox, functions.compute_for, 0.6, cpu_seconds=1)
    with sandbox.room("one", MOST) as room:
        with pytest.raises(SandboxCrashed) as caught:
            await run_in(room, sandbox, functions.compute, cpu_seconds=1)

    assert caught.value.exitcode == -signal.SIGXCPU


async def test_a_cancelled_call_takes_its_child_along(sandbox: Sandbox) -> None:
    first = await pid(sandbox, "one")
    running = asyncio.create_task(call(sandbox, "one", functions.hang))
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert not is_alive(first)


async def test_closing_ends_children_that_stay(sandbox: Sandbox) -> None:
    with sandbox.room("one", MOST) as room:
        first = await run_in(room, sandbox, os.getpid)
    await sandbox.close()

    assert not is_alive(first) and not room.folder.exists()
