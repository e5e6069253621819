"""The parent's side of the sandbox's processes: the fork server, and one child of it."""

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from onemanage.platform.sandbox.messages import (
    HEAD_BYTES,
    MOST_BYTES,
    Message,
    Started,
    decoded,
)
from onemanage.platform.sandbox.server import ENDING, NUMBER

ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""All that the fork server and its children have, besides ``_OF_THE_MACHINE``.

BLAS starts its threads when it is imported, and children are forked from a process that
has one thread.
"""
_OF_THE_MACHINE = ("LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Where libraries lie and what the processor can do. No settings, no secrets."""
_PROGRAM = (
    "import sys; sys.path[:] = {path!r}; "
    "from onemanage.platform.sandbox.server import serve; serve({fd}, {preload!r})"
)
_CHUNK = 1 << 20


class Usage(NamedTuple):
    """What a child has used in its life."""

    peak_bytes: int
    """The most memory at a time, what it shared with others counted in."""
    cpu_seconds: float


class UnreadableMessage(Exception):
    """What a child said cannot be read."""


class ForkServer:
    """Started with the first child, and again when it has died."""

    def __init__(self, preload: Sequence[str]) -> None:
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, reading: int, writing: int, telling: int) -> None:
        """Ask for a child that holds these three descriptors. Raises OSError."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._stop()
                self._start()
            assert self._control is not None  # it has been started
            socket.send_fds(self._control, [b"\0"], [reading, writing, telling])

    def stop(self) -> None:
        """And wait until it has ended; the kernel kills its children then."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        machine = {key: os.environ[key] for key in _OF_THE_MACHINE if key in os.environ}
        program = _PROGRAM.format(
            path=[os.path.abspath(path) for path in sys.path if path],
            fd=theirs.fileno(),
            preload=self._preload,
        )
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as multiprocessing does; typeshed leaves it out
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *flags, "-X", "sandbox", "-c", program],
                stdin=subprocess.DEVNULL,
                env=machine | ENVIRONMENT,
                pass_fds=[theirs.fileno()],
            )

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.wait()
            self._process = None


class Child:
    """One child process. Most methods block and belong in a thread.

    Tasks can be cancelled, threads cannot. So whichever thread is still at work on an
    abandoned child holds the lock, and ``close`` waits for it: no file descriptor is
    closed under a reader, and no child is forgotten that had just been started.
    """

    def __init__(self, server: ForkServer) -> None:
        self.has_answered = False
        """For its owner to say: its end need not be waited for then."""
        self.stays = False
        """For its owner to say: it waits for a further call."""
        self.missing: list[str] | None = None
        """What Started said at the call that was last begun; None until it did."""
        self.begun_at = 0.0
        """Seconds since 1970, of the call that was last begun; 0 until one was."""
        self._server = server
        self._lock = threading.Lock()
        self._handle = threading.Lock()
        """Guards ``_process``, and is never held for long."""
        self._process: int | None = None
        self._status: int | None = None
        """Says the process id, then the exit code."""
        self._asking: int | None = None
        """Where it is handed its call."""
        self._messages: int | None = None
        self._exitcode: int | None = None
        self.used: Usage | None = None
        """Known once it has ended, where it had a call."""
        self._killed = False

    def start(self) -> None:
        """Fork it. It makes itself ready, and waits for its call.

        Nothing is started where it was killed before.
        """
        with self._lock:
            if self._killed:
                return
            reading, self._asking = os.pipe()
            self._messages, writing = os.pipe()
            self._status, telling = os.pipe()
            try:
                self._server.fork(reading, writing, telling)
            except BrokenPipeError:
                pass  # the server has just died: receive and close say so
            finally:
                for theirs in (reading, writing, telling):
                    os.close(theirs)
            try:
                (pid,) = _read_numbers(self._status, NUMBER)
                with self._handle:
                    # A process id may have another owner by the time of a kill.
                    self._process = os.pidfd_open(pid)
            except (EOFError, ProcessLookupError):
                pass  # it is dead already: receive and close say so

    def is_waiting(self) -> bool:
        """Whether it lives, and has no call that is not answered, as far as its owner
        knows. Does not block."""
        with self._handle:
            if self._process is None or self._killed or self._asking is None:
                return False
            ended = select.poll()  # not select: descriptors may be over 1023
            ended.register(self._process, select.POLLIN)
            return not ended.poll(0)

    def begin(self, call: bytes) -> Message | None:
        """Hand it the call, pickled; then as ``receive``, of what comes after Started."""
        self.missing = None
        with self._lock:
            if self._asking is None:
                return None
            left = memoryview(call)
            try:
                while left:
                    left = left[os.write(self._asking, left) :]
            except BrokenPipeError:
                pass  # it is dead already: receive and close say so
        message = self.receive()
        if not isinstance(message, Started):
            return message
        self.missing, self.begun_at = message.missing, time.time()
        return self.receive()

    def receive(self) -> Message | None:
        """The next message, or None when the child has ended.

        Raises UnreadableMessage.
        """
        with self._lock:
            if self._messages is None:
                return None
            head = _read(self._messages, HEAD_BYTES)
            size = int.from_bytes(head, "big")
            if size > MOST_BYTES:
                raise UnreadableMessage(f"a message of {size} bytes")
            data = _read(self._messages, size)
        if len(head) < HEAD_BYTES or len(data) < size:
            return None
        try:
            return decoded(data)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise UnreadableMessage(str(error)) from error

    def wait(self) -> int:
        """The exit code, once the child has ended: negative for a signal."""
        with self._lock:
            if self._exitcode is None:
                self._exitcode = self._read_exitcode()
            return self._exitcode

    def kill(self) -> None:
        """Kill the child now, or as soon as ``close`` finds it started."""
        with self._handle:
            self._killed = True
            if self._process is not None:
                with suppress(ProcessLookupError):  # it has ended
                    signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def close(self) -> None:
        """Kill the child, wait until it is dead and free what it held."""
        self.kill()
        with self._lock:
            self.kill()
            if self._exitcode is None:
                self._exitcode = self._read_exitcode()
            for descriptor in (self._status, self._asking, self._messages):
                if descriptor is not None:
                    os.close(descriptor)
            self._status = self._asking = self._messages = None
            with self._handle:
                if self._process is not None:
                    os.close(self._process)
                    self._process = None

    def _read_exitcode(self) -> int:
        if self._status is None:
            return 0
        try:
            code, kib, microseconds = _read_numbers(self._status, ENDING)
            if self.begun_at:
                self.used = Usage(kib << 10, microseconds / 1e6)
            return code
        except EOFError:  # the fork server was killed, and its children with it
            return -int(signal.SIGKILL)


def _read(descriptor: int, size: int) -> bytes:
    """Less only where the writer has ended."""
    data = bytearray()
    while len(data) < size:
        chunk = os.read(descriptor, min(size - len(data), _CHUNK))
        if not chunk:
            break
        data += chunk
    return bytes(data)


def _read_numbers(descriptor: int, form: struct.Struct) -> tuple[int, ...]:
    data = _read(descriptor, form.size)
    if len(data) < form.size:
        raise EOFError
    return form.unpack(data)
