"""infra/docker-compose.yml on a container engine: `make compose-test`.

One installation comes up, is used, scaled, struck, taken down and brought back, in the
order of the tests. Skipped where no engine is at hand.
"""

import io
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageDraw

from onemanage.contracts.base import new_id
from onemanage.local.demo import Visit
from onemanage.local.demo_merge import SHEET, MergeVisit
from onemanage.local.sample import build_poster

from .stack import KINDS, PROJECT, Composed
from .visitor import documents, ended, ordered

pytestmark = pytest.mark.timeout(3600)

FILES = ("docker-compose.yml",)
WAIT = {"Prefer": "wait=30"}
ENGINES = ("nats", "postgres", "storage")
UPDATE = ("nats", "-consumer", "-worker", "gateway")
"""How the names of services end, in the order in which docs/containers.md has them."""
ROUND = 32
"""Images of a flood that are ordered in one go."""
CSV = "sku,price\n00417,10.50\n00418,7.25\n"


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    """Addresses of what the tests have made, and what was there when they made it."""
    return {}


def test_a_user_gets_layers_previews_images_and_rows(
    installation: Composed,
    client: httpx.Client,
    kept: dict[str, bytes],
    tmp_path: Path,
) -> None:
    poster = tmp_path / "poster.psd"
    build_poster(poster)
    key = installation.settings["OWNER_API_KEY"]
    Visit(installation.base_url, key, tmp_path, print).run(poster)

    sent = client.post("/v1/files?name=photo.png", content=_picture()).json()
    shown = _shown(client, f"/v1/images/{sent['id']}/w_120/f_webp")
    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (120, 80)

    sheet = {"Content-Type": "text/csv", **WAIT}
    plan = client.post("/v1/imports/plans?name=prices.csv", content=CSV, headers=sheet)
    body = {"plan_id": plan.json()["id"], "tables": plan.json()["tables"]}
    imported = ended(client, client.post("/v1/imports", json=body, headers=WAIT))
    tables = client.get(imported["resource"]).json()["tables"]
    assert [table["loaded"] for table in tables] == [2]

    document = client.get("/v1/psd/documents").json()["items"][0]
    at = f"/v1/psd/documents/{document['id']}"
    for address in (f"{at}/manifest", f"{at}/composite", imported["resource"]):
        kept[address] = client.get(address).raise_for_status().content
    kept[f"/v1/files/{sent['id']}/content"] = _picture()


def test_a_template_and_a_table_become_pictures(
    installation: Composed,
    client: httpx.Client,
    kept: dict[str, bytes],
    tmp_path: Path,
) -> None:
    key = installation.settings["OWNER_API_KEY"]
    MergeVisit(installation.base_url, key, tmp_path, print).run()

    with Image.open(tmp_path / SHEET) as sheet:
        assert sheet.format == "WEBP"
    template = client.get("/v1/templates").json()["items"][0]
    merge = client.get(f"/v1/templates/{template['id']}/merges").json()["items"][0]
    manifest = f"/v1/merges/{merge['id']}/manifest.csv"
    kept[manifest] = client.get(manifest).raise_for_status().content


def test_three_workers_carry_out_what_is_asked(
    installation: Composed, client: httpx.Client
) -> None:
    installation.up("--no-recreate", "--scale=psd-worker=3")
    orders = [ordered(client, f"scaled-{number}") for number in range(12)]

    assert len(installation.of_service("psd-worker")) == 3
    assert {ended(client, one)["state"] for one in orders} == {"completed"}
    installation.up("--no-recreate", "--scale=psd-worker=1")
    assert len(installation.of_service("psd-worker")) == 1


def test_a_worker_comes_for_a_flood_and_goes_by_itself(
    installation: Composed, client: httpx.Client
) -> None:
    large = _picture(scale=5)
    sent = client.post("/v1/files?name=large.png", content=large).json()
    orders: list[httpx.Response] = []

    def order(width: int) -> httpx.Response:
        operations = [{"op": "resize", "width": width}]
        body = {"file_id": sent["id"], "recipe": {"operations": operations}}
        answer = client.post("/v1/images/transformations", json=body)
        return answer.raise_for_status()

    # As many as it takes, on whatever machine, until it has done one of them; but no
    # more at once than a few that wait. One after another they might be done as fast as
    # they are ordered.
    widths = itertools.batched(itertools.count(1000), ROUND)
    while not (groups := installation.groups()) or not _did_one(installation, orders):
        with ThreadPoolExecutor(8) as clients:
            orders += clients.map(order, next(widths))
        if len(orders) > 2 * ROUND:
            ended(client, orders[-2 * ROUND])
    (group,) = groups

    assert group.networks == {f"{PROJECT}_{name}" for name in ("inside", "edge")}
    assert {ended(client, one)["state"] for one in orders} == {"completed"}
    while (status := installation.groups()[0].ended_with) is None:
        time.sleep(1)
    assert status == 0
    installation.engine.run("rm", group.id)


