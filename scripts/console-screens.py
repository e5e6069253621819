"""Pictures of all pages of the console: light and dark, 1440 and 390 pixels wide,
English and Chinese.

    scripts/console-screens.py OUT [--link LINK] [--page tasks …] [--only light-1440-en …]
    scripts/console-screens.py OUT --docs

Without LINK, which `make up` or `make link` prints, a stack is started, with samples in
it. --docs writes what docs/images keeps.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page, StorageState, expect

sys.path.insert(0, str(Path(__file__).parents[1]))
from console_pages import Screen, failed_tasks, screens  # noqa: E402
from console_samples import fill  # noqa: E402
from console_sheets import keep  # noqa: E402

from tests.console.browser import (  # noqa: E402
    browsing,
    built,
    installed,
    link_of,
    signed_in_by,
)
from tests.console.letters import leave_letter  # noqa: E402
from tests.running_stack import stack_with  # noqa: E402

_HEIGHTS = {1440: 900, 390: 844}
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_WAYS = list(product(_THEMES, (1440, 390), ("en", "zh")))
_LOCALES = {"en": "en-GB", "zh": "zh-CN"}
_SETTINGS = {"WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8"}
_PATIENCE = 20_000
_ARE_THERE = """() => [...document.images].every(each => {
  const { top, bottom, width } = each.getBoundingClientRect();
  return each.complete || width === 0 || top > innerHeight || bottom < 0;
})"""


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--link")
    parser.add_argument("--page", action="append", help="as merge-rejects")
    parser.add_argument("--only", action="append", help="as light-1440-en")
    parser.add_argument("--docs", action="store_true")
    given = parser.parse_args()
    program = installed()
    if program is None:
        sys.exit("There is no Chromium for this processor.")
    given.out.mkdir(parents=True, exist_ok=True)
    with browsing(program) as browser, _link(given.link) as link:
        state = signed_in_by(browser, link)
        base_url = "{0.scheme}://{0.netloc}".format(urlsplit(link))
        with _client(base_url, state) as client:
            wanted = screens(client)
        taken = [s for s in wanted if not given.page or s.name in given.page]
        for way in _WAYS:
            if not given.only or "{}-{}-{}".format(*way) in given.only:
                _take_all(browser, base_url, state, way, taken, given.out)
    if given.docs:
        keep(given.out)


@contextmanager
def _link(given: str | None) -> Iterator[str]:
    """The one that was given, or to a stack of our own."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="onemanage-screens-") as folder:
        settings = _SETTINGS | {"CONSOLE_DIR": str(built())}
        place = Path(folder)
        with stack_with(settings, place / "data", place / "services.log") as stack:
            own = {"Authorization": f"Bearer {stack.owner_api_key}"}
            with httpx.Client(
                base_url=stack.base_url, headers=own, timeout=60
            ) as client:
                fill(client)
                failed = failed_tasks(client)[0]
            leave_letter(stack.addresses.nats_url, failed)
            yield link_of(stack)


def _client(base_url: str, state: StorageState) -> httpx.Client:
    """Signed in as the browser is."""
    cookies = {each["name"]: each["value"] for each in state["cookies"]}
    return httpx.Client(base_url=base_url, cookies=cookies, timeout=60)


def _take_all(
    browser: Browser,
    base_url: str,
    state: StorageState,
    way: tuple[Literal["light", "dark"], int, str],
    wanted: list[Screen],
    out: Path,
) -> None:
    theme, width, language = way
    for signed_in in (True, False):
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": _HEIGHTS[width]},
            color_scheme=theme,
            locale=_LOCALES[language],
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            storage_state=state if signed_in else None,
        )
        page = context.new_page()
        for screen in wanted:
            if screen.signed_in == signed_in:
                _take(page, screen)
                path = out / f"{screen.name}-{theme}-{width}-{language}.png"
                page.screenshot(path=path)
                print(path)
        context.close()


def _take(page: Page, screen: Screen) -> None:
    """Everything is there. `wait_for_function` is of no use here: it runs text as a
    script, which the pages' policy refuses."""
    page.goto(f"/console{screen.path}")
    page.locator("h1, main h2").first.wait_for()
    _settle(page)
    if screen.open is not None:
        screen.open(page)
        _settle(page)


def _settle(page: Page) -> None:
    for _ in range(2):
        busy = page.locator("[aria-busy=true]")
        expect(busy).to_have_count(0, timeout=_PATIENCE)
        for _ in range(50):
            if page.evaluate(_ARE_THERE):
                break
            page.wait_for_timeout(100)
        page.wait_for_timeout(250)


if __name__ == "__main__":
    main()
