"""What is asked of an image that nobody has looked at yet: it is looked at first."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import ANALYZE, first_look
from onemanage.gateway.files.known import known_file
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.orders import Asked, Order, followed, run_command
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging.queries import QueryFailed


def look_order(file_id: str, task_id: str, include: Sequence[str] = ()) -> Order:
    """Of an analysis, with what is told only to whoever asks for it."""
    return Order(
        task_id=task_id,
        fields={"include": list(include)},
        file_id=file_id,
        resource=f"/v1/images/analyses/{file_id}",
    )


async def answered_or_looked_at(
    gateway: Gateway,
    caller: Caller,
    file_id: str,
    waiting: Waiting,
    answer: Callable[[], Awaitable[Response]],
) -> Response:
    """``answer``, which asks imaging of the file; where that does not know it, once it
    has looked, or 202 and the task that does.

    Of a file that was refused the refusal is kept: who wants another look says so by
    POST. Raises Problem, and QueryFailed as ``answer`` does.
    """
    if (found := await _if_known(answer)) is not None:
        return found
    await known_file(gateway, caller, file_id)
    row = await _first_look(gateway, caller, file_id, waiting.seconds)
    if row is not None and row.state == "completed":
        if (found := await _if_known(answer)) is not None:
            return found
        row = None  # what it saw was deleted
    if row is None:
        task_id = new_id("tsk")
        row = await _ordered(gateway, caller, file_id, task_id, waiting.seconds)
        if row.state == "completed":
            return await answer()
    return ended_or_accepted(row, waiting)


async def _if_known(answer: Callable[[], Awaitable[Response]]) -> Response | None:
    try:
        return await answer()
    except QueryFailed as error:
        if error.code != "not_found":
            raise
    return None


async def _first_look(
    gateway: Gateway, caller: Caller, file_id: str, seconds: float
) -> TaskRow | None:
    """The one task that all who ask follow, and that may be an upload's own; None where
    it ended before, and for no fault of the file's."""
    task_id = first_look(file_id)
    row = await gateway.tasks.get(caller.workspace_id, task_id)
    if row is None:
        return await _ordered(gateway, caller, file_id, task_id, seconds)
    if row.state == "cancelled" or (row.state == "failed" and not _is_refused(row)):
        return None
    return await followed(gateway, row, seconds)


async def _ordered(
    gateway: Gateway, caller: Caller, file_id: str, task_id: str, seconds: float
) -> TaskRow:
    async def prepare() -> Order:
        return look_order(file_id, task_id)

    asked = Asked(name=ANALYZE.name, what=file_id)
    return (await run_command(gateway, caller, asked, prepare, wait=seconds)).row


def _is_refused(row: TaskRow) -> bool:
    return not (row.error or {}).get("retryable", True)
