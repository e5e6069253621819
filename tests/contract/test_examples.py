"""Each consumer commits payloads that it relies on; every release must still read them.

They stand in ``services/<consumer>/tests/examples/<subject>/<scenario>.json``.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onemanage.contracts import registry
from onemanage.contracts.base import Event
from onemanage.contracts.registry import ConsumerSpec

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(ROOT.glob("services/*/tests/examples/*/*.json"))

each_example = pytest.mark.parametrize(
    "example",
    EXAMPLES,
    ids=lambda path: "/".join([path.parts[-5], path.parts[-2], path.stem]),
)
each_relied_on = pytest.mark.parametrize(
    ("consumer", "subject"),
    [
        pytest.param(consumer, event.subject, id=f"{consumer.handler}-{event.subject}")
        for event in registry.EVENTS
        for consumer in registry.consumers_of(event.subject)
    ],
)


def folder_of(service: str) -> str:
    """Packages have underscores where folders have hyphens."""
    return service.replace("_", "-")


def decode(example: Path) -> Event:
    """The example as the Struct that the registry has for its subject."""
    spec = registry.event_spec(example.parent.name)
    assert spec is not None, f"{example.parent.name} is no subject of the registry"
    return msgspec.json.decode(example.read_bytes(), type=spec.type)


def fields(value: Any, at: str = "") -> set[str]:
    """The path of every field in a JSON value, as in ``result.composite.width``."""
    if isinstance(value, list):
        return {path for item in value for path in fields(item, f"{at}[]")}
    if not isinstance(value, dict):
        return {at}
    return {
        path
        for name, item in value.items()
        for path in fields(item, f"{at}.{name}" if at else name)
    }


@each_example
def test_every_example_decodes_as_the_struct_of_its_subject(example: Path) -> None:
    event = decode(example)

    assert registry.subject_of(event) == example.parent.name


@each_example
def test_nothing_in_an_example_is_lost_in_reading(example: Path) -> None:
    """A field that no Struct has is one that was removed, or mistyped here."""
    read = msgspec.to_builtins(decode(example))

    assert fields(json.loads(example.read_bytes())) <= fields(read)


@each_example
def test_the_status_of_an_example_is_the_one_its_subject_ends_in(example: Path) -> None:
    event = decode(example)
    ending = example.parent.name.rpartition(".")[2]

    others = {"expired": "completed", "requested": "accepted"}
    assert event.status == others.get(ending, ending)


@each_example
def test_an_example_is_kept_by_a_service_that_consumes_its_subject(
    example: Path,
) -> None:
    consumers = registry.consumers_of(example.parent.name)

    assert example.parts[-5] in {folder_of(consumer.service) for consumer in consumers}


@each_relied_on
def test_every_consumer_has_an_example_of_each_subject_it_sees(
    consumer: ConsumerSpec, subject: str
) -> None:
    service = folder_of(consumer.service)
    folder = ROOT / "services" / service / "tests/examples" / subject

    assert list(folder.glob("*.json")), f"add one to {folder.relative_to(ROOT)}"
