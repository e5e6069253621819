"""NATS nodes of a test's own: to kill, freeze and restart, alone or as a cluster.

async with nats_node(tmp_path) as node, nats_cluster(tmp_path) as cluster: ...
"""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from onemanage.local.child import Child, Output
from onemanage.local.gates import Gate, passed
from onemanage.local.nats import nats_nodes
from onemanage.local.output import log_file
from onemanage.local.runner import Process
from onemanage.platform.messaging import management
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.gather import gather

PASSWORD = "of-a-test"
STOPPED_WITHIN = 40.0
"""Seconds: a lame duck takes its grace period, and a second for each client."""


class Node:
    """One nats-server. Its address and its data stay the same from start to start."""

    def __init__(
        self, process: Process, url: str, tasks: TaskGroup, output: Output
    ) -> None:
        self.name = process.name
        self.url = url
        self._process = process
        self._tasks = tasks
        self._output = output
        self._child: Child | None = None

    async def start(self) -> None:
        """Returns at once; `ready` waits."""
        assert self._child is None or self._child.exited.is_set()
        self._child = Child(self.name, self._process.command, self._output)
        self._child.watch(self._tasks)

    async def ready(self) -> None:
        """Returns when it can be used: its streams are current, and each has a leader.

        Raises TimeoutError.
        """
        with anyio.fail_after(self._process.ready_within):
            await passed(self._process.ready)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def lame_duck(self) -> None:
        """Hands its leadership over, sends its clients away and ends."""
        await self._end(signal.SIGUSR2)

    async def freeze(self) -> None:
        """Returns when every thread has stopped, also those that wait for the disk."""
        child = self._running()
        child.send(signal.SIGSTOP)
        await passed(_stands_still(child.pid))

    async def thaw(self) -> None:
        self._running().send(signal.SIGCONT)

    async def restart(self) -> None:
        """Stopped if it runs; started, and ready."""
        await self.stop()
        await self.start()
        await self.ready()

    async def _end(self, number: signal.Signals) -> None:
        child = self._running()
        child.send(number)
        with anyio.fail_after(STOPPED_WITHIN):
            await child.exited.wait()

    def _running(self) -> Child:
        assert self._child is not None, f"{self.name} was never started"
        return self._child


def _stands_still(pid: int) -> Gate:
    async def gate() -> bool:
        states = [
            thread.read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            for thread in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
        return set(states) == {"T"}

    return gate


class Cluster:
    """Nodes that replicate each other's streams."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)
        self.url = ",".join(node.url for node in nodes)

    async def whole(self) -> None:
        """Returns when every node runs and has current copies of streams with leaders."""
        await gather([node.ready() for node in self.nodes])

    async def leader(self, client: Client, stream: str) -> Node:
        info = await management.request(client, f"STREAM.INFO.{stream}")
        name = info["cluster"]["leader"]
        return next(node for node in self.nodes if node.name == name)


@asynccontextmanager
async def started(
    processes: Sequence[Process], url: str, log: Path
) -> AsyncIterator[Cluster]:
    """The processes as nodes, ready; none is left when the block is."""
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        output = log_file(log)
        pairs = zip(processes, url.split(","), strict=True)
        cluster = Cluster([Node(p, own, tasks, output) for p, own in pairs])
        for node in cluster.nodes:
            await node.start()
        try:
            await cluster.whole()
            yield cluster
        except Exception as error:  # re-raised below: a task group would wrap it
            failure = error
        finally:
            with anyio.CancelScope(shield=True):
                await gather([node.kill() for node in cluster.nodes])
    if failure is not None:
        raise failure


@asynccontextmanager
async def nats_node(directory: Path) -> AsyncIterator[Node]:
    """A node alone, as `make up` has it."""
    processes, url = nats_nodes(directory, PASSWORD, 1)
    async with started(processes, url, directory / "nats.log") as cluster:
        yield cluster.nodes[0]


@asynccontextmanager
async def nats_cluster(directory: Path, count: int = 3) -> AsyncIterator[Cluster]:
    """A cluster, as `make up NODES=3` has it."""
    processes, url = nats_nodes(directory, PASSWORD, count)
    async with started(processes, url, directory / "nats.log") as cluster:
        yield cluster
