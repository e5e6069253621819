"""Dead letters, for administrators: look, replay, discard."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from onemanage.gateway import answers
from onemanage.gateway.dead_letters import (
    DeadLetters,
    Filter,
    Letter,
    NoSuchLetter,
    NotReplayed,
)
from onemanage.gateway.gateway import Administrator, Deps
from onemanage.gateway.problems import Problem
from onemanage.gateway.schemas import ProblemOut

router = APIRouter(prefix="/v1/dead-letters", tags=["operations"])

_UNAVAILABLE = {"unanswered": 503, "failed_again": 502}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    409: {"model": ProblemOut, "description": "not_failed, no_task or unreadable."},
    502: {"model": ProblemOut, "description": "failed_again: the handler, once more."},
    503: {
        "model": ProblemOut,
        "description": "unanswered: the handler is not running.",
    },
}


class LetterOut(BaseModel):
    id: int
    time: datetime
    reason: str = Field(
        examples=["raised"],
        description="raised, timeout, invalid, unknown, newer or max_deliveries.",
    )
    error: str
    deliveries: int = Field(examples=[3])
    subject: str = Field(examples=["tasks.psd.low"])
    consumer: str = Field(examples=["worker_psd_low"])
    task_id: str | None
    run: int | None
    workspace_id: str | None
    task_state: str | None = Field(description="Of the task now.", examples=["failed"])


class OpenedLetterOut(LetterOut):
    traceback: str | None
    payload: Any = Field(description="As JSON where it is JSON, else base64.")


class LetterList(BaseModel):
    items: list[LetterOut]
    next_cursor: str | None


class Told(BaseModel):
    """How many, by what became of them."""

    replayed: int = Field(default=0, examples=[2])
    discarded: int = Field(default=0, examples=[0])
    skipped: dict[str, int] = Field(default={}, examples=[{"not_failed": 1}])


def _letters(gateway: Deps) -> DeadLetters:
    return DeadLetters(gateway.nats, gateway.tasks)


def _filter(
    reason: str | None = None,
    task_id: str | None = None,
    subject: Annotated[
        str, Query(description="Of the message; * and > as in NATS.")
    ] = ">",
) -> Filter:
    return Filter(reason=reason, task_id=task_id, subject=subject)


Wanted = Annotated[Filter, Depends(_filter)]
Open = Annotated[DeadLetters, Depends(_letters)]


@router.get("", response_model=LetterList)
async def list_dead_letters(
    letters: Open,
    _: Administrator,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Response:
    """Oldest first."""
    given = answers.read_cursor(cursor, 1)
    after = _number(given[0]) if given else 0
    page = await letters.page(limit, after, wanted)
    last = None if page.next_after is None else answers.cursor(str(page.next_after))
    return answers.page(map(_public, page.items), last)


def _number(given: str) -> int:
    if not given.isdecimal():
        detail = "This cursor is not one of ours; start without one."
        raise Problem(422, "bad_cursor", detail)
    return int(given)


@router.get("/{letter_id}", response_model=OpenedLetterOut)
async def get_dead_letter(letters: Open, _: Administrator, letter_id: int) -> Response:
    """With the traceback and the message itself."""
    try:
        return answers.json(_public(await letters.get(letter_id)))
    except NoSuchLetter as error:
        raise _missing(error) from None


@router.post("/{letter_id}/replay", response_model=Told, responses=_REFUSALS)
async def replay_dead_letter(
    gateway: Deps, letters: Open, _: Administrator, letter_id: int
) -> Response:
    """Run the failed task again, under its id; or give the event to its handler again."""
    try:
        row = await letters.replay(letter_id)
    except NoSuchLetter as error:
        raise _missing(error) from None
    except NotReplayed as error:
        status = _UNAVAILABLE.get(error.code, 409)
        raise Problem(status, error.code, error.message) from None
    if row is not None:
        gateway.dispatcher.submit(row)
    return answers.json(Told(replayed=1).model_dump())


@router.post("/replay", response_model=Told)
async def replay_dead_letters(
    gateway: Deps, letters: Open, _: Administrator, wanted: Wanted
) -> Response:
    """All that fit; those that cannot be replayed are counted by the reason."""
    rows, told = await letters.replay_all(wanted)
    for row in rows:
        gateway.dispatcher.submit(row)
    replayed = told.pop("replayed", 0)
    return answers.json(Told(replayed=replayed, skipped=dict(told)).model_dump())


@router.delete("/{letter_id}", response_model=Told)
async def discard_dead_letter(
    letters: Open, _: Administrator, letter_id: int
) -> Response:
    """It is gone for good. Its task stays as it is."""
    try:
        await letters.discard(letter_id)
    except NoSuchLetter as error:
        raise _missing(error) from None
    return answers.json(Told(discarded=1).model_dump())


@router.delete("", response_model=Told)
async def discard_dead_letters(
    letters: Open,
    _: Administrator,
    wanted: Wanted,
    confirm: Annotated[str | None, Query(examples=["all"])] = None,
) -> Response:
    """All that fit. Without a filter it takes ``confirm=all``."""
    if wanted.is_open and confirm != "all":
        detail = "This would discard every dead letter: filter, or say confirm=all."
        raise Problem(422, "not_confirmed", detail)
    discarded = await letters.discard_all(wanted)
    return answers.json(Told(discarded=discarded).model_dump())


def _public(letter: Letter) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(letter, builtin_types=(datetime,))
    return shown


def _missing(error: NoSuchLetter) -> Problem:
    return Problem(404, "not_found", str(error))
