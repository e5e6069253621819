"""CPU work in children that can be killed, and that can do little harm.

Each call runs in a fresh child of a fork server, but for those that share a room
(rooms.py): it cannot block the event loop, outlive its time, take more address space
than it may have, or take the process down with it. The child knows none of the parent's
secrets, has no network, and reaches the folders of its call only (confinement.py). Some
are forked ahead (children.py).

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
import pickle
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from anyio import CancelScope, move_on_after
from loguru import logger

from onemanage.contracts.invalid_input import InvalidInput, invalid_input_named
from onemanage.platform.process.figures import SANDBOX_CHILDREN
from onemanage.platform.process.telemetry import is_told
from onemanage.platform.sandbox.child import MOST_LEFT, Call
from onemanage.platform.sandbox.children import Children
from onemanage.platform.sandbox.clock import Clock
from onemanage.platform.sandbox.confinement import Bounds
from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxError,
    SandboxFailed,
    SandboxKilled,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.sandbox.measuring import measured, tell_steps
from onemanage.platform.sandbox.messages import (
    Message,
    OutOfMemory,
    Raised,
    Reading,
    Refused,
    Reported,
    Returned,
    Stepped,
    reading,
)
from onemanage.platform.sandbox.process import Child, ForkServer, UnreadableMessage
from onemanage.platform.sandbox.rooms import IDLE_SECONDS, Room, Rooms

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


class _NotItsFault(Exception):
    """A call has no value, in a child that had carried out others before it."""


class _Told(NamedTuple):
    """A call, on its way to a child."""

    call: bytes
    types: Reading
    clock: Clock
    on_progress: Callable[[Any], Awaitable[None]] | None


class Sandbox:
    """Runs functions in killable children, any number at a time.

    ``memory_limit`` is each child's address space in bytes (RLIMIT_AS), mapped
    libraries included. ``preload`` names the modules that every child finds already
    imported, ``readable`` what it may read beside the folders of its call. ``ahead`` are
    forked before a call needs them. A child that stays for further calls ends after
    ``idle_seconds``, and once it has kept ``most_left`` bytes.
    """

    def __init__(
        self,
        *,
        memory_limit: int,
        preload: Sequence[str] = (),
        readable: Sequence[Path] = (),
        ahead: int = 0,
        idle_seconds: float = IDLE_SECONDS,
        most_left: int = MOST_LEFT,
    ) -> None:
        self._memory_limit, self._most_left = memory_limit, most_left
        self._preload, self._readable = tuple(preload), tuple(readable)
        self._children = Children(ForkServer(self._preload), ahead)
        self._rooms = Rooms(self._children, idle_seconds)
        self._missing: list[str] = []
        self._warmed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Children that were forked ahead and wait for a call."""
        return self._children.waiting

    def by_state(self) -> dict[tuple[str, ...], float]:
        """How many children wait, and how many run."""
        return {("waiting",): self.waiting, ("running",): self._children.running}

    async def warm(self) -> None:
        """Start the fork server and make sure that every preload can be imported."""
        try:
            await self.run(_import_all, self._preload, timeout=60)
        finally:
            self._warmed.set()

    async def ready(self) -> None:
        """Returns once it is warm, or cannot become so, which calls say then."""
        await self._warmed.wait()

    def room(self, owner: str, most_calls: int) -> AbstractContextManager[Room]:
        """For one call of ``run``, and more of this owner's after it."""
        return self._rooms.room(owner, most_calls)

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
        room: Room | None = None,
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
        others go before it. With a ``room`` its child carries the call out, and its folder
        is one of ``folders``; all calls of its owner have the same bounds. What it says
        against a call that is not its first is not taken for true: a new one tries.
        If this call is cancelled the child is killed.
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
        reports = on_progress is not None
        most_calls = 1 if room is None else room.most_calls
        told_steps, left = is_told(), self._most_left
        call = pickle.dumps(
            Call(function, args, reports, bounds, told_steps, most_calls, left)
        )
        types = reading(function, reports)
        told = _Told(call, types, clock, on_progress)
        async with measured(function):
            answer: R = await self._asked(room, told)
            return answer

    async def _asked(self, room: Room | None, told: "_Told") -> Any:
        if room is not None and room.child is not None:
            with suppress(_NotItsFault):
                return await self._told_again(room, told)
            told.clock.stand()
        return await self._carried_out(room, None, told)

    async def _told_again(self, room: Room, told: "_Told") -> Any:
        """By the child that is there. Raises _NotItsFault where it gives no value: that
        may be due to a call before. Time is each call's own."""
        try:
            return await self._carried_out(room, room.child, told)
        except (SandboxError, InvalidInput) as error:
            if isinstance(error, SandboxError) and error.is_over_time:
                raise
            raise _NotItsFault from error

    async def _carried_out(
        self, room: Room | None, staying: Child | None, told: "_Told"
    ) -> Any:
        async with self._children.one(staying) as child:
            if room is not None:
                room.begin(child)
            with CancelScope() as scope:
                told.clock.attach(scope)
                await self._start(child)
                told.clock.go()
                answer = await self._answer(child, told)
                child.stays = room is not None and not self._missing
                return answer
            assert scope.cancelled_caught
            raise SandboxTimeout(told.clock.seconds)

    async def close(self) -> None:
        """Kill what runs and stop the fork server. Calls in progress then fail."""
        self._rooms.close()
        await self._children.close()

    async def _start(self, child: Child) -> None:
        with move_on_after(_SECONDS_TO_START):
            await self._children.started(child)
            return
        raise SandboxFailed(f"no child after {_SECONDS_TO_START:g} s")

    async def _answer(self, child: Child, told: "_Told") -> Any:
        types, clock, on_progress = told.types, told.clock, told.on_progress
        message = await self._received(partial(child.begin, told.call))
        self._note(child.missing or [])
        while message is not None:
            match message:
                case Stepped(steps):
                    tell_steps(steps, child.begun_at)
                    message = await self._received(child.receive)
                case Reported(value) if on_progress is not None:
                    progress = _decoded(types.reported, value)
                    with clock.standing():
                        await on_progress(progress)
                    message = await self._received(child.receive)
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
        exitcode = await self._children.in_thread(child.wait)
        raise _ended(exitcode, started=child.missing is not None)

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
    idle_seconds: float = IDLE_SECONDS,
    most_left: int = MOST_LEFT,
) -> AsyncIterator[Sandbox]:
    """A sandbox that warms up while its owner goes on, closed at the end."""
    sandbox = Sandbox(
        memory_limit=memory_limit,
        preload=preload,
        readable=readable,
        ahead=ahead,
        idle_seconds=idle_seconds,
        most_left=most_left,
    )
    warming = asyncio.create_task(sandbox.warm())
    warming.add_done_callback(_tell_if_cold)
    try:
        with SANDBOX_CHILDREN.following(sandbox.by_state):
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


def _ended(exitcode: int, *, started: bool) -> SandboxError:
    """Before it has started, nothing of the input was read."""
    if not started and exitcode >= 0:
        return SandboxFailed(f"the child ended with exit code {exitcode} at its start")
    if started and (exitcode >= 0 or -exitcode in _BY_ITSELF):
        return SandboxCrashed(exitcode)
    return SandboxKilled(exitcode)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
