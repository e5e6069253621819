"""A template and a table become pictures, on the whole system."""

import csv
import io
import os
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack

from .conftest import ended

WAIT = {"Prefer": "wait=30"}
TITLES = ("SUMMER", "夏日特饮", "عرض الصيف")
ROWS = 24
SMALL = [{"format": "png", "width": 90}, {"format": "webp", "width": 60}]


@pytest.fixture(scope="module")
def template(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, str]]:
    """A client of the owner's, and the sample poster with its three slots."""
    path = tmp_path_factory.mktemp("template") / "offer.psd"
    build_template(path)
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60) as client:
        sent = client.post("/v1/psd/documents", content=path.read_bytes())
        document = ended(client, sent.json())["resource"].rpartition("/")[2]
        rules = [{"name": "photo", "rules": {"prepare": "gray/w_40"}}]
        order = {"document_id": document, "changes": rules}
        made = _done(client, "/v1/templates", order)
        yield client, made["resource"].rpartition("/")[2]


def _done(client: httpx.Client, path: str, body: Any) -> dict[str, Any]:
    answer = client.post(path, json=body, headers=WAIT)
    assert answer.is_success, answer.text
    task = ended(client, answer.json())
    assert task["state"] == "completed", task
    return task


def _file(client: httpx.Client, name: str, content: bytes) -> str:
    answer = client.post("/v1/files", params={"name": name}, content=content)
    assert answer.is_success, answer.text
    found: str = answer.json()["id"]
    return found


def _photo(client: httpx.Client) -> str:
    image = io.BytesIO()
    Image.new("RGB", (48, 48), "teal").save(image, "PNG")
    return _file(client, "photo.png", image.getvalue())


