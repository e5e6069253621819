"""One operating-system process: started in its own session, read line by line, ended."""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import anyio
from anyio.abc import TaskGroup

type Output = Callable[[str, str], None]
"""Takes the name of a process and one line that it printed, without its newline."""

SHIM = Path(__file__).with_name("exec_shim.py")
KEPT_LINES = 20
LAST_OUTPUT_WITHIN = 1.0
# What was killed is not gone at once; and a container's first process may never reap it.
GROUP_GONE_WITHIN = 0.2


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to execute, and as whom (see exec_shim.py)."""

    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    user: str = "same"
    death_signal: signal.Signals = signal.SIGKILL
    input: bytes = b""

    def __post_init__(self) -> None:
        if len(self.input) > 4096:
            raise ValueError("a command's input is at most 4096 bytes: it is a pipe")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it. Raises OSError where it cannot be."""
        return _popen(self)


class Started(Protocol):
    """A process that runs: ``subprocess.Popen``, or a fork of the nursery."""

    pid: int

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it prints, as a stream of bytes."""

    def wait(self) -> int:
        """Block until it ends; the exit code."""


class Start(Protocol):
    """How a process comes to be."""

    def start(self) -> Started:
        """Start it."""


class Child:
    """A started command. It is ended by `end` alone, whatever is cancelled around it."""

    def __init__(self, name: str, command: Start, output: Output) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.exited = anyio.Event()
        self._output = output
        self._read_all = anyio.Event()
        self._process = command.start()
        self._pidfd = os.pidfd_open(self._process.pid)

    @property
    def pid(self) -> int:
        """Of the process, also after it has ended."""
        return self._process.pid

    @property
    def exit_code(self) -> int:
        """Negative for a signal, as in subprocess; valid once it exited."""
        return self._process.wait()

    def watch(self, tasks: TaskGroup) -> None:
        """Forward its output line by line, and set ``exited`` at its end, in ``tasks``."""
        tasks.start_soon(self._forward_output)
        tasks.start_soon(self._wait_for_exit)

    async def end(self, stop_signal: signal.Signals, grace: float) -> bool:
        """Ask, wait, kill. Returns whether it went without being killed."""
        with anyio.CancelScope(shield=True):
            self.send(stop_signal)
            with anyio.move_on_after(grace):
                await self.exited.wait()
            obeyed = self.exited.is_set()
            if not obeyed:
                self._kill_group()
                await self.exited.wait()
        return obeyed

    def send(self, number: signal.Signals) -> None:
        """Nothing happens when it has ended."""
        if self.exited.is_set():
            return
        try:
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            return  # it ended by itself; only its last lines are still being read

    def _kill_group(self) -> None:
        """Kill it and whatever it left behind in its session's first process group."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # the whole group is gone already

    def _group_exists(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def _wait_for_exit(self) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.wait_readable(self._pidfd)
            # Not reaped yet, so the group's number cannot be another's by now.
            self._kill_group()
            self._process.wait()
            with anyio.move_on_after(LAST_OUTPUT_WITHIN):
                await self._read_all.wait()
            with anyio.move_on_after(GROUP_GONE_WITHIN):
                while self._group_exists():
                    await anyio.sleep(0.01)
            self.exited.set()
            os.close(self._pidfd)

    async def _forward_output(self) -> None:
        assert self._process.stdout is not None
        pending = b""
        with anyio.CancelScope(shield=True), self._process.stdout as pipe:
            os.set_blocking(pipe.fileno(), False)
            while not self.exited.is_set():
                with anyio.move_on_after(LAST_OUTPUT_WITHIN):
                    await anyio.wait_readable(pipe)
                try:
                    chunk = os.read(pipe.fileno(), 65536)
                except BlockingIOError:
                    continue
                if not chunk:
                    break
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    self._emit(line)
        if pending:
            self._emit(pending)
        self._read_all.set()

    def _emit(self, raw: bytes) -> None:
        line = raw.decode(errors="replace").rstrip("\r")
        self.last_lines.append(line)
        self._output(self.name, line)


def _popen(command: Command) -> subprocess.Popen[bytes]:
    """A session of its own keeps the terminal's Ctrl-C away: only the runner hears it."""
    reading, writing = os.pipe()
    try:
        os.write(writing, command.input)
        os.close(writing)
        return subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", str(SHIM)),
                *(str(os.getpid()), str(int(command.death_signal)), command.user),
                *command.arguments,
            ],
            env=None if command.environment is None else dict(command.environment),
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    finally:
        os.close(reading)
