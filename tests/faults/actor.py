"""A service of the tests' own, for real processes: ``-m tests.faults.actor worker``.

What a task does stands in the file name of its command, as "sleep 3". Every beginning
and end is a line of JSON in the file RECORD.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from nats.aio.msg import Msg

from onemanage.contracts.base import Event
from onemanage.contracts.psd.documents import PARSE_EXPORT, Document, ParseExport
from onemanage.platform.messaging import delivery
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.sandbox.sandbox import Sandbox, open_sandbox
from onemanage.platform.tasks import (
    Bindings,
    Broker,
    InvalidInput,
    bind_without_progress,
    make_broker,
    run_worker,
)
from onemanage.testing.samples import document
from tests.faults import burning

_NAME = "tests.faults.actor"


def record(what: str, **facts: Any) -> None:
    group = os.environ.get("COMPUTE_GROUP", "")
    line = {
        "what": what,
        "pid": os.getpid(),
        "at": time.time(),
        "group": group,
        **facts,
    }
    with open(os.environ["RECORD"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


@asynccontextmanager
async def open_service(_: ProcessSettings) -> AsyncIterator[Sandbox]:
    async with open_sandbox(
        memory_limit=1 << 30, preload=["tests.faults.burning"]
    ) as sandbox:
        yield sandbox


async def parse_export(sandbox: Sandbox, command: ParseExport) -> Document:
    record("began", task_id=command.task_id, name=command.file_name)
    verb, _, value = command.file_name.partition(" ")
    seconds = float(value or 0)
    match verb:
        case "sleep":
            await asyncio.sleep(seconds)
        case "burn":
            await sandbox.run(burning.burn, seconds, timeout=60)
        case "hang":
            path = Path(os.environ["RECORD"])
            folders = [path.parent]
            await sandbox.run(burning.hang, str(path), timeout=seconds, folders=folders)
        case "raise":
            raise RuntimeError("out of luck")
        case "refuse":
            raise InvalidInput("psd.not_a_psd", "This is no PSD.", "byte 0")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
    record("ended", task_id=command.task_id, name=command.file_name)
    return document(command)


BINDINGS: Bindings[Sandbox] = (
    bind_without_progress(PARSE_EXPORT, lambda sandbox: partial(parse_export, sandbox)),
)
"""Not all of the service's: an older worker knows fewer, and with TASKS=none none."""


def broker() -> Broker:
    if os.environ.get("DIE_BEFORE_ACK"):

        async def die(_: delivery.Acknowledgements, __: Msg) -> bool:
            os.kill(os.getpid(), signal.SIGKILL)
            return False

        setattr(delivery.Acknowledgements, "confirm", die)  # at this very point
    if os.environ.get("DIE_BEFORE_GIVING_BACK"):

        async def die_with(_: Msg, delay: float | None = None) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(Msg, "nak", die_with)  # at this very point
    known = BINDINGS if os.environ.get("TASKS", "all") == "all" else ()
    return make_broker("psd", ProcessSettings, open_service, known)


async def on_task_event_project_task(event: Event, _: None) -> None:
    record("handled", task_id=event.task_id, status=event.status, run=event.run)
    await asyncio.sleep(float(os.environ.get("HANDLING", "0")))


async def on_psd_run_ended_discard_artifacts(event: Event, _: None) -> None:
    record("failing", task_id=event.task_id, status=event.status)
    raise RuntimeError("this handler is broken")


@asynccontextmanager
async def open_nothing(_: ProcessSettings, __: Client) -> AsyncIterator[None]:
    yield None


if __name__ == "__main__":
    kind = sys.argv.pop(1)
    if kind == "worker":
        slots = int(os.environ.get("SLOTS", "4"))
        run_worker(f"{_NAME}:broker", max_async_tasks=slots)
    else:
        run_consumer(
            "psd",
            ProcessSettings,
            open_nothing,
            handlers=(
                on_task_event_project_task,
                on_psd_run_ended_discard_artifacts,
            ),
        )
