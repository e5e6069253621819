"""10,000 tasks stream by while somebody looks at the list of tasks.

    make bench NAME=console_tasks

Events of tasks (accepted, started, cancelled) go onto the stream as fast as NATS takes
them, and the gateway tells the page of each. The page measures its frames by itself:
the longest time between two of them while tasks come, and beside it the longest while
nothing comes, which is the machine's own part.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Page

from onemanage.contracts.base import Status, new_id
from onemanage.contracts.imaging.images import ANALYZE
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.local.stack import Stack
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import connect
from tests.console.browser import browsing, built, installed, link_of
from tests.running_stack import stack_with

from .parts import summary

TASKS = 10_000
AT_MOST_MS = 100.0
_AT_ONCE = 100
_QUIET_MS = 3000
_LOOK_MS = 500
_WATCH = """() => {
  const watched = {longest: 0, frames: 0, last: performance.now(), isOn: true};
  window.watched = watched;
  const look = (now) => {
    watched.longest = Math.max(watched.longest, now - watched.last);
    watched.last = now;
    watched.frames += 1;
    if (watched.isOn) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_TAKE = "() => { window.watched.isOn = false; return window.watched.longest; }"
_SEEN = """() => {
  const table = document.querySelector('table[aria-rowcount]');
  return Number(table?.getAttribute('aria-rowcount') ?? 0) - 1;
}"""


def measured(page: Page, stack: Stack) -> dict[str, float]:
    """Milliseconds: the longest frame of ``page``, which is signed in, without tasks and
    with; all of them are in its list at the end."""
    page.goto("/console/tasks")
    page.get_by_text("Live", exact=True).wait_for()
    page.evaluate(_WATCH)
    page.wait_for_timeout(_QUIET_MS)
    quiet = float(page.evaluate(_TAKE))
    page.evaluate(_WATCH)
    with start_blocking_portal() as portal:
        portal.call(_stream, stack)
    while page.evaluate(_SEEN) < TASKS:
        page.wait_for_timeout(_LOOK_MS)
    return {"quiet_ms": quiet, "longest_ms": float(page.evaluate(_TAKE))}


async def _stream(stack: Stack) -> None:
    client = await connect(stack.addresses.nats_url, "bench")
    publisher = EventPublisher(client)

    async def one(task_id: str) -> None:
        for status in (Status.ACCEPTED, Status.STARTED, Status.CANCELLED):
            event = make_event(ANALYZE, status, task_id, OWNER_WORKSPACE)
            await publisher.publish(event)

    try:
        for some in batched((new_id("tsk") for _ in range(TASKS)), _AT_ONCE):
            await asyncio.gather(*map(one, some))
    finally:
        await client.close()


@contextmanager
def signed_in() -> Iterator[tuple[Page, Stack]]:
    """A page of a fresh stack with the console, as its owner."""
    program = installed()
    if program is None:
        raise SystemExit("There is no Chromium for this processor.")
    settings = {"CONSOLE_DIR": str(built())}
    with (
        tempfile.TemporaryDirectory() as folder,
        browsing(program) as browser,
        stack_with(settings, Path(folder), Path(folder) / "services.log") as stack,
    ):
        page = browser.new_page(base_url=stack.base_url, locale="en-GB")
        page.goto(link_of(stack))
        page.get_by_role("navigation").first.wait_for()
        yield page, stack


def main() -> None:
    """Say what was measured."""
    with signed_in() as (page, stack):
        found = measured(page, stack)
    print(f"longest frame without tasks: {found['quiet_ms']:.0f} ms")
    print(f"longest frame with {TASKS:,} tasks: {found['longest_ms']:.0f} ms")
    summary.say("console_tasks", found, at_most={"longest_ms": AT_MOST_MS}, places=0)


if __name__ == "__main__":
    main()
