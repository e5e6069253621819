"""What is made when somebody first asks for it, by one task that all who ask follow."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.task import Task
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.orders import Asked, Order, followed, run_command
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging.queries import QueryFailed

type Answer = Callable[[], Awaitable[Response]]
"""Asks the owner. Raises QueryFailed where it does not know."""


class FirstAsked(msgspec.Struct, frozen=True):
    """A task that nobody orders by name."""

    task: Task[Any, Any]
    what: str
    """The thing that is asked about."""
    first: str
    """The id of the task that all follow who ask about it first."""
    order: Callable[[str], Order]
    """By the task's id."""

    async def answered(
        self,
        gateway: Gateway,
        caller: Caller,
        waiting: Waiting,
        answer: Answer,
        check: Callable[[], Awaitable[object]] | None = None,
    ) -> Response:
        """``answer``; where its owner does not know yet, once the task is done, or 202
        and the task. ``check`` comes before that is ordered.

        Of an input that was refused the refusal is kept. Raises Problem, and QueryFailed
        as ``answer`` does.
        """
        if (found := await _if_known(answer)) is not None:
            return found
        if check is not None:
            await check()
        row = await self._first(gateway, caller, waiting.seconds)
        if row is not None and row.state == "completed":
            if (found := await _if_known(answer)) is not None:
                return found
            row = None  # what it made was deleted, or lost
        if row is None:
            row = await self._ordered(gateway, caller, new_id("tsk"), waiting.seconds)
            if row.state == "completed":
                return await answer()
        return ended_or_accepted(row, waiting)

    async def _first(
        self, gateway: Gateway, caller: Caller, seconds: float
    ) -> TaskRow | None:
        """None where it ended before, and for no fault of the input's."""
        row = await gateway.tasks.get(caller.workspace_id, self.first)
        if row is None:
            return await self._ordered(gateway, caller, self.first, seconds)
        if row.state == "cancelled" or (row.state == "failed" and not _is_refused(row)):
            return None
        return await followed(gateway, row, seconds)

    async def _ordered(
        self, gateway: Gateway, caller: Caller, task_id: str, seconds: float
    ) -> TaskRow:
        async def prepare() -> Order:
            return self.order(task_id)

        asked = Asked(name=self.task.name, what=self.what)
        done = await run_command(gateway, caller, asked, prepare, wait=seconds)
        return done.row


async def _if_known(answer: Answer) -> Response | None:
    try:
        return await answer()
    except QueryFailed as error:
        if error.code != "not_found":
            raise
    return None


def _is_refused(row: TaskRow) -> bool:
    return not (row.error or {}).get("retryable", True)
