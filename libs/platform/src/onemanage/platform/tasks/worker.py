"""Starting a worker process: TaskIQ's own command line, with our receiver."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from taskiq import TaskiqEvents, TaskiqState
from taskiq.cli.worker.args import WorkerArgs
from taskiq.cli.worker.run import run_worker as run_many
from taskiq.cli.worker.run import start_listen

from onemanage.platform.messaging.quick_answering import Answerer, answer_quickly
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.memory import keep_what_is_loaded
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
) -> Broker:
    """The domain's broker, with these tasks on the service that it opens.

    What ``quick`` gives of it, once it can, answers quick questions beside them, in
    slots of its own.
    """
    found = load(settings)
    configure_logging(f"{domain}-worker", found.log_format, found.log_level)
    broker = Broker(found, domain)
    for task in tasks:
        task.register(broker)
    opened = AsyncExitStack()

    @broker.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_it(state: TaskiqState) -> None:
        state.service = await opened.enter_async_context(open_service(found))
        keep_what_is_loaded()

    @broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_it(_: TaskiqState) -> None:
        await opened.aclose()

    if quick is not None:

        async def answer(stop: asyncio.Event) -> None:
            answerers = await quick(broker.state.service)
            slots = quick_slots(found)
            await answer_quickly(broker.connection, answerers, stop, slots=slots)

        broker.beside.append(answer)
    return broker


def run_worker(broker: str, *, max_async_tasks: int) -> None:
    """Parse TaskIQ's worker options, and work until SIGTERM.

    ``broker`` names the factory as ``module:function``. One worker runs in this very
    process, so that it gets the signals itself; ``--workers N`` forks as TaskIQ does.
    """
    defaults = {
        "workers": 1,
        "max_async_tasks": max_async_tasks,
        "receiver": "onemanage.platform.tasks:Receiver",
        "configure_logging": False,
    }
    args = WorkerArgs.from_cli([broker, *sys.argv[1:]], defaults)
    args.configure_logging = False
    if args.workers > 1:
        raise SystemExit(run_many(args))
    start_listen(args)
