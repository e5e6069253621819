"""The committed docs/asyncapi.json and the users of NATS are what the registry says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contracts import NATS_USERS, generated_files, stale_files, write_files

from onemanage.contracts import registry

ROOT = Path(__file__).resolve().parents[2]
ASYNCAPI = ROOT / "docs/asyncapi.json"


@pytest.fixture(scope="module")
def asyncapi() -> Any:
    return json.loads(ASYNCAPI.read_bytes())


def test_the_committed_files_are_fresh() -> None:
    assert stale_files(ROOT, generated_files()) == []


def test_generating_twice_gives_the_same_bytes() -> None:
    assert generated_files() == generated_files()


def test_stale_and_missing_files_are_each_named(tmp_path: Path) -> None:
    files = generated_files()
    write_files(tmp_path, files)
    assert stale_files(tmp_path, files) == []

    (tmp_path / "docs/asyncapi.json").write_text("{}")
    (tmp_path / NATS_USERS).unlink()

    assert stale_files(tmp_path, files) == [
        "docs/asyncapi.json: is out of date",
        f"{NATS_USERS}: is missing",
    ]


def test_every_message_has_its_schema(asyncapi: Any) -> None:
    schemas = asyncapi["components"]["schemas"]

    assert {kind.__name__ for kind in registry.message_types().values()} <= set(schemas)
    assert all(name.isidentifier() for name in schemas), "two have the same name"


def test_every_subject_is_a_channel(asyncapi: Any) -> None:
    addresses = {channel["address"] for channel in asyncapi["channels"].values()}
    subjects = {event.subject for event in registry.EVENTS}
    subjects |= {spec.subject for spec in (*registry.QUERIES, *registry.QUICK)}
    subjects |= {
        command.subject(lane) for command in registry.TASKS for lane in registry.LANES
    }

    assert addresses == subjects | {None}  # None: the reply inboxes.


def test_every_channel_that_has_an_address_has_a_receiver(asyncapi: Any) -> None:
    """A producer without any consumer is a fact that nobody wants."""
    received = {
        operation["channel"]["$ref"]
        for operation in asyncapi["operations"].values()
        if operation["action"] == "receive"
    }

    assert received == {
        f"#/channels/{name}"
        for name, channel in asyncapi["channels"].items()
        if channel["address"] is not None
    }


def test_every_reference_leads_somewhere(asyncapi: Any) -> None:
    for reference in references(asyncapi):
        found = asyncapi
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        assert found


def test_operations_send_messages_that_their_channel_declares(asyncapi: Any) -> None:
    for name, operation in asyncapi["operations"].items():
        assert operation["action"] in ("send", "receive"), name
        sides = [operation, operation["reply"]] if "reply" in operation else [operation]
        for side in sides:
            channel = side["channel"]["$ref"]
            assert side["messages"], name
            for message in side["messages"]:
                assert message["$ref"].startswith(f"{channel}/messages/"), name


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
