"""CPU work in children that can be killed, and that can do little harm.

Each call runs in a fresh child of a fork server: it cannot block the event loop,
outlive its time, take more address space than it may have, or take the process
down with it. The child knows none of the parent's secrets, has no network, and reaches
the folders of its call only (confinement.py). Some are forked ahead (children.py).

    SandboxError
      SandboxTimeout          the call ran longer than it may      (invalid input)
      SandboxMemoryExceeded   the call wanted more memory          (invalid input)
      SandboxCrashed          the child broke off by itself        (invalid input)
      SandboxKilled           somebody else ended the child        (retryable)
      SandboxFailed           the function raised something else   (retryable)

An InvalidInput that the function raises is raised again in the parent, by its own type.
"""

import asyncio
import importlib
import math
import pickle
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from anyio import CancelScope, current_time, move_on_after
from loguru import logger

from onemanage.contracts.invalid_input import invalid_input_named
from onemanage.platform.sandbox.child import Call
from onemanage.platform.sandbox.children import Children
from onemanage.platform.sandbox.confinement import Bounds
from onemanage.platform.sandbox.messages import (
    Message,
    OutOfMemory,
    Raised,
    Reading,
    Refused,
    Reported,
    Returned,
    Started,
    reading,
)
from onemanage.platform.sandbox.process import Child, ForkServer, UnreadableMessage

_SECONDS_TO_START = 60.0
"""Until the fork server, with all that it imports, has made a child."""
_BY_ITSELF = {
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGSEGV,
    signal.SIGSYS,
    signal.SIGTRAP,
    signal.SIGXCPU,
    signal.SIGXFSZ,
}
"""Signals that what a process does brings upon it. Operators, stopping workers and the
machine's memory killer send others."""


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


class _Ended(SandboxError):
    def __init__(self, exitcode: int) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode
        """As of ``subprocess``: -6 after SIGABRT."""

    def __str__(self) -> str:
        return f"the child ended without an answer: {self.how}"

    @property
    def how(self) -> str:
        if self.exitcode < 0:
            return signal.Signals(-self.exitcode).name
        return f"exit code {self.exitcode}"


class SandboxCrashed(_Ended):
    """The function aborted, crashed, left, or was ended by a limit of its own."""


class SandboxKilled(_Ended):
    """Somebody outside has killed the child, or the fork server, and it with it."""


class SandboxFailed(SandboxError):
    """The function raised what is no InvalidInput, or gave what cannot be read here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        """A traceback, where there is one."""


class Clock:
    """How long a child runs; it stands while the child may be waiting for the parent."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._reasons_to_stand = 1
        self._scope: CancelScope | None = None

    def attach(self, scope: CancelScope) -> None:
        """Cancel the scope when the time is over. The clock stands until ``go``."""
        self._scope = scope

    def go(self) -> None:
        """Time counts again when every ``stand`` has had its ``go``."""
        self._reasons_to_stand -= 1
        if not self._reasons_to_stand and self._scope is not None:
            self._scope.deadline = current_time() + self._left

    def stand(self) -> None:
        """Until there were as many ``go``."""
        if not self._reasons_to_stand and self._scope is not None:
            self._left = self._scope.deadline - current_time()
            self._scope.deadline = math.inf
        self._reasons_to_stand += 1

    @contextmanager
    def standing(self) -> Iterator[None]:
        """While the block runs no time counts against the child."""
        self.stand()
        try:
            yield
        finally:
            self.go()


