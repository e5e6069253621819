"""Several calls side by side, with the plain error of the first that fails."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import anyio


async def gather[R](calls: Sequence[Coroutine[Any, Any, R]]) -> list[R]:
    """Their values, in their order. When one raises, the others are cancelled, and it
    is raised as it is: a task group would wrap it, and nobody would catch it by type.
    """
    values: dict[int, R] = {}
    failures: list[Exception] = []

    async def run(number: int, call: Coroutine[Any, Any, R]) -> None:
        try:
            values[number] = await call
        except Exception as error:  # whatever it is, the caller is told
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for number, call in enumerate(calls):
            group.start_soon(run, number, call)
    if failures:
        raise failures[0]
    return [values[number] for number in range(len(calls))]


async def gather_few[R](
    function: Callable[..., Coroutine[Any, Any, R]],
    arguments: Iterable[tuple[object, ...]],
    at_once: int,
) -> list[R]:
    """As ``gather``, of the function with each of these, so many at a time."""
    slots = anyio.CapacityLimiter(at_once)

    async def call(values: tuple[object, ...]) -> R:
        async with slots:
            return await function(*values)

    return await gather([call(values) for values in arguments])
