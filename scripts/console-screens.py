"""Screens of the console's pages from a running stack: light and dark, 1440 and 390
pixels wide, English and Chinese.

    scripts/console-screens.py LINK OUT [--page /tasks …] [--only light-1440-en …]

LINK is what `make up` prints (or `make link`), good once. Without --page all pages of the
navigation are taken.
"""

import argparse
import sys
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.console.browser import browsing, installed, signed_in_by  # noqa: E402

_HEIGHTS = {1440: 900, 390: 844}
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_WAYS = list(product(_THEMES, (1440, 390), ("en", "zh")))


def main() -> None:
    """Take the screens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("link")
    parser.add_argument("out", type=Path)
    parser.add_argument("--page", action="append", help="below /console")
    parser.add_argument("--only", action="append", help="as light-1440-en")
    given = parser.parse_args()
    program = installed()
    if program is None:
        sys.exit("There is no Chromium for this processor.")
    given.out.mkdir(parents=True, exist_ok=True)
    with browsing(program) as browser:
        state = signed_in_by(browser, given.link)
        for theme, width, language in _WAYS:
            way = f"{theme}-{width}-{language}"
            if given.only and way not in given.only:
                continue
            context = browser.new_context(
                base_url="{0.scheme}://{0.netloc}".format(urlsplit(given.link)),
                storage_state=state,
                viewport={"width": width, "height": _HEIGHTS[width]},
                color_scheme=theme,
                locale={"en": "en-GB", "zh": "zh-CN"}[language],
            )
            page = context.new_page()
            for path in given.page or _paths(page):
                _take(page, path, given.out / f"{_name(path)}-{way}.png")
            context.close()


def _paths(page: Page) -> list[str]:
    page.goto("/console/")
    page.locator("nav a").first.wait_for(state="attached")
    found = page.locator("nav section a").evaluate_all(
        "all => all.map(each => each.getAttribute('href').replace('/console', ''))"
    )
    return [str(each) for each in found]


def _take(page: Page, path: str, out: Path) -> None:
    page.goto(f"/console{path}")
    page.locator("h1").first.wait_for()
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    page.wait_for_timeout(400)
    page.screenshot(path=out)
    print(out)


def _name(path: str) -> str:
    return path.strip("/").split("?")[0].replace("/", "-") or "home"


if __name__ == "__main__":
    main()
