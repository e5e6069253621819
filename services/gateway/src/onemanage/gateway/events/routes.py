"""What happens in a workspace, told as it does."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from onemanage.gateway.events.entries import TYPES, Wanted, types_like
from onemanage.gateway.events.following import Past
from onemanage.gateway.gateway import GatewayDep, Reads
from onemanage.gateway.http import event_stream
from onemanage.gateway.http.ids import OfTask
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.tasks.store import ENDED

router = APIRouter(prefix="/v1/events", tags=["events"])

_MOST_PATTERNS = 20
_PATTERN = r"^[a-z0-9_.*]{1,100}$"
_MOST_DIGITS = 18
"""Of a place: every number of so many fits into 64 bits."""

type _Pattern = Annotated[str, Query(pattern=_PATTERN)]


@router.get("", response_class=Response, responses=event_stream.ANSWERS)
async def follow_events(
    gateway: GatewayDep,
    caller: Reads,
    type: Annotated[
        list[_Pattern],
        Query(
            max_length=_MOST_PATTERNS,
            description="Of these types alone; `*` stands for any characters.",
            examples=[["*.completed", "psd.*"]],
        ),
    ] = [],
    task_id: OfTask | None = None,
    last_event_id: Annotated[
        str | None,
        Header(description="The last `id` that was read.", examples=[None]),
    ] = None,
    after: Annotated[
        str | None,
        Query(
            alias="last_event_id",
            description="The same, for a first request that can set no header; where "
            "both are there, the header counts.",
            examples=[None],
        ),
    ] = None,
) -> Response:
    """Server-sent events: what happens in the workspace, from now on or after an id.

    Each has its place in the stream of events as its `id`, and in `data` what it is by
    `type`. Ids of the last seven days are good for coming again: what was missed is
    told first, all of it and nothing twice. An event `reset` says that it is no longer
    known what was missed; one `closing` why the stream ends.

    With `task_id` it begins with the task, unless an id says otherwise, and ends with
    it; 204 to a client that has seen the end, which tells an EventSource to ask no more.
    """
    place = _place(last_event_id or after)
    types = _types(type)
    past = Past(place)
    wanted = Wanted(caller.workspace_id, types)
    if task_id is not None:
        row = await gateway.tasks.get(caller.workspace_id, task_id)
        if row is None:
            raise not_found("task", task_id)
        past = Past(place, since=row.created_at, is_over=row.state in ENDED)
        wanted = Wanted(caller.workspace_id, types, task_id, row.name, row.run)
    stream = await gateway.events.follow(wanted, caller.key_hash, past)
    return stream or Response(status_code=204)


def _place(given: str | None) -> int | None:
    """Raises a 422 Problem where it is none of our ids."""
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > _MOST_DIGITS:
        detail = (
            "Last-Event-ID is the id of the last event that was read here, a number. "
            "Leave it out to follow what happens from now on."
        )
        errors = [{"pointer": "/last_event_id", "detail": "This is no id of an event."}]
        raise Problem(422, "bad_event_id", detail, errors=errors)
    return int(given)


def _types(patterns: list[str]) -> frozenset[str]:
    """Raises a 422 Problem where one of them names nothing."""
    try:
        return types_like(patterns)
    except LookupError as error:
        named = ", ".join(sorted(TYPES))
        detail = f"No type of event is like this. There are: {named}."
        place = [{"pointer": "/type", "detail": f"{error.args[0]} names no type."}]
        raise Problem(422, "no_such_type", detail, errors=place) from None
