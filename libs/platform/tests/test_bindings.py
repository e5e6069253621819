"""A service's table of tasks is complete before its worker starts, and well typed."""

import asyncio

import pytest

from onemanage.contracts.psd.diffs import COMPARE
from onemanage.contracts.psd.documents import PARSE_EXPORT, Document, ParseExport
from onemanage.contracts.psd.renditions import RENDER, Rendition
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.sandbox.job import Report
from onemanage.platform.tasks import (
    Bindings,
    BindingsDiffer,
    Broker,
    Receiver,
    all_tasks_of,
    bind,
    bind_without_progress,
)
from onemanage.testing.fixtures import settled, told
from onemanage.testing.samples import document, parse_command


class Reader:
    """A service."""

    def __init__(self) -> None:
        self.read: list[ParseExport] = []

    async def parse(self, command: ParseExport, report: Report) -> Document:
        self.read.append(command)
        await report("layers", 1, 1)
        return document(command)

    async def parse_quietly(self, command: ParseExport) -> Document:
        return document(command)

    async def render(self, command: ParseExport, report: Report) -> Rendition:
        raise NotImplementedError


async def test_a_bound_task_is_carried_out_by_the_service_and_reports(
    nats: Client, process_settings: ProcessSettings
) -> None:
    reader, sent, stop = Reader(), parse_command(), asyncio.Event()
    bindings: Bindings[Reader] = (bind(PARSE_EXPORT, lambda one: one.parse),)
    broker = Broker(process_settings, "psd")
    for binding in bindings:
        binding.register(broker)
    broker.state.service = reader
    working = asyncio.create_task(Receiver(broker, max_async_tasks=2).listen(stop))

    await CommandPublisher(nats).send(sent)
    await settled(nats)

    assert reader.read == [sent]
    statuses = ["accepted", "started", "progress", "completed"]
    assert await told(nats, sent.task_id) == statuses
    stop.set()
    await working
    await broker.shutdown()


def test_a_task_of_the_registry_that_nothing_carries_out_is_named() -> None:
    with pytest.raises(
        BindingsDiffer, match=r"psd\.compare, psd\.delete, .*psd\.render.*: not bound"
    ):
        all_tasks_of("psd", bind(PARSE_EXPORT, lambda one: Reader().parse))


def test_a_task_of_another_service_is_named() -> None:
    with pytest.raises(BindingsDiffer, match=r"psd\.parse_export: no task of it"):
        all_tasks_of("nobody", bind(PARSE_EXPORT, lambda one: Reader().parse))


def test_a_task_that_is_bound_twice_is_named() -> None:
    with pytest.raises(BindingsDiffer, match=r"psd\.parse_export: bound twice"):
        all_tasks_of(
            "psd",
            bind(PARSE_EXPORT, lambda one: Reader().parse),
            bind_without_progress(PARSE_EXPORT, lambda one: Reader().parse_quietly),
        )


def test_mypy_refuses_methods_that_do_not_fit_their_task() -> None:
    """Where it did not, it would call the ignores below unused."""
    reader = Reader()
    bind(PARSE_EXPORT, lambda one: reader.parse)
    bind(PARSE_EXPORT, lambda one: reader.parse_quietly)  # type: ignore[arg-type, return-value]  # it would get a report too
    bind(COMPARE, lambda one: reader.parse)  # type: ignore[arg-type, return-value]  # another task's command and result
    bind(RENDER, lambda one: reader.render)  # type: ignore[arg-type, return-value]  # another task's command
    bind_without_progress(PARSE_EXPORT, lambda one: reader.parse)  # type: ignore[arg-type, return-value]  # it would miss its report
