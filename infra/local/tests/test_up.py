"""`up` as a person runs it: refusals first, then the whole system."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onemanage.local.addresses import free_ports
from onemanage.local.up import AlreadyRunning, PortTaken, check_port, locked, up

COMMAND = (sys.executable, "-m", "onemanage.local", "up")


async def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} .* PORT="):
            await up(tmp_path / "data", port, print)
    assert not (tmp_path / "data").exists()


def test_a_port_that_was_just_left_is_free() -> None:
    (port,) = free_ports(1)
    check_port(port)
    check_port(port)


def test_a_second_runner_on_one_data_directory_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\)"):
            with locked(tmp_path):
                pytest.fail("both have it")
    with locked(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_the_command_line_tells_what_is_wrong_and_exits_1(tmp_path: Path) -> None:
    with locked(tmp_path):
        (port,) = free_ports(1)
        done = subprocess.run(
            (*COMMAND, "--data-dir", str(tmp_path), "--port", str(port)),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("OneManage already runs on")
    assert "Traceback" not in done.stderr


def test_two_nodes_are_refused() -> None:
    done = subprocess.run(
        (*COMMAND, "--nodes", "2"), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"--nodes" in done.stderr


@contextmanager
def started(
    data_dir: Path, port: int, log: Path, nodes: int = 1
) -> Iterator[subprocess.Popen[bytes]]:
    options = ("--data-dir", str(data_dir), "--port", str(port), "--nodes", str(nodes))
    arguments = (*COMMAND, *options)
    with (
        log.open("wb") as output,
        subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(900):
        text = log.read_text(encoding="utf-8")
        if "OneManage is ready" in text and "Stop with Ctrl-C" in text:
            return text
        assert process.poll() is None, text
        time.sleep(0.1)
    raise AssertionError(text)


def descendants(pid: int) -> set[int]:
    """All processes that came from this one, as far as they still run."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            children.setdefault(parent_of(int(entry.name)), []).append(int(entry.name))
    found, left = set[int](), [pid]
    while left:
        born = children.get(left.pop(), [])
        found.update(born)
        left += born
    return found


def parent_of(pid: int) -> int:
    """0 for a process that has ended, reaped or not."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    state, parent = text.rpartition(")")[2].split()[:2]
    return 0 if state == "Z" else int(parent)


def left_of(pids: set[int]) -> list[int]:
    """Those that still run when all have had a moment to end."""
    for _ in range(300):  # PostgreSQL writes out what it has first
        running = [pid for pid in pids if parent_of(pid)]
        if not running:
            break
        time.sleep(0.1)
    return running


def test_the_whole_system_starts_serves_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    data_dir, log = tmp_path / "data", tmp_path / "log"
    (port,) = free_ports(1)
    with started(data_dir, port, log) as process:
        text = wait_until_ready(process, log)
        key = json.loads((data_dir / "credentials.json").read_text())["owner_api_key"]
        assert key.startswith("om_live_")
        assert key in text
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/tasks",
            headers={"Authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 200
        all_of_it = descendants(process.pid)
        assert len(all_of_it) >= 9
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert left_of(all_of_it) == []
    assert "Traceback" not in log.read_text(encoding="utf-8")
    with started(data_dir, port, log) as process:
        assert key not in wait_until_ready(process, log)
        all_of_it = descendants(process.pid)
        process.kill()  # nothing outlives it, by PDEATHSIG
        process.wait()
    assert left_of(all_of_it) == []


def test_the_whole_system_starts_on_three_nodes_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    (port,) = free_ports(1)
    with started(tmp_path / "data", port, log, nodes=3) as process:
        assert "3 NATS nodes" in wait_until_ready(process, log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as response:
            assert response.status == 200
        all_of_it = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert left_of(all_of_it) == []
    assert "Traceback" not in log.read_text(encoding="utf-8")
