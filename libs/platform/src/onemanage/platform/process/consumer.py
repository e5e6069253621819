"""The event consumer process of a service: its HANDLERS and its QUERIES, until SIGTERM."""

import argparse
import asyncio
import contextlib
from collections.abc import Callable, Sequence

import anyio
import uvloop
from loguru import logger

from onemanage.platform.messaging.answering import Answerer, answer_queries
from onemanage.platform.messaging.handlers import Handler, consume
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.beginning import StoppedFirst, begun, stop_on_signals
from onemanage.platform.process.health import keep_healthy
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.memory import keep_what_is_loaded
from onemanage.platform.process.observing import observed
from onemanage.platform.process.settings import ProcessSettings, load


def run_consumer[D, S: ProcessSettings](
    service: str,
    settings: type[S],
    open_deps: Callable[[S, Client], contextlib.AbstractAsyncContextManager[D]],
    *,
    handlers: Sequence[Handler[D]] = (),
    queries: Sequence[Answerer[D]] = (),
) -> None:
    """Parse the command line, wire, and run until SIGTERM or SIGINT.

    ``open_deps`` gives what handlers and answers are passed.
    """
    described = f"The event consumer of {service}; settings come from the environment."
    argparse.ArgumentParser(description=described).parse_args()
    found = load(settings)
    configure_logging(f"{service}-consumer", found.log_format, found.log_level)

    async def run() -> None:
        stop_on_signals(stop := asyncio.Event())
        name = f"{service}-consumer"
        try:
            client = await begun(connect(found.nats_url, name), stop)
        except StoppedFirst:
            return
        try:
            async with observed(found, name, client), open_deps(found, client) as deps:
                keep_what_is_loaded()
                await serve(client, found, deps, stop)
        finally:
            await client.close()

    async def serve(client: Client, found: S, deps: D, stop: asyncio.Event) -> None:
        wait = found.task_ack_wait
        async with anyio.create_task_group() as health:
            health.start_soon(
                keep_healthy, found.health_file, lambda: client.is_connected
            )
            logger.info("Consumer of {} is ready", service)
            async with anyio.create_task_group() as work:
                work.start_soon(consume, client, handlers, deps, wait, stop)
                work.start_soon(answer_queries, client, queries, deps, stop)
            health.cancel_scope.cancel()

    uvloop.run(run())
