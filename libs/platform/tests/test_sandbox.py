"""The sandbox, against real children."""

import asyncio
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from onemanage.platform.sandbox import (
    Sandbox,
    SandboxCrashed,
    SandboxMemoryExceeded,
    SandboxTimeout,
)

LIMIT = 1 << 30
FOREVER = 60.0

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a child must be able to import them by name
functions = importlib.import_module("sandbox_functions")


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(memory_limit=LIMIT)
    yield sandbox
    await sandbox.close()


async def written(path: Path) -> int:
    """The process id in the file, as soon as it is there."""
    while not path.exists() or not path.read_text():
        await asyncio.sleep(0.01)
    return int(path.read_text())


async def gone(pid: int) -> None:
    while alive(pid):
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether it runs; a zombie whose parent has died does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def children_of(pid: int) -> set[int]:
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return {int(line) for line in listing.stdout.split()}


async def test_a_call_returns_its_value(sandbox: Sandbox) -> None:
    assert await sandbox.run(functions.add, 2, 3, timeout=FOREVER) == 5


async def test_calls_run_side_by_side_each_in_its_own_child(sandbox: Sandbox) -> None:
    pids = await asyncio.gather(
        *(sandbox.run(os.getpid, timeout=FOREVER) for _ in range(4))
    )
    assert len({*pids, os.getpid()}) == 5


async def test_a_call_over_its_time_is_killed(sandbox: Sandbox, tmp_path: Path) -> None:
    await sandbox.warm()
    with pytest.raises(SandboxTimeout) as caught:
        await sandbox.run(functions.sleep_and_tell, tmp_path / "pid", timeout=1)
    assert caught.value.timeout == 1
    assert not alive(int((tmp_path / "pid").read_text()))


