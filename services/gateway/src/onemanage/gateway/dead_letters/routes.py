"""Dead letters, for administrators: look, replay, discard."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from nats.errors import Error as NatsError
from pydantic import BaseModel, Field
from starlette.responses import Response

from onemanage.gateway.dead_letters.letters import (
    HANDLER_FAILED,
    HANDLER_SILENT,
    DeadLetters,
    Letter,
    NotReplayed,
)
from onemanage.gateway.dead_letters.stream import SUBJECT_PATTERN, Filter, NoSuchLetter
from onemanage.gateway.gateway import GatewayDep, Operates
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor, NumberPlace
from onemanage.gateway.http.ids import MAX_INT8, LetterId, OfTask
from onemanage.gateway.http.once import once_outside
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.platform.messaging.management import JetStreamRefused

router = APIRouter(prefix="/v1/dead-letters", tags=["operations"])

_HANDLER_STATUS = {HANDLER_FAILED: 502, HANDLER_SILENT: 503}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    409: {
        "model": ProblemOut,
        "description": "task_not_failed, task_missing or letter_unreadable.",
    },
    502: {"model": ProblemOut, "description": "handler_failed: the letter stays."},
    503: {"model": ProblemOut, "description": "handler_unreachable: it does not run."},
}


class LetterOut(BaseModel):
    id: int = Field(examples=[7])
    time: datetime
    reason: str = Field(
        description="raised, timeout, crashed, invalid, newer, unknown or max_deliveries.",
        examples=["raised"],
    )
    error: str = Field(examples=["the disk is full"])
    deliveries: int = Field(examples=[3])
    subject: str = Field(examples=["tasks.psd.low"])
    stream: str = Field(
        description="TASKS: a task. EVENTS: an event that one handler failed at.",
        examples=["TASKS"],
    )
    consumer: str = Field(examples=["worker_psd_low"])
    workspace_id: str | None
    task_id: str | None = Field(examples=["tsk_" + "0" * 32])
    run: int | None = Field(description="The run that died.", examples=[1])
    task_state: str | None = Field(description="As it is now.", examples=["failed"])
    task_run: int | None = Field(description="As it is now.", examples=[1])


class OpenedLetterOut(LetterOut):
    traceback: str | None
    payload: Any = Field(description="As JSON where it is JSON, else base64.")


class LetterList(BaseModel):
    items: list[LetterOut]
    next_cursor: str | None


class ReplayedOut(BaseModel):
    replayed: int = Field(examples=[12])
    skipped: dict[str, int] = Field(
        description="Cannot be replayed: why, and how many each.",
        examples=[{"task_not_failed": 2}],
    )
    failed: int = Field(description="Whose handler failed again or is not there.")


class DiscardedOut(BaseModel):
    discarded: int = Field(examples=[1])


async def _letters(gateway: GatewayDep) -> AsyncIterator[DeadLetters]:
    try:
        yield DeadLetters(gateway.nats, gateway.tasks, gateway.dispatcher.submit)
    except NoSuchLetter as error:
        raise Problem(404, "not_found", str(error)) from None
    except NotReplayed as error:
        status = _HANDLER_STATUS.get(error.code, 409)
        raise Problem(status, error.code, error.message) from None
    except (NatsError, TimeoutError, JetStreamRefused) as error:
        detail = f"The message broker failed: {error!r}. Send the request again."
        headers = {"Retry-After": "2"}
        raise Problem(503, "unavailable", detail, headers=headers) from error


def _filter(
    reason: str | None = None,
    task_id: OfTask | None = None,
    subject: Annotated[
        str,
        Query(
            description="Of the message; * and > as in NATS.",
            examples=["tasks.psd.>"],
            pattern=SUBJECT_PATTERN,
        ),
    ] = ">",
) -> Filter:
    return Filter(reason=reason, task_id=task_id, subject=subject)


Wanted = Annotated[Filter, Depends(_filter)]
Letters = Annotated[DeadLetters, Depends(_letters)]


@router.get("", response_model=LetterList)
async def list_dead_letters(
    letters: Letters,
    _: Operates,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Oldest first."""
    after = cursors.read(cursor, NumberPlace, most=MAX_INT8)
    page = await letters.page(limit, after.number if after else 0, wanted)
    return pages.answer(page, _body, lambda last: NumberPlace(last.id))


@router.get("/{letter_id}", response_model=OpenedLetterOut)
async def get_dead_letter(
    letters: Letters, _: Operates, letter_id: LetterId
) -> Response:
    """With the traceback and the message itself."""
    return answers.json(_body(await letters.get(letter_id)))


@router.post("/{letter_id}/replay", response_model=ReplayedOut, responses=_REFUSALS)
@once_outside
async def replay_dead_letter(
    letters: Letters, _: Operates, letter_id: LetterId
) -> Response:
    """Run the failed task again, under its id; or give its handler the event again.

    A task then waits for its turn: follow it at its own address.
    """
    await letters.replay(letter_id)
    return answers.json({"replayed": 1, "skipped": {}, "failed": 0})


@router.post("/replay", response_model=ReplayedOut)
@once_outside
async def replay_dead_letters(
    letters: Letters, _: Operates, wanted: Wanted
) -> Response:
    """All that fit, one after the other; safe to ask for again."""
    outcome = await letters.replay_all(wanted)
    return answers.json(msgspec.to_builtins(outcome))


@router.delete("/{letter_id}", response_model=DiscardedOut)
async def discard_dead_letter(
    letters: Letters, _: Operates, letter_id: LetterId
) -> Response:
    """It is gone for good. Its task stays as it is."""
    await letters.discard(letter_id)
    return answers.json({"discarded": 1})


@router.delete("", response_model=DiscardedOut)
async def discard_dead_letters(
    letters: Letters,
    _: Operates,
    wanted: Wanted,
    confirm: Annotated[str | None, Query(examples=["all"])] = None,
) -> Response:
    """All that fit are gone for good. Without a filter it takes ``confirm=all``."""
    if wanted.is_open and confirm != "all":
        detail = "This would discard every dead letter. Give a filter, or confirm=all."
        raise Problem(422, "not_confirmed", detail)
    return answers.json({"discarded": await letters.discard_all(wanted)})


def _body(letter: Letter) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(letter, builtin_types=(datetime,))
    return shown
