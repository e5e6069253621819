"""The registry and the services' own tables say the same."""

from importlib import import_module
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, TypeAliasType, get_args, get_origin, get_type_hints

import pytest

from onemanage.contracts import registry
from onemanage.contracts.base import Command, Event, RequestedEvent
from onemanage.contracts.registry import consumers_of
from onemanage.platform.messaging import answering, handlers

SERVICES = Path(__file__).resolve().parents[2] / "services"


def test_the_registry_names_only_services_that_exist() -> None:
    named = {spec.worker for spec in registry.TASKS}
    named |= {spec.requester for spec in registry.TASKS if spec.requester}
    named |= {spec.producer for spec in registry.EVENTS}
    named |= {spec.owner for spec in (*registry.QUERIES, *registry.QUICK)}
    named |= {spec.service for spec in registry.CONSUMERS}
    existing = {path.parent.name for path in SERVICES.glob("*/pyproject.toml")}

    assert named <= {name.replace("-", "_") for name in existing}


def test_only_the_gateway_sends_commands_and_services_ask_for_the_tasks_they_need() -> (
    None
):
    """Nothing that is done for a workspace goes past its turn (ADR 25)."""
    requests = [spec for spec in registry.EVENTS if ".requested" in spec.subject]
    assert requests
    for request in requests:
        command = registry.task_named(registry.task_name_of(request.subject))
        assert command is not None
        assert issubclass(request.type, RequestedEvent)
        assert get_type_hints(request.type)["command"] is command.command
        seen_by = {each.handler for each in registry.consumers_of(request.subject)}
        assert "on_task_requested_accept_task" in seen_by


WORKERS = ["data_import", "imaging", "preview", "psd"]
WITH_HANDLERS = ["gateway", *WORKERS]


def _module(service: str, name: str) -> ModuleType:
    return import_module(f"onemanage.{service}.{name}")


@pytest.mark.parametrize("service", WITH_HANDLERS)
def test_the_handlers_of_a_service_are_those_of_the_registry(service: str) -> None:
    registered = {c.handler for c in registry.CONSUMERS if c.service == service}
    handlers = _module(service, "handlers").HANDLERS

    assert {handler.__name__ for handler in handlers} == registered


@pytest.mark.parametrize("service", WITH_HANDLERS)
def test_a_handler_takes_the_event_of_its_subject(service: str) -> None:
    for handler in _module(service, "handlers").HANDLERS:
        wanted = next(iter(get_type_hints(handler).values()))
        spec = handlers.spec_of(handler)
        seen = [e.type for e in registry.EVENTS if spec in consumers_of(e.subject)]

        assert seen
        assert all(_takes(wanted, kind) for kind in seen)


def _takes(wanted: Any, kind: type[Event]) -> bool:
    """Of an event that carries something, that has to be the same."""
    if isinstance(wanted, TypeAliasType):
        wanted = wanted.__value__
    if isinstance(wanted, UnionType):
        return any(_takes(each, kind) for each in get_args(wanted))
    if not issubclass(kind, get_origin(wanted) or wanted):
        return False
    carried = {get_type_hints(kind).get(name) for name in ("result", "command")}
    return all(each is Command or each in carried for each in get_args(wanted))


@pytest.mark.parametrize("service", WITH_HANDLERS)
def test_the_answers_of_a_service_are_those_of_the_registry(service: str) -> None:
    owned = {spec.subject for spec in registry.QUERIES if spec.owner == service}
    answerers = _module(service, "queries").QUERIES

    assert {answering.spec_of(answerer).subject for answerer in answerers} == owned
    for answerer in answerers:
        answer = get_type_hints(answerer)["return"]
        assert answer is answering.spec_of(answerer).answer


@pytest.mark.parametrize(
    ("service", "table"),
    [("gateway", "worker_tasks"), *((service, "tasks") for service in WORKERS)],
)
def test_the_tasks_of_a_service_are_those_of_the_registry(
    service: str, table: str
) -> None:
    bound = [binding.task for binding in _module(service, table).TASKS]
    declared = [task for task in registry.TASKS if task.worker == service]

    assert sorted(bound, key=_name) == sorted(declared, key=_name)


def _name(task: registry.AnyTask) -> str:
    return task.name
