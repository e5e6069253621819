"""Which method of a service carries out which task: the one table in its tasks.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
from taskiq import AsyncBroker, TaskiqDepends

from onemanage.contracts.base import Command
from onemanage.contracts.registry import TASKS, AnyTask
from onemanage.contracts.task import Task
from onemanage.platform.sandbox.job import Report
from onemanage.platform.tasks.context import (
    Progress,
    current_progress,
    current_service,
)


class BindingsDiffer(Exception):
    """A table does not bind exactly the tasks that the registry gives its service."""


@dataclass(frozen=True)
class Binding[S]:
    """A task, and what carries it out on the service that the worker has opened."""

    task: AnyTask
    run: Callable[[S, Command, Progress], Awaitable[msgspec.Struct]] = field(repr=False)

    def register(self, broker: AsyncBroker) -> None:
        """Under the task's name, for TaskIQ to find it when a command comes."""

        async def carry_out(
            command: Command,
            service: S = TaskiqDepends(current_service),
            progress: Progress = TaskiqDepends(current_progress),
        ) -> msgspec.Struct:
            return await self.run(service, command, progress)

        broker.register_task(carry_out, self.task.name)


type Bindings[S] = tuple[Binding[S], ...]


def bind[S, C: Command, R: msgspec.Struct](
    task: Task[C, R], method: Callable[[S], Callable[[C, Report], Awaitable[R]]]
) -> Binding[S]:
    """The task's command goes to the method that this gives of the service.

    mypy refuses a method that takes another command or returns another result.
    """

    def run(service: S, command: C, progress: Progress) -> Awaitable[R]:
        return method(service)(command, progress.report)

    return _binding(task, run)


def bind_without_progress[S, C: Command, R: msgspec.Struct](
    task: Task[C, R], method: Callable[[S], Callable[[C], Awaitable[R]]]
) -> Binding[S]:
    """As ``bind``, for what is done in one step and so has nothing to report."""

    def run(service: S, command: C, _: Progress) -> Awaitable[R]:
        return method(service)(command)

    return _binding(task, run)


def _binding[S, C: Command, R: msgspec.Struct](
    task: Task[C, R], run: Callable[[S, C, Progress], Awaitable[R]]
) -> Binding[S]:
    return Binding(task, run)  # type: ignore[arg-type]  # the receiver decodes it as a C


def all_tasks_of[S](worker: str, *bindings: Binding[S]) -> Bindings[S]:
    """The table of the worker ``worker``, complete.

    Raises BindingsDiffer, and names what is missing, bound twice or another's.
    """
    wanted = {task.name for task in TASKS if task.worker == worker}
    bound = [binding.task.name for binding in bindings]
    faults = {
        "not bound": wanted - set(bound),
        "no task of it in the registry": set(bound) - wanted,
        "bound twice": {name for name in bound if bound.count(name) > 1},
    }
    told = [f"{', '.join(sorted(who))}: {why}" for why, who in faults.items() if who]
    if told:
        raise BindingsDiffer(f"the tasks of {worker}: {'; '.join(told)}")
    return bindings
