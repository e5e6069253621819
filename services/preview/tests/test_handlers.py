"""The preview service's handler, fed with the payloads that it relies on."""

from pathlib import Path

import msgspec
import pytest
from nats.aio.client import Client

from onemanage.contracts.preview import PublishPreviews
from onemanage.contracts.psd import ParseExportCompleted
from onemanage.platform.commands import CommandPublisher, Envelope
from onemanage.platform.db import open_sessions
from onemanage.platform.events import EventPublisher, decode_event
from onemanage.platform.storage import Storage
from onemanage.platform.testing import MakeDatabase
from onemanage.preview.handlers import HANDLERS, Deps
from onemanage.preview.store import Store

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*/*.json"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
async def test_a_parsed_document_sends_one_publish_command_however_often_it_is_told(
    example: Path, nats: Client, storage: Storage, database: MakeDatabase
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, ParseExportCompleted)
    async with open_sessions(await database("preview")) as sessions:
        deps = Deps(
            CommandPublisher(nats), EventPublisher(nats), Store(sessions), storage
        )
        for _ in range(2):
            for handler in HANDLERS:
                await handler(event, deps)

    stream = nats.jetstream()
    assert (await stream.stream_info("TASKS")).state.messages == 1
    message = await stream.get_last_msg("TASKS", "tasks.preview.high")
    envelope = msgspec.json.decode(message.data or b"", type=Envelope)
    command = msgspec.convert(envelope.args[0], PublishPreviews)
    assert command.task_id == envelope.task_id != event.task_id
    assert command.manifest_key == event.result.manifest_key
    accepted = await stream.get_last_msg("EVENTS", "events.preview.publish.accepted")
    assert msgspec.json.decode(accepted.data or b"")["task_id"] == command.task_id
