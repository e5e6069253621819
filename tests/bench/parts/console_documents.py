"""A document of many layers in the console: its first picture, its eyes, its memory."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, StorageState

from onemanage.local.stack import Stack

from .layered_documents import SMALL, layered

LAYERS, MANY = 300, 5000
ROUNDS = 5
EYES = 20
_ENDED = ("completed", "failed", "cancelled")
_SETTLED_MS = 1500
_REST_MS = 100
"""A hand rests on an eye for at least as long before it presses."""
_TIMEOUT_MS = 180_000.0
_WATCH = """() => {
  const watched = {clicked: 0, shown: 0, drawn: 0};
  window.watched = watched;
  const click = (event) => { watched.clicked = event.timeStamp; };
  document.addEventListener('click', click, {capture: true, once: true});
  const look = () => {
    const image = document.querySelector('main section img');
    const canvas = document.querySelector('canvas[data-drawn]');
    if (canvas) watched.drawn ||= performance.now();
    if (canvas || image?.naturalWidth) watched.shown ||= performance.now();
    if (!watched.drawn) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""A picture that is there in one frame is on the screen by the next."""
_TAKE = """() => {
  const {clicked, shown, drawn} = window.watched;
  return [shown - clicked, drawn - clicked];
}"""
_EYE = """() => {
  const canvas = document.querySelector('canvas[data-drawn]');
  window.toggled = new Promise((done) => {
    document.addEventListener('click', (event) => {
      const before = canvas.dataset.drawn;
      const look = () => {
        if (canvas.dataset.drawn === before) return;
        watcher.disconnect();
        requestAnimationFrame(() => done(performance.now() - event.timeStamp));
      };
      const watcher = new MutationObserver(look);
      watcher.observe(canvas, {attributeFilter: ['data-drawn']});
    }, {capture: true, once: true});
  });
}"""


def measured(
    browser: Browser, stack: Stack, state: StorageState, folder: Path
) -> dict[str, float]:
    """Milliseconds and megabytes, by what they are of; ``many_…``: of 5,000 layers."""
    few = _read(stack, layered(folder / "few.psd", LAYERS))
    firsts = [_opened(browser, stack, state, few) for _ in range(ROUNDS)]
    found = {
        "first_picture_ms": statistics.median(shown for shown, _, _, _ in firsts),
        "drawn_ms": statistics.median(drawn for _, drawn, _, _ in firsts),
        "eye_ms": statistics.median(max(eyes) for _, _, eyes, _ in firsts),
        "eye_median_ms": statistics.median(one for each in firsts for one in each[2]),
        "memory_mb": max(memory for _, _, _, memory in firsts),
    }
    many = _read(stack, layered(folder / "many.psd", MANY, SMALL))
    shown, drawn, eyes, memory = _opened(browser, stack, state, many)
    return found | {
        "many_first_picture_ms": shown,
        "many_drawn_ms": drawn,
        "many_eye_ms": max(eyes),
        "many_memory_mb": memory,
    }


def _read(stack: Stack, path: Path) -> str:
    """Its name in the list."""
    headers = {"Authorization": f"Bearer {stack.owner_api_key}", "Prefer": "wait=30"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=120) as client:
        answer = client.post(
            "/v1/psd/documents", params={"name": path.name}, content=path.read_bytes()
        )
        task: dict[str, Any] = answer.raise_for_status().json()
        while task["state"] not in _ENDED:
            task = client.get(f"/v1/tasks/{task['id']}").raise_for_status().json()
    if task["state"] != "completed":
        raise RuntimeError(f"{path.name} was not read: {task}")
    return path.name


def _opened(
    browser: Browser, stack: Stack, state: StorageState, name: str
) -> tuple[float, float, list[float], float]:
    """From a click in the list of documents: the first picture, all layers drawn; each
    toggle of an eye; and the memory of the page then."""
    with _page(browser, stack, state) as page:
        page.goto("/console/documents")
        row = page.get_by_role("link", name=name)
        row.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(_WATCH)
        row.click()
        page.wait_for_function("() => window.watched.drawn > 0")
        shown, drawn = page.evaluate(_TAKE)
        page.wait_for_timeout(_SETTLED_MS)
        eyes = list(_toggled(page))
        return shown, drawn, eyes, _megabytes(browser)


def _toggled(page: Page) -> Iterator[float]:
    """Eyes from one end of the tree to the other, by the mouse."""
    tree = page.get_by_role("tree")
    tree.get_by_role("treeitem").first.focus()
    for number in range(EYES):
        row = tree.locator("[role=treeitem][tabindex='0']")
        eye = row.get_by_role("button", name="Show ")
        page.evaluate(_EYE)
        eye.hover()
        page.wait_for_timeout(_REST_MS)
        eye.click()
        yield float(page.evaluate("() => window.toggled"))
        row.focus()
        if row.get_attribute("aria-expanded") == "false":
            row.press("ArrowRight")
        for _ in range(number % 3 + 1):
            tree.locator("[role=treeitem][tabindex='0']").press("ArrowDown")


@contextmanager
def _page(browser: Browser, stack: Stack, state: StorageState) -> Iterator[Page]:
    """With nothing in its cache."""
    context = browser.new_context(
        base_url=stack.base_url,
        storage_state=state,
        viewport={"width": 1440, "height": 900},
        locale="en-GB",
    )
    context.set_default_timeout(_TIMEOUT_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def _megabytes(browser: Browser) -> float:
    """Of the process that has the page: all that it has written to, with its share of
    what several have, as browsers themselves tell a page's memory. The program, mapped
    from its file and dropped where memory is short, is the same for every page."""
    session = browser.new_browser_cdp_session()
    told = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return max(_written(each["id"]) for each in told if each["type"] == "renderer")


def _written(process: int) -> float:
    told = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in told}
    return (kilobytes["Pss_Anon"] + kilobytes["Pss_Shmem"]) / 1024