class Sandbox:
    """Runs functions in killable children, any number at a time.

    ``memory_limit`` is each child's address space in bytes (RLIMIT_AS), mapped
    libraries included. ``preload`` names the modules that every child finds already
    imported, ``readable`` what it may read beside the folders of its call. ``ahead`` are
    forked before a call needs them.
    """

    def __init__(
        self,
        *,
        memory_limit: int,
        preload: Sequence[str] = (),
        readable: Sequence[Path] = (),
        ahead: int = 0,
    ) -> None:
        self._memory_limit = memory_limit
        self._preload, self._readable = tuple(preload), tuple(readable)
        self._children = Children(ForkServer(self._preload), ahead)
        self._missing: list[str] = []
        self._warmed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Children that were forked ahead and wait for a call."""
        return self._children.waiting

    async def warm(self) -> None:
        """Start the fork server and make sure that every preload can be imported."""
        try:
            await self.run(_import_all, self._preload, timeout=60)
        finally:
            self._warmed.set()

    async def ready(self) -> None:
        """Returns once it is warm, or cannot become so, which calls say then."""
        await self._warmed.wait()

    async def run[R, P](
        self,
        function: Callable[..., R],
        *args: object,
        timeout: float | Clock,
        folders: Sequence[Path] = (),
        readable: Sequence[Path] = (),
        port: int | None = None,
        on_progress: Callable[[P], Awaitable[None]] | None = None,
        cpu_seconds: int | None = None,
        niceness: int = 0,
    ) -> R:
        """The value of ``function(*args)``, computed in a child of its own.

        ``function`` must be importable by name, outside ``__main__``, and must start
        no processes; a ChildFunction is imported in the child alone. Its annotations
        say how its value is read. It may read and write in ``folders``, read
        ``readable``, and connect to ``port`` of TCP alone. With ``on_progress`` it gets
        one more argument, ``report``; what it passes to that arrives at ``on_progress``
        in order.
        ``timeout`` is in seconds; what ``on_progress`` takes does not count. Over
        ``cpu_seconds`` of its processors it has crashed, by SIGXCPU; ``niceness`` lets
        others go before it. If this call is cancelled the child is killed.
        """
        clock = timeout if isinstance(timeout, Clock) else Clock(timeout)
        bounds = Bounds(
            self._memory_limit,
            tuple(folders),
            (*self._readable, *readable),
            port,
            cpu_seconds,
            niceness,
        )
        call = pickle.dumps(Call(function, args, on_progress is not None, bounds))
        types = reading(function, on_progress is not None)
        async with self._children.one() as child:
            with CancelScope() as scope:
                clock.attach(scope)
                await self._start(child)
                clock.go()
                answer: R = await self._answer(child, call, types, clock, on_progress)
                return answer
            assert scope.cancelled_caught
            raise SandboxTimeout(clock.seconds)

    async def close(self) -> None:
        """Kill what runs and stop the fork server. Calls in progress then fail."""
        await self._children.close()

    async def _start(self, child: Child) -> None:
        with move_on_after(_SECONDS_TO_START):
            await self._children.started(child)
            return
        raise SandboxFailed(f"no child after {_SECONDS_TO_START:g} s")

    async def _answer(
        self,
        child: Child,
        call: bytes,
        types: Reading,
        clock: Clock,
        on_progress: Callable[[Any], Awaitable[None]] | None,
    ) -> Any:
        started = False
        receive: Callable[[], Message | None] = partial(child.begin, call)
        while message := await self._received(receive):
            receive = child.receive
            match message:
                case Started(missing) if not started:
                    started = True
                    self._note(missing)
                case Reported(value) if on_progress is not None:
                    progress = _decoded(types.reported, value)
                    with clock.standing():
                        await on_progress(progress)
                case Returned(value):
                    child.has_answered = True
                    return _decoded(types.returned, value)
                case Refused(name, code, text, where):
                    child.has_answered = True
                    raise invalid_input_named(name, code, text, where)
                case OutOfMemory():
                    raise SandboxMemoryExceeded(self._memory_limit)
                case Raised(text):
                    raise SandboxFailed(text)
                case _:
                    raise SandboxFailed(f"nobody asked for {type(message).__name__}")
        raise _ended(await self._children.in_thread(child.wait), started)

    async def _received(self, receive: Callable[[], Message | None]) -> Message | None:
        try:
            return await self._children.in_thread(receive)
        except UnreadableMessage as error:
            raise SandboxFailed(
                f"what the child said cannot be read: {error}"
            ) from error

    def _note(self, missing: list[str]) -> None:
        """Once: all children of a machine are confined alike."""
        new = [layer for layer in missing if layer not in self._missing]
        if new:
            self._missing += new
            logger.warning(
                "Children that read foreign bytes are less confined here; missing: {}",
                ", ".join(new),
            )


@asynccontextmanager
async def open_sandbox(
    *,
    memory_limit: int,
    preload: Sequence[str] = (),
    readable: Sequence[Path] = (),
    ahead: int = 1,
) -> AsyncIterator[Sandbox]:
    """A sandbox that warms up while its owner goes on, closed at the end."""
    sandbox = Sandbox(
        memory_limit=memory_limit, preload=preload, readable=readable, ahead=ahead
    )
    warming = asyncio.create_task(sandbox.warm())
    warming.add_done_callback(_tell_if_cold)
    try:
        yield sandbox
        await warming
    finally:
        warming.cancel()
        await sandbox.close()


def _tell_if_cold(warming: asyncio.Task[None]) -> None:
    """At once: the owner looks at it when it ends, and works on until then."""
    if not warming.cancelled() and (error := warming.exception()) is not None:
        logger.error("Children start without what they need: {}", error)


def modules_of(package: str) -> list[str]:
    """Names of all modules in a package and below it, for ``preload``; none is imported.

    Raises ModuleNotFoundError.
    """
    found = find_spec(package)
    if found is None or found.submodule_search_locations is None:
        raise ModuleNotFoundError(f"There is no package {package}", name=package)
    (folder,) = map(Path, found.submodule_search_locations)
    files = (path.relative_to(folder) for path in sorted(folder.rglob("*.py")))
    return [
        ".".join((package, *file.with_suffix("").parts))
        for file in files
        if file.name != "__init__.py"
    ]


def made_in(folder: Path, name: str) -> Path:
    """The file in ``folder``, a path without links, that a child says it has made.

    Raises SandboxFailed where the name leads out of it, or where the child has put a
    link in the folder's own place: a child that was taken over would have the parent
    read, send or delete what it cannot reach itself.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder) or not path.is_file():
        raise SandboxFailed(f"there is no file {name!r} in the folder of the call")
    return path


def _decoded(decoder: msgspec.msgpack.Decoder[Any], value: msgspec.Raw) -> Any:
    try:
        return decoder.decode(value)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SandboxFailed(
            f"what the child gave is not as declared: {error}"
        ) from error


def _ended(exitcode: int, started: bool) -> SandboxError:
    """Before it has started, nothing of the input was read."""
    if not started and exitcode >= 0:
        return SandboxFailed(f"the child ended with exit code {exitcode} at its start")
    if started and (exitcode >= 0 or -exitcode in _BY_ITSELF):
        return SandboxCrashed(exitcode)
    return SandboxKilled(exitcode)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
