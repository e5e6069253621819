"""Servers that are away: work waits for them, and no attempt is counted."""

import asyncio
import time

import asyncpg
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from sqlalchemy.exc import DBAPIError

from onemanage.contracts.psd.documents import ParseExport
from onemanage.contracts.registry import cancel_subject
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage, pauses
from onemanage.platform.process.attempts import is_first_attempt
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import settlement
from onemanage.testing.fixtures import eventually, settled, told, working
from onemanage.testing.samples import parse_command


def refused_by_s3(status: int) -> ClientError:
    answer = {"ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutObject")  # type: ignore[arg-type]  # the rest of it is not read


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ConnectionRefusedError(), True),
        (EndpointConnectionError(endpoint_url="http://s3"), True),
        (refused_by_s3(503), True),
        (refused_by_s3(403), False),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.UniqueViolationError("twice"), False),
        (DBAPIError("SELECT 1", {}, asyncpg.AdminShutdownError("bye")), True),
        (DBAPIError("SELECT 1", {}, asyncpg.UndefinedTableError("none")), False),
        (ExceptionGroup("", [ConnectionResetError(), ConnectionResetError()]), True),
        (ExceptionGroup("", [ConnectionResetError(), ValueError()]), False),
        (FileNotFoundError(), False),
    ],
)
def test_an_error_says_whether_a_server_is_away(error: Exception, away: bool) -> None:
    assert is_outage(error) is away


def test_pauses_grow_to_ten_seconds_and_end_after_the_time_given() -> None:
    waited = list(pauses(40))
    assert waited == [1, 2, 4, 8, 10, 10, 5]
    assert sum(waited) == 40


async def test_a_task_that_finds_a_server_away_waits_and_no_attempt_is_counted(
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settlement, "pauses", lambda _: [0.02] * 10)
    firsts: list[bool] = []

    async def parse(command: ParseExport) -> None:
        firsts.append(is_first_attempt())
        if len(firsts) <= 5:
            # The process stands still while it should wait, as on a busy machine.
            asyncio.get_running_loop().call_soon(time.sleep, 0.1)
            raise ConnectionRefusedError

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: len(firsts) == 6)
        await settled(nats)

    assert firsts == [True] + [False] * 5  # what was begun may have left something
    assert await told(nats, sent.task_id) == ["accepted", "started", "completed"]


async def test_a_task_that_waits_for_a_server_can_be_cancelled(
    nats: Client, process_settings: ProcessSettings
) -> None:
    tries = 0

    async def parse(command: ParseExport) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionRefusedError

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: tries)
        await nats.publish(cancel_subject(sent.task_id))
        await settled(nats)

    assert await told(nats, sent.task_id) == ["accepted", "started", "cancelled"]
