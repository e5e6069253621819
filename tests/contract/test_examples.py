"""Each consumer commits payloads that it relies on; every release must still read them.

They stand in ``services/<consumer>/tests/examples/<subject>/<scenario>.json``. Who hears
a subject by its name relies on the result or the command in it. Who hears whatever comes,
by a wildcard, relies on nothing that one task alone has; there, and of what says the same
of every task, as that it has begun, one subject stands for all.
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


def relied_on() -> dict[tuple[ConsumerSpec, str], set[str]]:
    """The subjects of which one example has to be there, by consumer and what they say."""
    found: dict[tuple[ConsumerSpec, str], set[str]] = {}
    for event in registry.EVENTS:
        carries_its_own = {"result", "command"} & set(event.type.__struct_fields__)
        is_of_a_task = registry.task_named(registry.task_name_of(event.subject))
        for consumer in registry.consumers_of(event.subject):
            relies_on_it = carries_its_own and event.subject in consumer.subjects
            what = event.subject
            if is_of_a_task and not relies_on_it:
                what = what.rpartition(".")[2]
            found.setdefault((consumer, what), set()).add(event.subject)
    return found


each_relied_on = pytest.mark.parametrize(
    ("service", "subjects"),
    [
        pytest.param(consumer.service, subjects, id=f"{consumer.handler}-{what}")
        for (consumer, what), subjects in relied_on().items()
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

    others = {"expired": "completed", "requested": "accepted", "handed_over": "started"}
    assert event.status == others.get(ending, ending)


@each_example
def test_an_example_is_kept_by_a_service_that_consumes_its_subject(
    example: Path,
) -> None:
    consumers = registry.consumers_of(example.parent.name)

    assert example.parts[-5] in {folder_of(consumer.service) for consumer in consumers}


@each_relied_on
def test_every_consumer_has_an_example_of_what_it_hears(
    service: str, subjects: set[str]
) -> None:
    folder = ROOT / "services" / folder_of(service) / "tests/examples"
    found = [path for each in subjects for path in (folder / each).glob("*.json")]

    assert found, f"add one of {sorted(subjects)} to {folder.relative_to(ROOT)}"
