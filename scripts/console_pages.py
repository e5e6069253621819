"""Every page of the console, with something on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Page


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A page as it is looked at."""

    name: str
    path: str
    """Below /console."""
    open: Callable[[Page], None] | None = None
    """What is done before the picture is taken. By roles and places, not by words,
    which are of two languages."""
    signed_in: bool = True


def screens(client: httpx.Client) -> list[Screen]:
    """Of all pages; those for which the workspace has nothing are left out."""
    return [*_designs(client), *_tables(client), *_work(client), *_account(client)]


def _items(client: httpx.Client, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        client.get(path, params=query).raise_for_status().json()["items"]
    )
    return found


def _ids(items: list[dict[str, Any]], *names: str) -> Iterator[str]:
    """Of the first that is called so; of the first of all where no name is given."""
    for each in items:
        if not names or each.get("name") in names:
            yield str(each["id"])
            return


def _tasks(client: httpx.Client, name: str, state: str) -> list[dict[str, Any]]:
    """The newest first."""
    found = _items(client, "/v1/tasks", limit="200")
    return [each for each in found if (each["name"], each["state"]) == (name, state)]


def failed_tasks(client: httpx.Client) -> list[dict[str, Any]]:
    """Of documents that could not be read."""
    return _tasks(client, "psd.parse_export", "failed")


def _resources(client: httpx.Client, task: str) -> Iterator[str]:
    """What the newest completed task of this name has made."""
    for each in _tasks(client, task, "completed")[:1]:
        yield each["resource"].rpartition("/")[2]


def _designs(client: httpx.Client) -> Iterator[Screen]:
    documents = _items(client, "/v1/psd/documents", limit="200")
    yield Screen(name="documents", path="/documents")
    yield Screen(name="search", path="/documents?q=can")
    for document in _ids(documents, "poster.psd"):
        yield Screen(name="document", path=f"/documents/{document}")
        yield Screen(name="layer", path=f"/documents/{document}?layer=8")
    for diff in _resources(client, "psd.compare"):
        yield Screen(name="diff", path=f"/diffs/{diff}")
        yield Screen(
            name="diff-heat-map",
            path=f"/diffs/{diff}",
            open=lambda page: page.get_by_role("radio").last.locator("..").click(),
        )
    yield Screen(name="templates", path="/templates")
    for template in _ids(_items(client, "/v1/templates")):
        yield Screen(name="template", path=f"/templates/{template}")
        for tab in ("slots", "merges"):
            path = f"/templates/{template}?tab={tab}"
            yield Screen(name=f"template-{tab}", path=path)
        yield Screen(name="merge-order", path=f"/templates/{template}/merge")
    yield Screen(name="fonts", path="/fonts")
    for merge in _resources(client, "psd.merge"):
        yield Screen(name="merge", path=f"/merges/{merge}")
        yield Screen(name="merge-rejects", path=f"/merges/{merge}?tab=rejects")
        yield Screen(name="merge-about", path=f"/merges/{merge}?tab=about")


def _tables(client: httpx.Client) -> Iterator[Screen]:
    yield Screen(name="imports", path="/imports")
    for plan in _resources(client, "data_import.plan"):
        yield Screen(name="plan", path=f"/imports/plans/{plan}")
    rejected = [each for each in _items(client, "/v1/imports") if each["rejected"]]
    for import_id in _ids(rejected):
        yield Screen(name="import", path=f"/imports/{import_id}")
    yield Screen(name="datasets", path="/datasets")
    for dataset in _ids(_items(client, "/v1/datasets"), "orders"):
        yield Screen(name="dataset", path=f"/datasets/{dataset}")
        yield Screen(name="profile", path=f"/datasets/{dataset}?tab=profile")


def _work(client: httpx.Client) -> Iterator[Screen]:
    files = _items(client, "/v1/files", limit="200")
    yield Screen(name="files", path="/")
    for photo in _ids(files, "photo-1.png"):
        yield Screen(name="file", path=f"/files/{photo}")
        yield Screen(name="file-beside", path=f"/?file={photo}")
        yield Screen(name="images", path=f"/images?source={photo}&preset=small")
    for wall in _ids(files, "wall 17 megapixels.jpg"):
        yield Screen(name="zoom", path=f"/zoom/{wall}?name=wall")
    yield Screen(name="presets", path="/images/presets")
    yield Screen(name="backgrounds", path="/images/backgrounds")
    for cut in _ids(files, "can on grey.png"):
        for made in _resources(client, "background.generation"):
            path = f"/images/backgrounds?source={cut}&made={made}"
            yield Screen(name="background", path=path)
    yield Screen(name="batches", path="/images/batches")
    for batch in _resources(client, "imaging.batch"):
        yield Screen(name="batch", path=f"/images/batches/{batch}")
    yield Screen(name="tasks", path="/tasks")
    for failed in _ids(failed_tasks(client)):
        yield Screen(name="task-failed", path=f"/tasks/{failed}")
    for done in _ids(_tasks(client, "psd.parse_export", "completed")):
        yield Screen(name="task", path=f"/tasks/{done}")


def _open_account(page: Page) -> None:
    """Where the screen is narrow the navigation is behind a button, the first of all."""
    menu = page.locator("nav ~ div button[aria-haspopup]")
    if not menu.is_visible():
        page.locator("button:visible").first.click()
    menu.click()


def _account(client: httpx.Client) -> Iterator[Screen]:
    pages = ("members", "keys", "usage", "webhooks", "audit", "health", "account")
    for each in pages:
        yield Screen(name=each, path=f"/{each}")
    for webhook in _ids(_items(client, "/v1/webhooks")):
        yield Screen(name="webhook", path=f"/webhooks/{webhook}")
    yield Screen(name="dead-letters", path="/dead-letters")
    for letter in _ids(_items(client, "/v1/dead-letters")):
        yield Screen(name="dead-letter", path=f"/dead-letters?letter={letter}")
    yield Screen(
        name="navigation",
        path="/tasks",
        open=_open_account,
    )
    yield Screen(name="nowhere", path="/nowhere")
    yield Screen(name="sign-in", path="/", signed_in=False)
