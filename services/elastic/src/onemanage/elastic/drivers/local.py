"""Groups as processes of this machine, for ``make up ELASTIC=local`` and for tests.

Nothing is written down: a process of ours says which group it is by its environment,
which the kernel shows. So whoever comes after a process that was killed finds its
groups by looking.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from anyio import to_thread

from onemanage.elastic.drivers.driver import DriverAway, GroupOrder, SeenGroup
from onemanage.elastic.drivers.launching import Launch

_MARK = "ELASTIC_INSTALLATION"
_NAME, _SERVICE, _SIZE = "ELASTIC_NAME", "ELASTIC_SERVICE", "ELASTIC_SIZE"
_TOKEN = "COMPUTE_GROUP"
GRACE = 3.0
"""Seconds that workers are given when the driver is closed."""
_KEPT = 300.0
"""Seconds for which a group that has ended is told of."""

type Arguments = Callable[[GroupOrder], Sequence[str]]


def worker_arguments(order: GroupOrder) -> list[str]:
    """The service's worker, where all services are installed beside this one."""
    module = order.service.replace("-", "_")
    return [sys.executable, "-m", f"onemanage.{module}.worker"]


class _Started:
    """A child of this process."""

    def __init__(self, group: SeenGroup, process: asyncio.subprocess.Process) -> None:
        self.group, self.process = group, process
        self._ended: float | None = None

    def told(self) -> SeenGroup | None:
        """None when it has been gone for long."""
        status = self.process.returncode
        if status is None:
            return self.group
        self._ended = self._ended or time.monotonic()
        if time.monotonic() > self._ended + _KEPT:
            return None
        how = f"exit status {status}" if status >= 0 else signal.Signals(-status).name
        return msgspec.structs.replace(self.group, state="ended", reason=how)


class LocalDriver:
    """See ``driver.Driver``. A provider's id is a process id."""

    def __init__(self, launch: Launch, arguments: Arguments = worker_arguments) -> None:
        self._launch, self._arguments = launch, arguments
        self._started: dict[str, _Started] = {}
        self._starting = asyncio.Lock()

    async def start(self, order: GroupOrder) -> SeenGroup:
        """As the protocol has it."""
        async with self._starting:
            for group in await self.seen():
                if group.token == order.token:
                    return group
            return await self._start(order)

    async def _start(self, order: GroupOrder) -> SeenGroup:
        size = next(iter(self._launch.sizes_of(order)), "local")
        environment = {
            **self._launch.environment(order),
            _MARK: self._launch.installation,
            _NAME: order.name,
            _SERVICE: order.service,
            _SIZE: size,
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *self._arguments(order),
                *self._launch.options(GRACE),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise DriverAway(f"no process could be started: {error}") from error
        group = SeenGroup(
            provider_id=str(process.pid),
            name=order.name,
            token=order.token,
            service=order.service,
            state="running",
            size=size,
            started_at=datetime.now(UTC),
        )
        self._started[group.provider_id] = _Started(group, process)
        return group

    async def seen(self) -> list[SeenGroup]:
        """As the protocol has it."""
        told = {pid: started.told() for pid, started in self._started.items()}
        for pid, group in told.items():
            if group is None:
                del self._started[pid]
        known = {pid: group for pid, group in told.items() if group is not None}
        found = await to_thread.run_sync(_processes_of, self._launch.installation)
        others = [group for group in found if group.provider_id not in known]
        return [*known.values(), *others]

    async def end(self, provider_id: str) -> None:
        """As the protocol has it."""
        for group in await self.seen():
            if group.provider_id == provider_id and group.state != "ended":
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(provider_id), signal.SIGTERM)

    async def close(self) -> None:
        """End all of them: groups of this machine live no longer than their driver."""
        for group in await self.seen():
            await self.end(group.provider_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                for started in self._started.values():
                    await started.process.wait()


@asynccontextmanager
async def open_local(launch: Launch) -> AsyncIterator[LocalDriver]:
    """Inside, groups are started; outside there are none."""
    driver = LocalDriver(launch)
    try:
        yield driver
    finally:
        await driver.close()


def _processes_of(installation: str) -> list[SeenGroup]:
    """Those that are nobody's child, and those of this process."""
    return [
        group
        for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and (group := _group_of(folder, installation))
    ]


def _group_of(process: Path, installation: str) -> SeenGroup | None:
    try:
        if not _is_marked(process, installation):
            return None
        environment = _environment(process)
        # What a worker starts has inherited its environment, and is no group.
        if _is_marked(process.parent / _status(process)["PPid"], installation):
            return None
        started_at = datetime.fromtimestamp(process.stat().st_ctime, UTC)
    except (OSError, KeyError):  # it has ended meanwhile, or is another user's
        return None
    return SeenGroup(
        provider_id=process.name,
        name=environment[_NAME],
        token=environment[_TOKEN],
        service=environment[_SERVICE],
        state="running",
        size=environment[_SIZE],
        started_at=started_at,
    )


def _is_marked(process: Path, installation: str) -> bool:
    try:
        return _environment(process).get(_MARK) == installation
    except OSError:
        return False


def _environment(process: Path) -> dict[str, str]:
    raw = (process / "environ").read_bytes()
    pairs = (
        entry.decode(errors="replace").partition("=") for entry in raw.split(b"\0")
    )
    return {name: value for name, _, value in pairs}


def _status(process: Path) -> dict[str, str]:
    lines = (process / "status").read_text().splitlines()
    return {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
