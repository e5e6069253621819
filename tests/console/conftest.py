"""One stack and one browser for all tests of the console."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from onemanage.local.stack import Stack
from tests.running_stack import stack_with

from .browser import (
    Complaints,
    browsing,
    built,
    installed,
    link_of,
    signed_in_by,
)

_SETTINGS = {
    "TASK_ACK_WAIT": "2",
    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
    "LIMIT_KEY_REQUESTS_PER_SECOND": "",
    "LIMIT_REQUESTS_PER_SECOND": "",
    "LIMIT_IMAGES_PER_SECOND": "",
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = installed()
    if program is None:
        pytest.skip("no Chromium for this processor comes from the registry")
    with browsing(program) as found:
        yield found


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Stack]:
    """The whole system with the console as it is now; after the browser, so that nothing
    is started where there is none."""
    data_dir = tmp_path_factory.mktemp("console-stack")
    settings = _SETTINGS | {"CONSOLE_DIR": str(built())}
    log = tmp_path_factory.mktemp("logs") / "services.log"
    with stack_with(settings, data_dir, log) as running:
        yield running


@pytest.fixture(scope="session")
def client(stack: Stack) -> Iterator[httpx.Client]:
    """With the owner's key, to have something there that pages show."""
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60) as made:
        yield made


@pytest.fixture(scope="session")
def signed_in(stack: Stack, browser: Browser) -> StorageState:
    """The cookies of one who has come by a link, for all pages of the session."""
    return signed_in_by(browser, link_of(stack))


@pytest.fixture
def complaints() -> list[Complaints]:
    """Of the test's contexts; ``complaints[0].expected`` names what it brings about."""
    return []


@pytest.fixture
def page(
    stack: Stack,
    browser: Browser,
    signed_in: StorageState,
    complaints: list[Complaints],
) -> Iterator[Page]:
    """Signed in as the owner; ``page.goto("/console/tasks")``. What it complains of
    fails the test."""
    context = browser.new_context(
        base_url=stack.base_url,
        storage_state=signed_in,
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(30_000)
    # What a page waits for is work of the whole system, on a machine that may be busy.
    expect.set_options(timeout=30_000)
    watched = Complaints(context, stack.base_url)
    complaints.append(watched)
    yield context.new_page()
    context.close()
    assert watched.unexpected() == []
