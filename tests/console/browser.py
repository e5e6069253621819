"""A real browser, its pages, and what they may never do."""

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    sync_playwright,
)

from onemanage.local.links import sign_in_link
from onemanage.local.stack import Stack

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".make" / "chromium"
AXE = ROOT / "services" / "console" / "node_modules" / "axe-core" / "axe.min.js"
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage", "--no-zygote"),
    *("--font-render-hinting=none", "--force-color-profile=srgb"),
)


def installed() -> Path | None:
    """The browser's program; None where there is none for this processor."""
    subprocess.run([ROOT / "scripts" / "chromium" / "install.sh"], check=True)
    program = PLACE / "chromium"
    return program if program.exists() else None


def built() -> Path:
    """The folder of the console, as it is now."""
    subprocess.run([ROOT / "scripts" / "console.sh"], check=True)
    return ROOT / ".make" / "console" / "dist"


_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{}</dir>
</fontconfig>
"""


def _fonts() -> Path:
    """The machine's fonts, and those of the services: few machines without a screen have
    Chinese ones."""
    found = importlib.util.find_spec("manimgx_fonts_cjk")
    assert found is not None and found.origin is not None  # psd depends on it
    path = PLACE / "fonts.conf"
    path.write_text(_FONTS.format(Path(found.origin).parent), encoding="utf-8")
    return path


@contextmanager
def browsing(program: Path) -> Iterator[Browser]:
    """A browser, with a fresh directory for what it remembers."""
    # The machine's own libraries first: those of the package are of another Linux.
    found = [os.environ.get("LD_LIBRARY_PATH", ""), str(PLACE / "lib" / "lib")]
    environment: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": ":".join(filter(None, found)),
        "FONTCONFIG_FILE": str(_fonts()),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=list(_FLAGS),
            headless=True,
            env=environment,
        )
        try:
            yield browser
        finally:
            browser.close()


def link_of(stack: Stack) -> str:
    """As ``make up`` prints it: it signs one browser in, once."""
    with start_blocking_portal() as portal:
        return portal.call(sign_in_link, stack)


def signed_in_by(browser: Browser, link: str) -> StorageState:
    """What a context begins with whose pages are to be signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("navigation").first.wait_for()
    state = context.storage_state()
    context.close()
    return state


class Complaints:
    """What pages of a context have said that they should not: warnings, errors, refused
    scripts, requests to elsewhere."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.said: list[str] = []
        self.expected: list[str] = []
        """Parts of what a test brings about itself, as `401`."""
        context.on("page", self._watch)
        context.on("request", lambda request: self._request(request.url, base_url))

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.said.append(f"{error}"))
        page.on(
            "console",
            lambda message: (
                self.said.append(f"{message.type}: {message.text} {message.location}")
                if message.type in ("warning", "error")
                else None
            ),
        )

    def _request(self, url: str, base_url: str) -> None:
        if not url.startswith((base_url, "blob:", "data:", "http://127.0.0.1:")):
            self.said.append(f"a request to {url}")

    def unexpected(self) -> list[str]:
        """All but what the test has named."""
        return [
            each
            for each in self.said
            if not any(part in each for part in self.expected)
        ]


def serious(page: Page) -> list[str]:
    """What axe finds on the page that is serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;0")
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        ".filter(each => ['serious', 'critical'].includes(each.impact))"
        ".map(each => `${each.id}: ${each.help} `"
        " + each.nodes.map(node => node.html.slice(0, 160)).join(' | '))"
    )
    return list(found)


def said(name: str) -> str:
    """A user's name as texts of the console have it: its direction stays its own."""
    return f"\u2068{name}\u2069"
