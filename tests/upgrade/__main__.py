"""The newest code on the data of the release before it, which was cut off at work.

    make upgrade-test [FROM=<revision>]

The stack of an earlier revision, in its own environment, is given documents and a table;
links of previews are taken down. More documents are sent than it can parse at once, and
everything is killed while they are parsed. Then this checkout is started on the same
data directory: every task that was accepted has to end, what was there has to be there,
links have to be good, and new work has to be done. Without FROM it is the last release,
or the commit where this branch left main. A revision of a branch may have migrations
that main has under other numbers: take one of main's.
"""

import argparse
import asyncio
import hashlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from psd_tools import PSDImage

from onemanage.local.addresses import free_ports
from onemanage.local.sample import build_poster
from onemanage.platform.backup import tables
from tests.upgrade.release import ROOT, admin_url, checked_out, last_release, running

_DOCUMENTS = 6
_ENDED = ("completed", "failed", "cancelled")
_PATIENCE = 180.0
_TABLE = b"Order,Amount\n" + b"".join(b"%d,%d.50\n" % (n, n) for n in range(500))


def main() -> None:
    """The command; its exit status is 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--from", dest="revision", default="")
    parser.add_argument("--keep", type=Path, help="where logs and data are left")
    parser.add_argument("--save", type=Path, help="a file for the release's tables")
    asked = parser.parse_args()
    revision = asked.revision or last_release()
    with tempfile.TemporaryDirectory(delete=asked.keep is None) as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        faults = upgrade(revision, folder, asked.save)
    print(*faults or [f"Everything of {revision} is there and goes on"], sep="\n")
    sys.exit(bool(faults))


def upgrade(revision: str, folder: Path, save: Path | None) -> list[str]:
    """What was lost on the way; empty where nothing was. ``save`` is for what
    tests/contract/test_previous_release.py begins with."""
    print(f"Installing {revision}", flush=True)
    old, data_dir = checked_out(revision, folder / "old"), folder / "data"
    data_dir.mkdir(mode=0o700)
    (port,) = free_ports(1)
    with running(old, data_dir, port) as client:
        before = worked(client, folder)
        if save is not None:
            asyncio.run(tables.dump(admin_url(data_dir), save))
        accepted = half_finished(client, folder)
    print(f"{len(accepted)} tasks accepted, killed at work; upgrading", flush=True)
    with running(ROOT, data_dir, port) as client:
        return [
            *still_there(client, before),
            *unfinished(client, accepted),
            *new_work(client, folder),
        ]


def worked(client: httpx.Client, folder: Path) -> dict[str, str]:
    """Addresses of what was finished, with the SHA-256 of what each answers."""
    build_poster(folder / "poster.psd")
    document = parsed(client, folder / "poster.psd")["resource"]
    addresses = [f"{document}/layers", f"{document}/composite", f"{document}/manifest"]
    links: list[str] = []
    until = time.monotonic() + _PATIENCE
    while not links and time.monotonic() < until:
        given = {"document_id": document.rpartition("/")[2]}
        shown = client.get("/v1/previews", params=given).raise_for_status().json()
        links = [each["url"] for each in shown["items"]]
        time.sleep(0.5)
    if not links:
        raise SystemExit(f"{document} has no previews")
    addresses += [*links, imported(client)]
    return {each: told(client, each) for each in addresses}


def told(client: httpx.Client, address: str) -> str:
    """A hash of the answer; of JSON, of the values of its first item that last."""
    answer = client.get(address)
    if answer.status_code != 200:
        return f"{answer.status_code}"
    if not answer.headers["Content-Type"].startswith("application/json"):
        return hashlib.sha256(answer.content).hexdigest()
    found = answer.json()
    first = (found.get("items") or [found])[0]
    lasting = sorted((name, first[name]) for name in ("id", "name") if name in first)
    return f"{len(found.get('items', []))} {lasting}"


def parsed(client: httpx.Client, file: Path, wait: int = 30) -> dict[str, Any]:
    """The task of a document that is sent."""
    answer = client.post(
        "/v1/psd/documents",
        params={"name": file.name},
        content=file.read_bytes(),
        headers={"Content-Type": "application/octet-stream", "Prefer": f"wait={wait}"},
    )
    answer.raise_for_status()
    task: dict[str, Any] = answer.json()
    return task


def imported(client: httpx.Client) -> str:
    """The address of rows that a table became."""
    headers = {"Content-Type": "text/csv", "Prefer": "wait=30"}
    given = {"name": "orders.csv"}
    plan = client.post(
        "/v1/imports/plans", params=given, content=_TABLE, headers=headers
    )
    plan.raise_for_status()
    found = plan.json()
    wanted = {"plan_id": found["id"], "tables": found["tables"]}
    task = client.post("/v1/imports", json=wanted, headers={"Prefer": "wait=30"})
    task.raise_for_status()
    shown: str = task.json()["resource"]
    return shown


def half_finished(client: httpx.Client, folder: Path) -> list[str]:
    """Tasks of which some are at work, or wait, when this returns."""
    path = folder / "slow.psd"
    files = []
    for _ in range(_DOCUMENTS):
        slow(path)
        sent = client.post("/v1/files?name=slow.psd", content=path.read_bytes())
        sent.raise_for_status()
        files.append(sent.json()["id"])
    orders = [client.post("/v1/psd/documents", json={"file_id": id}) for id in files]
    tasks = [order.raise_for_status().json()["id"] for order in orders]
    until = time.monotonic() + _PATIENCE
    states: list[str] = []
    while "running" not in states and time.monotonic() < until:
        states = [state_of(client, each) for each in tasks]
    print(f"States when it is killed: {', '.join(states)}", flush=True)
    return tasks


def slow(path: Path) -> None:
    """Takes a second or so: noise, which no compression makes small."""
    side = 1000
    document = PSDImage.new("RGB", (side, side))
    for number in range(8):
        noise = Image.effect_noise((side, side), 100).convert("RGB")
        document.create_pixel_layer(noise, name=f"Noise {number}")
    document.save(path)


def state_of(client: httpx.Client, task_id: str) -> str:
    """As the row says."""
    answer = client.get(f"/v1/tasks/{task_id}")
    if answer.status_code != 200:
        return f"answered {answer.status_code}"
    state: str = answer.json()["state"]
    return state


def still_there(client: httpx.Client, before: dict[str, str]) -> list[str]:
    """What answers otherwise than it did."""
    now = {address: told(client, address) for address in before}
    return [
        f"{address}: {now[address]} instead of {was}"
        for address, was in before.items()
        if now[address] != was or was.isdecimal()
    ]


def unfinished(client: httpx.Client, accepted: list[str]) -> list[str]:
    """Tasks that have not completed when patience ends."""
    until = time.monotonic() + _PATIENCE
    states: dict[str, str] = {}
    while time.monotonic() < until:
        states = {each: state_of(client, each) for each in accepted}
        if all(state in _ENDED for state in states.values()):
            break
        time.sleep(0.5)
    return [
        f"{each} is {state}" for each, state in states.items() if state != "completed"
    ]


def new_work(client: httpx.Client, folder: Path) -> list[str]:
    """What this release cannot do on that data."""
    state = parsed(client, folder / "poster.psd")["state"]
    return [] if state == "completed" else [f"a new document is {state}"]


if __name__ == "__main__":
    main()