async def test_a_call_over_its_memory_is_told_so(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxMemoryExceeded) as caught:
        await sandbox.run(functions.allocate, 2 * LIMIT, timeout=FOREVER)
    assert caught.value.memory_limit == LIMIT
    assert await sandbox.run(functions.allocate, LIMIT // 4, timeout=FOREVER)


@pytest.mark.parametrize(
    ("function", "args", "exitcode"),
    [("exit_with", (7,), 7), ("kill_itself", (), -9), ("leave", (), 1)],
)
async def test_a_child_that_ends_without_an_answer_has_crashed(
    sandbox: Sandbox, function: str, args: tuple[int, ...], exitcode: int
) -> None:
    with pytest.raises(SandboxCrashed) as caught:
        await sandbox.run(getattr(functions, function), *args, timeout=FOREVER)
    assert caught.value.exitcode == exitcode
    assert await sandbox.run(functions.add, 1, 1, timeout=FOREVER) == 2


async def test_a_child_killed_from_outside_has_crashed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    call = asyncio.create_task(
        sandbox.run(functions.sleep_and_tell, tmp_path / "pid", timeout=FOREVER)
    )
    os.kill(await written(tmp_path / "pid"), signal.SIGKILL)
    with pytest.raises(SandboxCrashed, match="SIGKILL"):
        await call


async def test_a_killed_fork_server_is_started_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    call = asyncio.create_task(
        sandbox.run(functions.sleep_and_tell, tmp_path / "pid", timeout=FOREVER)
    )
    pid = await written(tmp_path / "pid")
    os.kill(int(Path(f"/proc/{pid}/stat").read_text().split()[3]), signal.SIGKILL)
    with pytest.raises(SandboxCrashed):
        await call
    await gone(pid)
    assert await sandbox.run(functions.add, 1, 1, timeout=FOREVER) == 2


async def test_an_exception_arrives_with_its_facts(sandbox: Sandbox) -> None:
    with pytest.raises(functions.OutOfInk) as caught:
        await sandbox.run(functions.raise_error, "ink", timeout=FOREVER)
    assert (caught.value.color, caught.value.left) == ("cyan", 3)
    with pytest.raises(ValueError, match="no such layer") as plain:
        await sandbox.run(functions.raise_error, "value", timeout=FOREVER)
    assert "in raise_error" in plain.value.__notes__[0]


@pytest.mark.parametrize(
    ("error", "text"), [("lock", "it holds a lock"), ("lost", "1 and 2")]
)
async def test_an_exception_that_cannot_travel_arrives_as_text(
    sandbox: Sandbox, error: str, text: str
) -> None:
    with pytest.raises(SandboxCrashed, match=text):
        await sandbox.run(functions.raise_error, error, timeout=FOREVER)


async def test_a_value_that_cannot_travel_arrives_as_text(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCrashed, match="cannot pickle"):
        await sandbox.run(functions.return_lock, timeout=FOREVER)


async def test_progress_arrives_in_order_and_before_the_value(sandbox: Sandbox) -> None:
    seen: list[int] = []

    async def note(number: int) -> None:
        await asyncio.sleep(0)
        seen.append(number)

    answer = await sandbox.run(
        functions.count_to, 500, timeout=FOREVER, on_progress=note
    )
    assert (answer, seen) == ("done", list(range(1, 501)))


async def test_a_failing_progress_handler_kills_the_child(sandbox: Sandbox) -> None:
    pids: list[int] = []

    async def fail(pid: int) -> None:
        pids.append(pid)
        raise ConnectionError("the upload broke")

    with pytest.raises(ConnectionError, match="upload"):
        await sandbox.run(functions.report_and_sleep, timeout=FOREVER, on_progress=fail)
    assert not alive(pids[0])


async def test_cancelling_the_call_kills_the_child(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    call = asyncio.create_task(
        sandbox.run(functions.sleep_and_tell, tmp_path / "pid", timeout=FOREVER)
    )
    pid = await written(tmp_path / "pid")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not alive(pid)


async def test_cancelling_at_any_moment_leaves_no_child(sandbox: Sandbox) -> None:
    await sandbox.warm()
    server = next(iter(children_of(os.getpid()) & servers()))
    for delay in (0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032):
        call = asyncio.create_task(sandbox.run(time.sleep, 600, timeout=FOREVER))
        await asyncio.sleep(delay)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert children_of(server) == set()


def servers() -> set[int]:
    """The fork servers among all processes."""
    listing = subprocess.run(
        ["ps", "-e", "-o", "pid=,args="], capture_output=True, text=True
    )
    return {
        int(line.split()[0])
        for line in listing.stdout.splitlines()
        if "multiprocessing.forkserver" in line
    }


async def test_the_loop_runs_on_while_a_child_works(sandbox: Sandbox) -> None:
    call = asyncio.create_task(sandbox.run(time.sleep, 0.3, timeout=FOREVER))
    turns = 0
    while not call.done():
        await asyncio.sleep(0)
        turns += 1
    await call
    assert turns > 100


async def test_a_child_holds_none_of_the_parents_sockets(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.set_inheritable(True)
        found = await sandbox.run(functions.describe, timeout=FOREVER)
    assert not [name for name in found["files"] if name.startswith("socket:")]
    assert found["threads"] == 1
    assert found["blas"] == "1"
    assert found["term"] and found["int"]
    assert "OPENBLAS_NUM_THREADS" not in os.environ


async def test_preloaded_modules_are_there_and_the_parents_are_not() -> None:
    sandbox = Sandbox(memory_limit=LIMIT, preload=["wave"])
    try:
        found = await sandbox.run(functions.describe, timeout=FOREVER)
    finally:
        await sandbox.close()
    assert "wave" in found["modules"]
    assert not {"nats", "anyio", "pytest"} & set(found["modules"])


async def test_a_preload_that_does_not_exist_is_named() -> None:
    sandbox = Sandbox(memory_limit=LIMIT, preload=["onemanage.nowhere"])
    try:
        with pytest.raises(ModuleNotFoundError, match="onemanage.nowhere"):
            await sandbox.warm()
    finally:
        await sandbox.close()


async def test_twenty_runs_leave_no_files_and_no_processes(sandbox: Sandbox) -> None:
    await sandbox.warm()
    files = set(os.listdir("/proc/self/fd"))
    processes = children_of(os.getpid())
    for _ in range(20):
        await sandbox.run(functions.add, 1, 2, timeout=FOREVER)
    assert set(os.listdir("/proc/self/fd")) == files
    assert len(children_of(os.getpid())) == len(processes)
    await sandbox.close()
    assert not servers() & children_of(os.getpid())


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_a_killed_parent_leaves_no_child(tmp_path: Path, loop: str) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        f"import {loop}, sandbox_functions\n"
        "from pathlib import Path\n"
        "from onemanage.platform.sandbox import Sandbox\n"
        f"box = Sandbox(memory_limit={LIMIT})\n"
        f"job = box.run(sandbox_functions.sleep_and_tell, Path(sys.argv[1]), timeout=60)\n"
        f"{loop}.run(job)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "pid")])
    try:
        child = await written(tmp_path / "pid")
        server = int(Path(f"/proc/{child}/stat").read_text().split()[3])
        assert server in children_of(parent.pid)
    finally:
        parent.kill()
        parent.wait()
    await gone(child)
    await gone(server)
