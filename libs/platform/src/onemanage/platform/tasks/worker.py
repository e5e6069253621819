"""Starting a worker process: TaskIQ's own command line, with our receiver."""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Any

from taskiq import TaskiqEvents, TaskiqState
from taskiq.cli.worker.args import WorkerArgs
from taskiq.cli.worker.run import run_worker as run_many
from taskiq.cli.worker.run import start_listen

from onemanage.platform.messaging import nats
from onemanage.platform.messaging.quick_answering import Answerer, answer_quickly
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.memory import keep_what_is_loaded
from onemanage.platform.process.observing import observed
from onemanage.platform.process.settings import ProcessSettings, load
from onemanage.platform.tasks.bindings import Bindings
from onemanage.platform.tasks.broker import Broker


def make_broker[S: ProcessSettings, T](
    domain: str,
    settings: type[S],
    open_service: Callable[[S], AbstractAsyncContextManager[T]],
    tasks: Bindings[T],
    *,
    quick: Callable[[T], Awaitable[Sequence[Answerer]]] | None = None,
    quick_slots: Callable[[S], int] = lambda _: 1,
    asking: Callable[[T, nats.Client], None] | None = None,
) -> Broker:
    """The domain's broker, with these tasks on the service that it opens. What ``quick``
    gives of it, once it can, answers quick questions beside them, in slots of its own.
    ``asking`` gives it the connection, where it asks other services.
    """
    found = load(settings)
    name = f"{domain}-worker"
    configure_logging(name, found.log_format, found.log_level, found.compute_group)
    broker = Broker(found, domain)
    for task in tasks:
        task.register(broker)
    opened = AsyncExitStack()

    @broker.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_it(state: TaskiqState) -> None:
        await opened.enter_async_context(observed(found, name, broker.connection))
        state.service = await opened.enter_async_context(open_service(found))
        if asking is not None:
            asking(state.service, broker.connection)
        keep_what_is_loaded()

    @broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_it(_: TaskiqState) -> None:
        await opened.aclose()

    if quick is not None:
        broker.beside.append(partial(_answering, broker, quick, quick_slots(found)))
    return broker


async def _answering(
    broker: Broker,
    quick: Callable[[Any], Awaitable[Sequence[Answerer]]],
    slots: int,
    stop: asyncio.Event,
) -> None:
    made = await quick(broker.state.service)
    client, active = broker.connection, broker.activity
    await answer_quickly(client, made, stop, slots=slots, activity=active)


def run_worker(broker: str, *, max_async_tasks: int) -> None:
    """Parse TaskIQ's worker options and ours, and work until SIGTERM.

    ``broker`` names the factory as ``module:function``. One worker runs in this very
    process, so that it gets the signals itself; ``--workers N`` forks as TaskIQ does.
    """
    defaults = {
        "workers": 1,
        "max_async_tasks": max_async_tasks,
        "receiver": "onemanage.platform.tasks:Receiver",
        "configure_logging": False,
    }
    options = _options()
    ours, others = options.parse_known_args()
    if "--help" in others or "-h" in others:
        options.print_help()
    args = WorkerArgs.from_cli([broker, *others], defaults)
    args.configure_logging = False
    leaving = [(name, str(when)) for name, when in vars(ours).items() if when]
    args.receiver_arg.extend(leaving)
    if args.workers > 1:
        if leaving:
            options.error("a process that leaves by itself is one, without --workers")
        raise SystemExit(run_many(args))
    start_listen(args)


def _options() -> ArgumentParser:
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(
        "--exit-when-idle",
        type=_seconds,
        metavar="SECONDS",
        help="end, with status 0, when there has been no task and no quick question for"
        " so long",
    )
    parser.add_argument(
        "--exit-after",
        type=_seconds,
        metavar="SECONDS",
        help="from that age on take no more, and end, with status 0, when what there is"
        " is done",
    )
    return parser


def _seconds(text: str) -> float:
    if not (seconds := float(text)) > 0:
        raise ValueError
    return seconds
