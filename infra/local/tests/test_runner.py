"""The supervisor, on real processes: sleepers, crashers, ones that ignore SIGTERM."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import anyio
import pytest

from onemanage.local.child import Command
from onemanage.local.gates import file_exists, passed
from onemanage.local.runner import Job, Process, Runner, StartFailed, running

PREAMBLE = """
import os, pathlib, signal, subprocess, sys, time
here = pathlib.Path(sys.argv[1])
def write_pid(name):
    (here / "new").write_text(str(os.getpid()))
    (here / "new").rename(here / name)
"""
SLEEPER = "write_pid('ready'); time.sleep(60)"
IGNORER = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER


def script(tmp_path: Path, source: str) -> Command:
    text = PREAMBLE + textwrap.dedent(source)
    return Command(arguments=(sys.executable, "-c", text, str(tmp_path)))


def process(
    tmp_path: Path, source: str, *, name: str = "one", stage: int = 1
) -> Process:
    tmp_path.mkdir(exist_ok=True)
    return Process(
        name=name,
        command=script(tmp_path, source),
        ready=file_exists(tmp_path / "ready"),
        ready_within=10,
        stage=stage,
        stop_within=0.5,
    )


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]
    except FileNotFoundError:
        return False
    return state != "Z"


async def gone(pid: int) -> None:
    """For processes that are not ours to wait for."""
    with anyio.fail_after(10):
        while is_alive(pid):
            await anyio.sleep(0.02)


class Lines(list[tuple[str, str]]):
    def __call__(self, name: str, line: str) -> None:
        self.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for by, line in self if by == name]


@pytest.fixture
def lines() -> Lines:
    return Lines()


async def test_a_started_process_is_ready_and_gone_after_the_block(
    tmp_path: Path, lines: Lines
) -> None:
    async with running(lines) as runner:
        await runner.start(process(tmp_path, SLEEPER))
        pid = runner.pid("one")
        assert int((tmp_path / "ready").read_text()) == pid
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_every_line_arrives_under_the_name_of_its_process(
    tmp_path: Path, lines: Lines
) -> None:
    source = r"""
        print("one\ntwo", flush=True)
        os.write(2, b"not \xff UTF-8\r\n")
        sys.stdout.write("no newline at the end")
    """
    async with running(lines) as runner:
        await runner.run(Job(name="talker", command=script(tmp_path, source)))
    expected = ["one", "two", "not \ufffd UTF-8", "no newline at the end"]
    assert lines.of("talker") == expected


async def test_a_process_that_ends_before_it_is_ready_fails_with_its_last_lines(
    tmp_path: Path, lines: Lines
) -> None:
    with pytest.raises(StartFailed, match="exit code 3") as failed:
        async with running(lines) as runner:
            await runner.start(process(tmp_path, "sys.exit(print('no disk') or 3)"))
    assert failed.value.last_lines == ("no disk",)


async def test_a_process_that_is_never_ready_fails_and_is_killed(
    tmp_path: Path, lines: Lines
) -> None:
    slow = Process(
        name="slow",
        command=script(tmp_path, "write_pid('pid'); time.sleep(60)"),
        ready=file_exists(tmp_path / "never"),
        ready_within=2,
    )
    with pytest.raises(StartFailed, match="was not ready within 2 s"):
        async with running(lines) as runner:
            await runner.start(slow)
    assert not is_alive(int((tmp_path / "pid").read_text()))


async def test_a_command_that_does_not_exist_fails_with_its_name(
    tmp_path: Path, lines: Lines
) -> None:
    job = Job(name="absent", command=Command(arguments=("/no/such/program",)))
    with pytest.raises(StartFailed, match="/no/such/program cannot be started"):
        async with running(lines) as runner:
            await runner.run(job)


async def test_a_job_must_end_with_exit_code_0(tmp_path: Path, lines: Lines) -> None:
    async with running(lines) as runner:
        await runner.run(Job(name="good", command=script(tmp_path, "")))
        with pytest.raises(StartFailed, match="bad failed: exit code 2"):
            await runner.run(Job(name="bad", command=script(tmp_path, "sys.exit(2)")))


async def test_a_job_gets_its_input(tmp_path: Path, lines: Lines) -> None:
    command = Command(
        arguments=(sys.executable, "-c", "print(input())"), input=b"SELECT\n"
    )
    async with running(lines) as runner:
        await runner.run(Job(name="reader", command=command))
    assert lines.of("reader") == ["SELECT"]


async def test_a_process_that_dies_is_started_again(
    tmp_path: Path, lines: Lines
) -> None:
    async with running(lines) as runner:
        await runner.start(process(tmp_path, SLEEPER))
        first = runner.pid("one")
        (tmp_path / "ready").unlink()
        os.kill(first, signal.SIGKILL)
        with anyio.fail_after(10):
            await passed(file_exists(tmp_path / "ready"))
        second = runner.pid("one")
        assert second != first
    assert not is_alive(second)
    assert lines.of("runner") == [
        "one stopped: killed by SIGKILL; starting it again in 0.5 s"
    ]


async def test_a_process_that_ignores_its_stop_signal_is_killed(
    tmp_path: Path, lines: Lines
) -> None:
    async with running(lines) as runner:
        await runner.start(process(tmp_path, IGNORER))
        pid = runner.pid("one")
    assert not is_alive(pid)
    assert lines.of("runner") == ["one did not stop in 0.5 s: killed"]


async def test_what_a_process_leaves_in_its_group_is_killed_with_it(
    tmp_path: Path, lines: Lines
) -> None:
    source = """
        left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (here / "left").write_text(str(left.pid))
        write_pid("ready")
        time.sleep(60)
    """
    async with running(lines) as runner:
        await runner.start(process(tmp_path, source))
        left = int((tmp_path / "left").read_text())
        assert is_alive(left)
    assert not is_alive(left)


async def test_services_are_gone_before_the_servers_are_asked_to_stop(
    tmp_path: Path, lines: Lines
) -> None:
    last_words = """
        def stop(*_):
            print("stopped", flush=True)
            sys.exit(0)
        signal.signal(signal.SIGTERM, stop)
        write_pid("ready")
        time.sleep(60)
    """
    async with running(lines) as runner:
        await runner.start(
            process(tmp_path / "a", last_words, name="server", stage=0),
            process(tmp_path / "b", last_words, name="service", stage=1),
        )
    assert lines == [("service", "stopped"), ("server", "stopped")]


async def test_everything_stops_when_the_block_is_cancelled(
    tmp_path: Path, lines: Lines
) -> None:
    pids = []
    with anyio.CancelScope() as scope:
        async with running(lines) as runner:
            await runner.start(process(tmp_path, IGNORER))
            pids.append(runner.pid("one"))
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert not is_alive(pids[0])


async def test_an_error_in_the_block_arrives_as_itself(
    tmp_path: Path, lines: Lines
) -> None:
    started: list[Runner] = []
    with pytest.raises(ZeroDivisionError):
        async with running(lines) as runner:
            started.append(runner)
            await runner.start(process(tmp_path, SLEEPER))
            raise ZeroDivisionError
    assert not is_alive(started[0].pid("one"))


async def test_a_process_does_not_outlive_a_runner_that_was_killed(
    tmp_path: Path,
) -> None:
    source = f"""
        import anyio
        from test_runner import IGNORER, Lines, process
        from onemanage.local.runner import running
        from pathlib import Path
        async def main():
            async with running(Lines()) as runner:
                await runner.start(process(Path({str(tmp_path)!r}), IGNORER))
                await anyio.sleep_forever()
        anyio.run(main)
    """
    command = [sys.executable, "-c", textwrap.dedent(source)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen(command, env=environment) as runner:
        with anyio.fail_after(20):
            await passed(file_exists(tmp_path / "ready"))
        runner.kill()
    await gone(int((tmp_path / "ready").read_text()))
