"""CPU work in children that can be killed.

Each call runs in a fresh child of a fork server: it cannot block the event loop,
outlive its time, take more address space than it may have, or take the process
down with it. The fork server is exec'd, so no child holds the parent's sockets.

    SandboxError
      SandboxTimeout          the call took longer than it may     (invalid input)
      SandboxMemoryExceeded   the call wanted more memory          (invalid input)
      SandboxCrashed          the child ended without an answer    (retryable)

What the function itself raises is raised again in the parent, by its own type.
"""

import asyncio
import importlib
import io
import math
import os
import pickle
import signal
import threading
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from multiprocessing import Pipe, reduction, spawn
from multiprocessing.connection import Connection
from multiprocessing.forkserver import ForkServer, read_signed
from typing import Any

from anyio import CancelScope, CapacityLimiter, move_on_after, to_thread

from onemanage.platform.sandbox_child import Job, Kind, Message

_FIRST = "onemanage.platform.sandbox_preload"


class SandboxError(Exception):
    """A call in the sandbox has no answer of its own."""


class SandboxTimeout(SandboxError):
    def __init__(self, timeout: float) -> None:
        super().__init__(timeout)
        self.timeout = timeout

    def __str__(self) -> str:
        return f"not done after {self.timeout:g} s and stopped"


class SandboxMemoryExceeded(SandboxError):
    def __init__(self, memory_limit: int) -> None:
        super().__init__(memory_limit)
        self.memory_limit = memory_limit

    def __str__(self) -> str:
        return f"needs more than the {self.memory_limit} bytes of memory it may have"


class SandboxCrashed(SandboxError):
    """The child ended without an answer that the parent can read."""

    def __init__(self, exitcode: int, text: str = "") -> None:
        super().__init__(exitcode, text)
        self.exitcode = exitcode
        """As of ``subprocess``: -9 after SIGKILL; 0 if only the answer was bad."""
        self.text = text
        """Traceback of an exception or answer that cannot be pickled."""

    def __str__(self) -> str:
        if self.text:
            return f"the answer cannot leave the child: {self.text}"
        if self.exitcode < 0:
            name = signal.Signals(-self.exitcode).name
            return f"the child was killed by {name}"
        return f"the child ended with exit code {self.exitcode} and no answer"


class Sandbox:
    """Runs functions in killable children, any number at a time.

    ``memory_limit`` is each child's address space in bytes (RLIMIT_AS), mapped
    libraries included. ``preload`` names the modules that every child finds already
    imported.
    """

    def __init__(self, *, memory_limit: int, preload: Sequence[str] = ()) -> None:
        self._memory_limit = memory_limit
        self._preload = tuple(preload)
        self._server = ForkServer()
        self._server.set_forkserver_preload([_FIRST, *preload])
        self._running: set[_Child] = set()
        # One thread a child waits for it; how many children there are is up to the
        # caller, and the process's other threads keep their own limit.
        self._threads = CapacityLimiter(math.inf)

    async def warm(self) -> None:
        """Start the fork server and make sure that every preload can be imported."""
        await self.run(_import_all, self._preload, timeout=60)

    async def run[R, P](
        self,
        function: Callable[..., R],
        *args: object,
        timeout: float,
        on_progress: Callable[[P], Awaitable[None]] | None = None,
    ) -> R:
        """The value of ``function(*args)``, computed in a child of its own.

        ``function`` must be importable by name, outside ``__main__``, and must start
        no processes. With ``on_progress`` it gets one more argument, ``report``; what
        it passes to ``report`` arrives at ``on_progress`` in order, and ``report``
        waits when the parent is slow. ``timeout`` is in seconds, start and progress
        included. If this call is cancelled the child is killed.
        """
        job = Job(function, args, on_progress is not None, self._memory_limit)
        child = _Child(self._server, job)
        self._running.add(child)
        try:
            with move_on_after(timeout) as scope:
                await self._in_thread(child.start)
                answer: R = await self._answer(child, on_progress)
                return answer
            assert scope.cancelled_caught
            raise SandboxTimeout(timeout)
        finally:
            child.kill()
            with CancelScope(shield=True):
                await self._in_thread(child.close)
            self._running.discard(child)

    async def _answer(
        self, child: "_Child", on_progress: Callable[[Any], Awaitable[None]] | None
    ) -> Any:
        while message := await self._in_thread(child.receive):
            match message:
                case Kind.PROGRESS, progress if on_progress is not None:
                    await on_progress(progress)
                case Kind.RESULT, result:
                    return result
                case Kind.RAISED, pickled:
                    raise pickle.loads(pickled)
                case Kind.OUT_OF_MEMORY, _:
                    raise SandboxMemoryExceeded(self._memory_limit)
                case Kind.UNPICKLABLE, text:
                    raise SandboxCrashed(0, text)
        raise SandboxCrashed(await self._in_thread(child.wait))

    async def close(self) -> None:
        """Kill what runs and stop the fork server. Calls in progress then fail."""
        for child in self._running:
            child.kill()
        with CancelScope(shield=True):
            await self._in_thread(self._server._stop)  # type: ignore[attr-defined]  # typeshed leaves it out

    async def _in_thread[T](self, function: Callable[[], T]) -> T:
        return await to_thread.run_sync(
            function, abandon_on_cancel=True, limiter=self._threads
        )


