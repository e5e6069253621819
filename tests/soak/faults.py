"""Carrying the faults out, and how long it takes until the system works again."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from onemanage.local.runner import Runner
from tests.soak.probe import Probe
from tests.soak.processes import cpu_children, descendants, is_alive
from tests.soak.schedule import Fault, How

_ALIVE_WITHIN = 20.0
_CHILD_WITHIN = 8.0
_LOOK_EVERY = 0.02
_SIGNALS = {
    How.KILL: signal.SIGKILL,
    How.STOP: signal.SIGTERM,
    How.FAST: signal.SIGINT,
    How.IMMEDIATE: signal.SIGQUIT,
}
_NATS = "nats"
_WHOLE_TREE = "postgres"
"""Its backends are processes of their own; a machine that stands still stops them too."""


@dataclass
class Struck:
    """A fault that was carried out, or could not be."""

    fault: Fault
    at: float = 0.0
    """Seconds since the epoch."""
    over: float = 0.0
    """The same; of a pause its end."""
    missed: str = ""
    """Why nothing was done."""
    recovered: float | None = None
    """Seconds from ``over`` until a document sent after it was all done."""
    overlapped: bool = False
    """Another fault struck before this one was recovered from."""


@dataclass
class Faults:
    runner: Runner
    probe: Probe
    data: Path
    """Of the stack; NATS has its store in there."""
    struck: list[Struck] = field(default_factory=list)

    async def run(self, plan: Iterable[Fault], begun: float) -> None:
        """Strike at the planned times from ``begun`` (monotonic); wait for recovery."""
        async with anyio.create_task_group() as group:
            for fault in plan:
                await asyncio.sleep(begun + fault.at - time.monotonic())
                group.start_soon(self._strike_and_recover, fault)

    async def _strike_and_recover(self, fault: Fault) -> None:
        struck = Struck(fault)
        for before in self.struck:
            if before.recovered is None and not before.missed:
                before.overlapped = struck.overlapped = True
        self.struck.append(struck)
        await self._strike(struck)
        if not struck.missed:
            done = await self.probe.done()
            struck.recovered = done - struck.over if done else None

    async def _strike(self, struck: Struck) -> None:
        fault = struck.fault
        pid = await self._target(fault)
        if pid is None:
            struck.missed = "no such process at that time"
            return
        struck.at = time.time()
        if fault.how is How.PAUSE:
            await self._pause(fault, pid)
        elif fault.how is How.OLDER:
            struck.missed = await self._put_back(fault, pid)
        else:
            _send([pid], _SIGNALS.get(fault.how, signal.SIGKILL))
        struck.over = time.time()

    async def _pause(self, fault: Fault, pid: int) -> None:
        pids = [pid]
        if fault.target == _WHOLE_TREE:
            pids += descendants(pid)
        handles = [os.pidfd_open(each) for each in pids if is_alive(each)]
        try:
            _send_by_handle(handles, signal.SIGSTOP)
            await asyncio.sleep(fault.seconds)
        finally:
            _send_by_handle(handles, signal.SIGCONT)
            for handle in handles:
                os.close(handle)

    async def _put_back(self, fault: Fault, pid: int) -> str:
        """The queue as it was ``seconds`` ago; why not, where it was not.

        It is copied and replaced while its server stands still, in one go: no other
        fault comes in between. The server is killed then, and the runner starts another.
        """
        (queue,) = (self.data / _NATS).rglob("streams/TASKS")
        older, lost = self.data / "older", self.data / "lost"
        with _standing_still(pid):
            shutil.copytree(queue, older)
        await asyncio.sleep(fault.seconds)
        again = await self._target(fault)
        if again is None:
            shutil.rmtree(older)
            return "no such process at the end of that time"
        with _standing_still(again):
            queue.rename(lost)
            older.rename(queue)
            _send([again], signal.SIGKILL)
        shutil.rmtree(lost)
        return ""

    async def _target(self, fault: Fault) -> int | None:
        """What the signal goes to. A process just starting again is waited for."""
        within = _CHILD_WITHIN if fault.how is How.CHILD else _ALIVE_WITHIN
        with anyio.move_on_after(within):
            while True:
                pid = self.runner.pid(fault.target)
                if is_alive(pid) and fault.how is not How.CHILD:
                    return pid
                if fault.how is How.CHILD and (found := cpu_children(pid)):
                    return found[0]
                await asyncio.sleep(_LOOK_EVERY)
        return None


@contextmanager
def _standing_still(pid: int) -> Iterator[None]:
    _send([pid], signal.SIGSTOP)
    try:
        yield
    finally:
        _send([pid], signal.SIGCONT)


def _send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue  # it was quicker


def _send_by_handle(handles: Iterable[int], number: signal.Signals) -> None:
    for handle in handles:
        try:
            signal.pidfd_send_signal(handle, number)
        except ProcessLookupError:
            continue  # killed meanwhile
