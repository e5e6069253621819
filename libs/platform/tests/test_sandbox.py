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
from anyio import CancelScope

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.sandbox.clock import Clock
from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxFailed,
    SandboxKilled,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.sandbox.sandbox import Sandbox, modules_of
from onemanage.testing.fixtures import eventually

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
        await sandbox.run(
            functions.sleep_and_tell, tmp_path / "pid", timeout=1, folders=[tmp_path]
        )
    assert caught.value.timeout == 1
    assert not alive(int((tmp_path / "pid").read_text()))


async def test_a_call_over_its_memory_is_told_so(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxMemoryExceeded) as caught:
        await sandbox.run(functions.allocate, 2 * LIMIT, timeout=FOREVER)
    assert caught.value.memory_limit == LIMIT
    assert await sandbox.run(functions.allocate, LIMIT // 4, timeout=FOREVER)


@pytest.mark.parametrize(
    ("function", "args", "how"),
    [
        ("exit_with", (7,), "exit code 7"),
        ("leave", (), "exit code 1"),
        ("abort", (), "SIGABRT"),
        ("touch_nothing", (), "SIGSEGV"),
    ],
)
async def test_a_child_that_breaks_off_by_itself_has_crashed(
    sandbox: Sandbox, function: str, args: tuple[int, ...], how: str
) -> None:
    with pytest.raises(SandboxCrashed) as caught:
        await sandbox.run(getattr(functions, function), *args, timeout=FOREVER)
    assert caught.value.how == how
    assert await sandbox.run(functions.add, 1, 1, timeout=FOREVER) == 2


async def test_a_child_that_writes_too_much_has_crashed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(SandboxCrashed, match="SIGXFSZ"):
        await sandbox.run(
            functions.write_much,
            tmp_path / "much",
            timeout=FOREVER,
            folders=[tmp_path],
        )


async def test_a_child_that_computes_too_much_has_crashed(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCrashed, match="SIGXCPU"):
        await sandbox.run(functions.compute, timeout=FOREVER, cpu_seconds=1)


async def test_others_go_before_a_child_that_is_nice(sandbox: Sandbox) -> None:
    own = os.nice(0)
    assert await sandbox.run(os.nice, 0, timeout=FOREVER) == own
    assert await sandbox.run(os.nice, 0, timeout=FOREVER, niceness=5) == own + 5


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_child_that_somebody_else_ends_was_killed(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    call = asyncio.create_task(
        sandbox.run(
            functions.sleep_and_tell,
            tmp_path / "pid",
            timeout=FOREVER,
            folders=[tmp_path],
        )
    )
    os.kill(await written(tmp_path / "pid"), number)
    with pytest.raises(SandboxKilled, match=number.name):
        await call


async def test_a_killed_fork_server_is_started_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    call = asyncio.create_task(
        sandbox.run(
            functions.sleep_and_tell,
            tmp_path / "pid",
            timeout=FOREVER,
            folders=[tmp_path],
        )
    )
    pid = await written(tmp_path / "pid")
    os.kill(int(Path(f"/proc/{pid}/stat").read_text().split()[3]), signal.SIGKILL)
    with pytest.raises(SandboxKilled):
        await call
    await gone(pid)
    assert await sandbox.run(functions.add, 1, 1, timeout=FOREVER) == 2


async def test_a_refusal_arrives_by_its_own_type(sandbox: Sandbox) -> None:
    with pytest.raises(functions.OutOfInk) as caught:
        await sandbox.run(functions.raise_error, "ink", timeout=FOREVER)
    assert caught.value.args == ("ink.out", "No cyan is left. Send less.", "page 3")


async def test_a_refusal_that_only_the_child_knows_is_a_refusal(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await sandbox.run(functions.raise_error, "unknown", timeout=FOREVER)
    assert type(caught.value) is InvalidInput
    assert caught.value.code == "ink.odd"


async def test_any_other_exception_arrives_as_its_traceback(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxFailed, match="no such layer") as caught:
        await sandbox.run(functions.raise_error, "value", timeout=FOREVER)
    assert "in raise_error" in caught.value.text


async def test_a_value_that_cannot_travel_arrives_as_text(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxFailed, match="a lock cannot leave the child"):
        await sandbox.run(functions.return_lock, timeout=FOREVER)


async def test_a_value_of_another_type_than_declared_is_not_taken(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(SandboxFailed, match="not as declared"):
        await sandbox.run(functions.claim_a_number, timeout=FOREVER)


async def test_progress_arrives_in_order_and_before_the_value(sandbox: Sandbox) -> None:
    seen: list[int] = []

    async def note(number: int) -> None:
        await asyncio.sleep(0)
        seen.append(number)

    answer = await sandbox.run(
        functions.count_to, 500, timeout=FOREVER, on_progress=note
    )
    assert (answer, seen) == ("done", list(range(1, 501)))


async def test_what_the_parent_takes_does_not_count_as_the_child_s_time(
    sandbox: Sandbox,
) -> None:
    async def slow(_: int) -> None:
        await asyncio.sleep(1.5)

    answer = await sandbox.run(functions.count_to, 3, timeout=3, on_progress=slow)
    assert answer == "done"


async def test_a_clock_that_stands_ends_nothing_and_goes_on_where_it_was() -> None:
    clock = Clock(0.2)
    with CancelScope() as scope:
        clock.attach(scope)
        await asyncio.sleep(0.4)  # it has not been started
        clock.go()
        with clock.standing(), clock.standing():
            await asyncio.sleep(0.4)
        assert not scope.cancel_called
        await asyncio.sleep(FOREVER)
    assert scope.cancelled_caught


async def test_a_child_that_hangs_after_a_report_is_stopped(sandbox: Sandbox) -> None:
    async def note(_: int) -> None:
        await asyncio.sleep(0)

    with pytest.raises(SandboxTimeout):
        await sandbox.run(functions.report_and_sleep, timeout=1, on_progress=note)


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
        sandbox.run(
            functions.sleep_and_tell,
            tmp_path / "pid",
            timeout=FOREVER,
            folders=[tmp_path],
        )
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
        if "-X sandbox" in line
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


def test_a_package_is_preloaded_with_all_that_is_in_it() -> None:
    found = modules_of("onemanage.platform.sandbox")

    assert "onemanage.platform.sandbox.sandbox" in found
    assert modules_of("onemanage.platform")[0].startswith("onemanage.platform.")
    with pytest.raises(ModuleNotFoundError, match="onemanage.platform.nowhere"):
        modules_of("onemanage.platform.nowhere")


async def test_a_preload_that_does_not_exist_is_named() -> None:
    sandbox = Sandbox(memory_limit=LIMIT, preload=["onemanage.nowhere"])
    try:
        with pytest.raises(SandboxFailed, match="onemanage.nowhere"):
            await sandbox.warm()
    finally:
        await sandbox.close()


async def test_twenty_runs_leave_no_files_and_no_processes(sandbox: Sandbox) -> None:
    others = servers() & children_of(os.getpid())
    await sandbox.warm()
    files = set(os.listdir("/proc/self/fd"))
    processes = children_of(os.getpid())
    for _ in range(20):
        await sandbox.run(functions.add, 1, 2, timeout=FOREVER)
    await eventually(lambda: len(os.listdir("/proc/self/fd")) == len(files))
    assert len(children_of(os.getpid())) == len(processes)
    await sandbox.close()
    assert servers() & children_of(os.getpid()) == others


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_a_killed_parent_leaves_no_child(tmp_path: Path, loop: str) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        f"import {loop}, sandbox_functions\n"
        "from pathlib import Path\n"
        "from onemanage.platform.sandbox.sandbox import Sandbox\n"
        f"box = Sandbox(memory_limit={LIMIT})\n"
        "pid = Path(sys.argv[1])\n"
        "job = box.run(\n"
        "    sandbox_functions.sleep_and_tell, pid, timeout=60, folders=[pid.parent]\n"
        ")\n"
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