def test_whatever_is_killed_comes_up_again_and_loses_nothing_that_was_accepted(
    installation: Composed, client: httpx.Client
) -> None:
    processes = [one for one in installation.containers() if not one.is_job]
    ours = {one.service for one in processes}.difference(ENGINES)
    orders: dict[str, httpx.Response] = {}
    for struck in (*([name] for name in ENGINES), ours):
        for _ in range(6):
            name = new_id("struck")
            orders[name] = ordered(client, name)
        before = [one for one in installation.containers() if one.service in struck]
        installation.kill(*struck)
        installation.wait_until_others_run(before)

    assert {ended(client, one)["state"] for one in orders.values()} == {"completed"}
    found = documents(client)
    assert [found.count(name) for name in orders] == [1] * len(orders)


def test_an_update_under_load_loses_nothing(
    installation: Composed, client: httpx.Client
) -> None:
    names = {one.service for one in installation.containers() if not one.is_job}
    orders = {}
    for ending in UPDATE:
        for _ in range(6):
            name = new_id("updated")
            orders[name] = ordered(client, name)
        step = [name for name in names if name.endswith(ending)]
        installation.up("--no-deps", "--force-recreate", *step)

    assert {ended(client, one)["state"] for one in orders.values()} == {"completed"}
    found = documents(client)
    assert [found.count(name) for name in orders] == [1] * len(orders)


def test_what_was_kept_is_there_after_down_and_up(
    installation: Composed, client: httpx.Client, kept: dict[str, bytes]
) -> None:
    pids = [one.pid for one in installation.containers() if one.pid]
    installation.compose("down")

    left = installation.left()
    assert not left["container"] and not left["network"] and left["volume"]
    places = " ".join(f"/proc/{pid}" for pid in pids)
    assert not installation.on_the_machine(f"ls -d {places} 2>/dev/null; true")
    installation.up()
    for address, content in kept.items():
        assert client.get(address).raise_for_status().content == content
    assert ended(client, ordered(client, "after"))["state"] == "completed"


def test_a_backup_brings_back_tables_and_messages(
    installation: Composed, client: httpx.Client, kept: dict[str, bytes]
) -> None:
    told = installation.admin("backup", "/backups/first")
    assert told.endswith("is whole: /backups/first")
    installation.compose("down")
    for volume in ("nats", "postgres"):
        installation.engine.run("volume", "rm", f"{PROJECT}_{volume}")

    installation.up("--no-deps", *ENGINES)
    told = installation.admin("restore", "/backups/first")
    assert told.endswith("The bucket has every object of the backup")
    installation.up()
    for address, content in kept.items():
        assert client.get(address).raise_for_status().content == content
    assert ended(client, ordered(client, "restored"))["state"] == "completed"


def test_taken_down_with_its_volumes_nothing_is_left(installation: Composed) -> None:
    installation.compose("--profile=*", "down", "--volumes")

    assert installation.left() == {kind: [] for kind in KINDS}


def _did_one(installation: Composed, orders: list[httpx.Response]) -> bool:
    """Whether the group's log names a task of the orders."""
    (group,) = installation.groups()
    log = installation.engine.logs(group.id)
    return any(order.json()["id"] in log for order in orders)


def _shown(client: httpx.Client, path: str) -> httpx.Response:
    """As a browser would that is told to come back."""
    while (answer := client.get(path)).status_code == 503:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer.raise_for_status()


def _picture(scale: int = 1) -> bytes:
    image = Image.new("RGB", (600 * scale, 400 * scale), "teal")
    box = (100 * scale, 50 * scale, 500 * scale, 350 * scale)
    ImageDraw.Draw(image).ellipse(box, "orange")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
