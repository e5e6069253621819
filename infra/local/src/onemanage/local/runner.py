"""A supervisor: readiness gates, one-shot jobs, restart with backoff, and a clean stop.

Processes stop stage by stage, the highest first, so that the servers of stage 0 outlive
the services that are connected to them.
"""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from onemanage.local.child import Child, Command, Output, Start
from onemanage.local.gates import Gate, passed
from onemanage.platform.process.gather import gather

RUNNER = "runner"
BACKOFF_FIRST, BACKOFF_MOST = 0.5, 10.0
STEADY_AFTER = 30.0


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process that should run until the end. Times are seconds."""

    name: str
    command: Start
    ready: Gate
    ready_within: float = 60.0
    stage: int = 1
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 3.8


@dataclass(frozen=True, kw_only=True)
class Job:
    """A process that should end by itself, with exit code 0."""

    name: str
    command: Command
    within: float = 120.0


class StartFailed(Exception):
    """A process or a job did not come up; its last lines are in the message."""

    def __init__(self, name: str, reason: str, last_lines: Sequence[str]) -> None:
        self.name = name
        self.reason = reason
        self.last_lines = tuple(last_lines)
        told = "".join(f"\n  {line}" for line in self.last_lines)
        super().__init__(f"{name} {reason}.{' It said:' if told else ''}{told}")


class Runner:
    """Made by `running`, which stops everything at its end."""

    def __init__(self, tasks: TaskGroup, output: Output) -> None:
        self._tasks = tasks
        self._output = output
        self._children: dict[str, tuple[Child, Process]] = {}
        self._stopping = False

    def say(self, text: str) -> None:
        """A line of the runner's own among those of the children."""
        self._output(RUNNER, text)

    async def start(self, *processes: Process) -> None:
        """Start them at the same time; return when all are ready.

        Raises StartFailed when one ends, or takes too long, before it is ready.
        """
        await gather([self._start(process) for process in processes])

    async def run(self, job: Job) -> None:
        """Raises StartFailed when the exit code is not 0, or not there in time."""
        child = self._spawn(job.name, job.command)
        try:
            with anyio.fail_after(job.within):
                await child.exited.wait()
        except TimeoutError:
            reason = f"was not done within {job.within:g} s"
            raise StartFailed(job.name, reason, child.last_lines) from None
        finally:
            await child.end(signal.SIGTERM, grace=0.5)
        if child.exit_code:
            reason = f"failed: {_exit_text(child)}"
            raise StartFailed(job.name, reason, child.last_lines)

    def pid(self, name: str) -> int:
        """Of the child of this name. Raises KeyError where there is none."""
        return self._children[name][0].pid

    async def stop(self) -> None:
        """End every process, stage by stage; those that do not obey are killed."""
        self._stopping = True
        stages = {process.stage for _, process in self._children.values()}
        for stage in sorted(stages, reverse=True):
            await gather(
                [
                    self._end(child, process)
                    for child, process in self._children.values()
                    if process.stage == stage
                ]
            )

    def _spawn(self, name: str, command: Start) -> Child:
        child = Child(name, command, self._output)
        child.watch(self._tasks)
        return child

    async def _start(self, process: Process) -> None:
        child = self._spawn(process.name, process.command)
        self._children[process.name] = child, process
        ready = False
        with anyio.move_on_after(process.ready_within):
            ready = await _ready_or_exited(process.ready, child)
        if not ready:
            reason = f"was not ready within {process.ready_within:g} s"
            if child.exited.is_set():
                reason = f"stopped before it was ready: {_exit_text(child)}"
            raise StartFailed(process.name, reason, child.last_lines)
        self._tasks.start_soon(self._keep_running, process, child)

    async def _keep_running(self, process: Process, child: Child) -> None:
        delay = BACKOFF_FIRST
        while True:
            started = anyio.current_time()
            await child.exited.wait()
            if self._stopping:
                return
            if anyio.current_time() - started > STEADY_AFTER:
                delay = BACKOFF_FIRST
            self.say(
                f"{process.name} stopped: {_exit_text(child)};"
                f" starting it again in {delay:g} s"
            )
            await anyio.sleep(delay)
            if self._stopping:
                return
            delay = min(delay * 2, BACKOFF_MOST)
            child = self._spawn(process.name, process.command)
            self._children[process.name] = child, process

    async def _end(self, child: Child, process: Process) -> None:
        if not await child.end(process.stop_signal, process.stop_within):
            self.say(
                f"{process.name} did not stop in {process.stop_within:g} s: killed"
            )


@asynccontextmanager
async def running(output: Output) -> AsyncIterator[Runner]:
    """A runner whose processes are all gone, stopped or killed, when the block is left."""
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        runner = Runner(tasks, output)
        try:
            yield runner
        except Exception as error:  # re-raised below: a task group would wrap it
            failure = error
        finally:
            with anyio.CancelScope(shield=True):
                await runner.stop()
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _ready_or_exited(gate: Gate, child: Child) -> bool:
    ready = False
    async with anyio.create_task_group() as tasks:

        async def wait_for_exit() -> None:
            await child.exited.wait()
            tasks.cancel_scope.cancel()

        tasks.start_soon(wait_for_exit)
        await passed(gate)
        ready = True
        tasks.cancel_scope.cancel()
    return ready


def _exit_text(child: Child) -> str:
    code = child.exit_code
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
