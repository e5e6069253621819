"""What a task returns must be what its completed event can carry."""

from typing import Any

import msgspec
import pytest

from onemanage.contracts.psd import ParseExport
from onemanage.platform import delivery, topology
from onemanage.platform.commands import CommandPublisher
from onemanage.platform.nats import Client
from onemanage.platform.samples import document, parse_command
from onemanage.platform.settings import ProcessSettings
from onemanage.platform.testing import letters, settled, stored, told, working


async def test_a_result_that_no_reader_could_take_is_a_failure_and_a_dead_letter(
    nats: Client, process_settings: ProcessSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))

    async def parse(command: ParseExport) -> dict[str, Any]:
        return {"document_id": 7}

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    assert (await told(nats, sent.task_id))[-1] == "failed"
    (letter,) = await letters(nats)
    assert letter["reason"] == "raised"
    assert "$.document_id" in letter["error"]


async def test_a_result_of_plain_values_is_taken_where_it_fits(
    nats: Client, process_settings: ProcessSettings
) -> None:
    async def parse(command: ParseExport) -> Any:
        return msgspec.to_builtins(document(command))

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    *_, (_, last) = await stored(nats, topology.EVENTS)
    assert last["status"] == "completed"
    assert last["result"]["document_id"] == sent.document_id
