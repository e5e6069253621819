"""What is asked of an image that nobody has looked at yet: it is looked at first."""

from collections.abc import Sequence
from functools import partial

from starlette.responses import Response

from onemanage.contracts.imaging.images import ANALYZE, first_look
from onemanage.gateway.files.known import known_file
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.tasks.first_asked import Answer, FirstAsked
from onemanage.gateway.tasks.orders import Order


def look_order(file_id: str, task_id: str, include: Sequence[str] = ()) -> Order:
    """Of an analysis, with what is told only to whoever asks for it."""
    return Order(
        task_id=task_id,
        fields={"include": list(include)},
        file_id=file_id,
        resource=f"/v1/images/analyses/{file_id}",
    )


async def answered_or_looked_at(
    gateway: Gateway, caller: Caller, file_id: str, waiting: Waiting, answer: Answer
) -> Response:
    """``answer``, which asks imaging of the file; where that does not know it, once it
    has looked, or 202 and the task that does.

    Of a file that was refused the refusal is kept: who wants another look says so by
    POST. Raises Problem, and QueryFailed as ``answer`` does.
    """
    look = FirstAsked(
        ANALYZE, file_id, first_look(file_id), partial(look_order, file_id)
    )
    return await look.answered(
        gateway, caller, waiting, answer, lambda: known_file(gateway, caller, file_id)
    )
