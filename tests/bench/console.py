"""How soon the console is there, beside an empty page of the same gateway.

    make bench NAME=console

``first_load`` is what the browser is sent, compressed, of scripts and styles, until the
list of tasks is there, by 150,000 bytes: less is better. ``interactive`` is the median
time until the page answers (its heading stands and the main thread is free), by that of a
page with one heading and nothing else, served from the same folder, both over a line of
1.6 Mbit/s with 150 ms there and back and an empty cache: what there is besides the line.

Then a document of 300 layers (1920 x 1440) is opened from the list of documents, on a
line that is as fast as the machine: ``first_picture_ms`` from the click until a picture
stands, ``drawn_ms`` until all layers are drawn by the browser, ``eye_ms`` the slowest of
twenty eyes from the click until the next frame after the drawing (the median of five
rounds), ``memory_mb`` what the page's process holds after that. ``many_…`` are of 5,000
layers, which must work, and have no targets.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState

from onemanage.local.stack import Stack
from tests.console.browser import (
    browsing,
    built,
    installed,
    link_of,
    signed_in_by,
)
from tests.running_stack import stack_with

from .parts import console_documents, summary

ROUNDS = 7
MOST_BYTES = 150_000
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
EMPTY = "<!doctype html><html lang=en><title>Empty</title><h1>Empty</h1>"
AT_MOST = {
    "first_load": 1.0,
    "interactive": 1.5,
    "first_picture_ms": 1000.0,
    "eye_ms": 50.0,
    "memory_mb": 300.0,
}
_READY = """
async () => {
  const heading = () => document.querySelector('h1');
  while (!heading()) await new Promise((done) => setTimeout(done, 10));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now();
}
"""


@contextmanager
def _served() -> Iterator[Stack]:
    """A stack whose console has the empty page beside it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "console"
        shutil.copytree(built(), folder)
        (folder / "empty.html").write_text(EMPTY, encoding="utf-8")
        settings = {"CONSOLE_DIR": str(folder)}
        with stack_with(settings, Path(place) / "stack", Path(place) / "log") as stack:
            yield stack


def _fresh(
    browser: Browser, stack: Stack, state: StorageState
) -> tuple[Page, list[int]]:
    """A page with an empty cache behind the slow line, and the sizes of what comes."""
    context = browser.new_context(base_url=stack.base_url, storage_state=state)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", LINE)
    kinds: dict[str, str] = {}
    sizes: list[int] = []
    session.on(
        "Network.responseReceived",
        lambda event: kinds.update({event["requestId"]: event["type"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: (
            sizes.append(int(event["encodedDataLength"]))
            if kinds.get(event["requestId"]) in ("Script", "Stylesheet")
            else None
        ),
    )
    return page, sizes


def _measured(
    browser: Browser, stack: Stack, state: StorageState, path: str
) -> tuple[float, int]:
    """Milliseconds until it answers, and bytes of scripts and styles."""
    page, sizes = _fresh(browser, stack, state)
    page.goto(path, wait_until="commit")
    ready = float(page.evaluate(_READY))
    page.wait_for_load_state("load")
    page.context.close()
    return ready, sum(sizes)


def main() -> None:
    """Measure, and print what was found."""
    program = installed()
    if program is None:
        sys.exit("There is no Chromium for this processor.")
    with (
        tempfile.TemporaryDirectory() as folder,
        browsing(program) as browser,
        _served() as stack,
    ):
        state = signed_in_by(browser, link_of(stack))
        loading = _loading(browser, stack, state)
        documents = console_documents.measured(browser, stack, state, Path(folder))
    for name, value in documents.items():
        print(f"{name}: {value:.0f}")
    summary.say("console", loading | documents, at_most=AT_MOST)


def _loading(browser: Browser, stack: Stack, state: StorageState) -> dict[str, float]:
    """Ratios."""
    ours, empty, loads = [], [], []
    for _ in range(ROUNDS):
        empty.append(_measured(browser, stack, state, "/console/empty.html")[0])
        ready, size = _measured(browser, stack, state, "/console/tasks")
        ours.append(ready)
        loads.append(size)
    print(f"scripts and styles: {max(loads):,} bytes")
    print(f"interactive: {statistics.median(ours):.0f} ms")
    print(f"an empty page: {statistics.median(empty):.0f} ms")
    return {
        "first_load": max(loads) / MOST_BYTES,
        "interactive": statistics.median(ours) / statistics.median(empty),
    }


if __name__ == "__main__":
    main()