@asynccontextmanager
async def open_sandbox(
    *, memory_limit: int, preload: Sequence[str] = ()
) -> AsyncIterator[Sandbox]:
    """A sandbox that warms up while its owner goes on, closed at the end."""
    sandbox = Sandbox(memory_limit=memory_limit, preload=preload)
    warming = asyncio.create_task(sandbox.warm())
    try:
        yield sandbox
        await warming
    finally:
        warming.cancel()
        await sandbox.close()


class _Child:
    """One child process. Every method but ``kill`` blocks and belongs in a thread.

    Tasks can be cancelled, threads cannot. So whichever thread is still at work on an
    abandoned child holds the lock, and ``close`` waits for it: no file descriptor is
    closed under a reader, and no child is forgotten that had just been started.
    """

    def __init__(self, server: ForkServer, job: Job) -> None:
        self._server = server
        self._job = job
        self._lock = threading.Lock()
        self._handle = threading.Lock()
        """Guards ``_process``, and is never held for long."""
        self._sentinel: int | None = None
        self._process: int | None = None
        self._connection: Connection | None = None
        self._exitcode: int | None = None
        self._killed = False

    def start(self) -> None:
        with self._lock:
            if self._killed:
                return
            pickled = _pickled(self._job)
            self._connection, theirs = Pipe(duplex=False)
            with theirs:
                fds = [theirs.fileno()]
                self._sentinel, writer = self._server.connect_to_new_process(fds)
            with open(writer, "wb") as stream:
                try:
                    pid = read_signed(self._sentinel)
                    with self._handle:
                        # A process id may have another owner by the time of a kill.
                        self._process = os.pidfd_open(pid)
                    stream.write(pickled)
                    stream.flush()
                except (EOFError, BrokenPipeError, ProcessLookupError):
                    return  # it is dead already: receive and close say so

    def receive(self) -> Message | None:
        """The next message, or None when the child has ended."""
        with self._lock:
            if self._connection is None:
                return None
            try:
                pickled = self._connection.recv_bytes()
            except (EOFError, OSError):  # OSError: it ended within a message
                return None
        try:
            message: Message = pickle.loads(pickled)
        except Exception:  # unpickling runs foreign code, which may raise anything
            return Kind.UNPICKLABLE, traceback.format_exc()
        return message

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
            if self._sentinel is not None:
                os.close(self._sentinel)
                self._sentinel = None
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            with self._handle:
                if self._process is not None:
                    os.close(self._process)
                    self._process = None

    def _read_exitcode(self) -> int:
        if self._sentinel is None:
            return 0
        try:
            exitcode: int = read_signed(self._sentinel)
        except EOFError:  # the fork server was killed, and its children with it
            return -int(signal.SIGKILL)
        return exitcode


def _pickled(job: Job) -> bytes:
    """What a child of the fork server reads: its preparation, then what to run."""
    preparation = spawn.get_preparation_data("sandbox")
    # A child does without the parent's main module, which would bring all of the
    # worker, its clients included, into every call; and without its secret.
    for unwanted in ("init_main_from_name", "init_main_from_path", "authkey"):
        preparation.pop(unwanted, None)
    buffer = io.BytesIO()
    reduction.dump(preparation, buffer)
    reduction.dump(job, buffer)
    return buffer.getvalue()


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
