"""Children that are forked before they are needed, and reaped behind their answers."""

import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import eventually
from onemanage.testing.sandboxes import is_alive

FOREVER = 60.0

sys.path.insert(0, str(Path(__file__).parent))
functions = importlib.import_module("sandbox_functions")


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(memory_limit=1 << 30, ahead=1)
    await sandbox.warm()
    await eventually(lambda: sandbox.waiting)
    yield sandbox
    await sandbox.close()


def server_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children_of(pid: int) -> list[int]:
    """Those that live."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if is_alive(int(child))]


async def the_server(sandbox: Sandbox) -> int:
    """The fork server, with one child that waits."""
    found = await sandbox.run(os.getppid, timeout=FOREVER)
    await eventually(lambda: sandbox.waiting and len(children_of(found)) == 1)
    return found


async def test_the_child_that_waits_is_the_next_call_s_and_no_other_s(
    sandbox: Sandbox,
) -> None:
    server = await the_server(sandbox)
    (waiting,) = children_of(server)

    assert await sandbox.run(os.getpid, timeout=FOREVER) == waiting
    assert await sandbox.run(os.getpid, timeout=FOREVER) != waiting


async def test_a_waiting_child_that_was_killed_costs_no_call(sandbox: Sandbox) -> None:
    (waiting,) = children_of(await the_server(sandbox))
    os.kill(waiting, signal.SIGKILL)
    await eventually(lambda: not is_alive(waiting))

    assert await sandbox.run(functions.add, 2, 3, timeout=FOREVER) == 5


async def test_a_server_that_was_killed_with_its_waiting_child_costs_no_call(
    sandbox: Sandbox,
) -> None:
    server = await the_server(sandbox)
    os.kill(server, signal.SIGKILL)
    await eventually(lambda: not is_alive(server) and not sandbox.waiting)

    assert await sandbox.run(functions.add, 2, 3, timeout=FOREVER) == 5


async def test_a_call_with_much_to_say_to_a_waiting_child_is_carried_out(
    sandbox: Sandbox,
) -> None:
    much = "x" * (1 << 20)  # more than a pipe holds

    assert await sandbox.run(len, much, timeout=FOREVER) == 1 << 20


async def test_what_has_answered_goes_by_itself(sandbox: Sandbox) -> None:
    server = await the_server(sandbox)
    for _ in range(8):
        await sandbox.run(functions.add, 1, 1, timeout=FOREVER)

    await eventually(lambda: sandbox.waiting and len(children_of(server)) == 1)


async def test_closing_leaves_nobody_waiting(sandbox: Sandbox) -> None:
    server = await the_server(sandbox)
    (waiting,) = children_of(server)
    await sandbox.close()

    assert not is_alive(waiting) and not is_alive(server)