def _table(photo: str, numbers: range) -> bytes:
    """Row 7 has no title, the photo of row 11 is none, that of row 13 at an address that
    is not fetched; rows 20 and 21 are alike."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["sku", "headline", "price", "photo"])
    for number in numbers:
        title = "" if number == 7 else TITLES[number % 3]
        price = f"${20 if number == 21 else number}"
        title = TITLES[20 % 3] if number == 21 else title
        shown = {11: "none.png", 13: "http://127.0.0.1/shoe.png"}.get(number, photo)
        table.writerow([number, title, price, shown])
    return text.getvalue().encode()


def _imported(client: httpx.Client, name: str, table: bytes) -> str:
    plan = client.post(
        f"/v1/imports/plans?name={name}.csv",
        content=table,
        headers={"Content-Type": "text/csv", **WAIT},
    )
    done = _done(client, "/v1/imports", {"plan_id": plan.json()["id"]})
    found: str = done["result"]["tables"][0]["dataset_id"]
    return found


def _rows(client: httpx.Client, at: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page = client.get(f"{at}/rows?limit=40").json()
    items += page["items"]
    while page["next_cursor"]:
        page = client.get(f"{at}/rows?limit=40&cursor={page['next_cursor']}").json()
        items += page["items"]
    return items


def test_rows_become_pictures_whoever_is_killed_and_rejects_come_again(
    template: tuple[httpx.Client, str], stack: Stack
) -> None:
    client, template_id = template
    photo = _photo(client)
    dataset = _imported(client, "offers", _table(photo, range(1, ROWS + 1)))
    order = {
        "dataset_id": dataset,
        "mapping": {"title": "headline"},
        "outputs": SMALL,
        "name": "offer-{sku}",
        "on_empty": "reject",
    }
    task = client.post(f"/v1/templates/{template_id}/merges", json=order).json()
    at = task["resource"]
    for least in (2, 8):
        while client.get(at).json()["completed"] < least:
            time.sleep(0.1)  # pytest's own timeout bounds the wait
        os.kill(stack.runner.pid("psd-worker"), signal.SIGKILL)

    assert ended(client, task)["state"] == "completed"

    merge = client.get(at).json()
    assert (merge["rows"], merge["completed"], merge["rejected"]) == (24, 21, 3)
    rows = _rows(client, at)
    assert [row["number"] for row in rows] == list(range(1, ROWS + 1))
    made = {row["number"]: row["images"] for row in rows if row["images"]}
    shas = [images[0]["sha256"] for images in made.values()]
    assert merge["pictures"] - 1 == len(set(shas)) == 20 and made[20] == [
        image | {"url": image["url"].replace("/rows/21/", "/rows/20/")}
        for image in made[21]
    ]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{at}/archive").content)) as opened:
        assert opened.testzip() is None
        assert len(set(opened.namelist())) == len(opened.namelist()) == 2 * 21 + 1
        assert "offer-24-2.webp" in opened.namelist()
    poster = Image.open(io.BytesIO(client.get(made[24][0]["url"]).content))
    pixel: Any = poster.convert("RGB").getpixel((45, 60))
    assert max(pixel) - min(pixel) < 3  # the photo is teal, and made grey first
    one = client.get(made[24][1]["url"])
    assert Image.open(io.BytesIO(one.content)).size == (60, 80)
    assert client.get(f"{at}/contact-sheet").headers["Content-Type"] == "image/webp"
    manifest = list(csv.DictReader(io.StringIO(client.get(f"{at}/manifest.csv").text)))
    assert manifest[23]["_file_1"] == "offer-24-1.png" and len(manifest) == ROWS
    assert client.get(f"{at}/manifest.parquet").content[:4] == b"PAR1"

    _rejects_come_again(client, at, photo)
    _repeated(client, at, dataset, photo)


def _rejects_come_again(client: httpx.Client, at: str, photo: str) -> None:
    told = client.get(f"{at}/rejects").text
    rejects = list(csv.DictReader(io.StringIO(told)))
    assert [(row["_line"], row["_column"]) for row in rejects] == [
        ("7", "headline"),
        ("11", "photo"),
        ("13", "photo"),
    ]
    assert "127.0.0.1" in rejects[2]["_error"]  # no host of the workspace
    right = told.replace("none.png", photo).replace("7,,", "7,AUTUMN,")
    right = right.replace("http://127.0.0.1/shoe.png", photo)
    file = _file(client, "rejects.csv", right.encode())

    task = _done(client, f"{at}/rejects", {"file_id": file})

    merge = client.get(task["resource"]).json()
    assert (merge["rows"], merge["completed"]) == (3, 3)
    assert merge["rejects_of"] == at.rpartition("/")[2]
    rows = _rows(client, task["resource"])
    assert [(row["line"], row["name"]) for row in rows] == [
        (7, "offer-7"),
        (11, "offer-11"),
        (13, "offer-13"),
    ]


def _repeated(client: httpx.Client, at: str, dataset: str, photo: str) -> None:
    """One row more: the others show the pictures that are there."""
    more = _table(photo, range(25, 26))
    assert _imported(client, "offers", more) == dataset

    task = _done(client, f"{at}/repeat", {})

    merge = client.get(task["resource"]).json()
    assert (merge["rows"], merge["pictures"], merge["reused"]) == (25, 22, 20)
    assert merge["repeats"] == at.rpartition("/")[2]
    gone = client.delete(at, headers=WAIT)
    assert ended(client, gone.json())["state"] == "completed"
    assert client.get(at).status_code == 404
    first, *_ = _rows(client, task["resource"])
    assert client.get(first["images"][0]["url"]).status_code == 200


def test_a_cancelled_merge_stops_and_keeps_what_is_made(
    template: tuple[httpx.Client, str], tmp_path: Path
) -> None:
    client, template_id = template
    table = "title\n" + "".join(f"No. {number}\n" for number in range(150))
    body = {"file_id": _file(client, "many.csv", table.encode()), "outputs": SMALL}
    task = client.post(f"/v1/templates/{template_id}/merges", json=body).json()
    while not client.get(task["resource"]).json()["completed"]:
        time.sleep(0.1)

    answer = client.delete(f"/v1/tasks/{task['id']}")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    merge = client.get(task["resource"]).json()
    assert merge["state"] == "cancelled" and merge["waiting"] > 50
    first, *_ = _rows(client, task["resource"])
    assert client.get(first["images"][0]["url"]).status_code == 200


@pytest.mark.parametrize(
    ("order", "table", "code", "where"),
    [
        ({"mapping": {"title": "nothing"}}, "title\na\n", "merge.no_column", None),
        ({"mapping": {"nothing": "title"}}, "title\na\n", "merge.no_slot", "/mapping"),
        ({"name": "{title"}, "title\na\n", "merge.bad_name", "/name"),
        ({}, "other\na\n", "merge.nothing_mapped", None),
        ({}, "", "data_import.empty", None),
    ],
)
def test_an_order_that_cannot_be_says_what_and_where(
    template: tuple[httpx.Client, str],
    order: dict[str, Any],
    table: str,
    code: str,
    where: str | None,
) -> None:
    client, template_id = template
    body = order | {"file_id": _file(client, "rows.csv", table.encode() or b"\n")}

    answer = client.post(f"/v1/templates/{template_id}/merges", json=body)

    if where is None:
        task = ended(client, answer.json())
        assert (task["state"], task["error"]["code"]) == ("failed", code)
        merge = client.get(task["resource"]).json()
        assert (merge["state"], merge["rows"]) == ("failed", 0)
    else:
        problem = answer.json()
        assert (answer.status_code, problem["type"].rpartition("/")[2]) == (422, code)
        assert problem["errors"][0]["pointer"].startswith(where)
