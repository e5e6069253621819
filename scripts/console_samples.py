"""What the console's pictures show: a workspace in which people have worked."""

import csv
import importlib.util
import io
import random
import tempfile
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image
from psd_tools import PSDImage

from onemanage.local.demo_merge import table_csv
from onemanage.local.sample import CORAL, LEMON, TEAL, build_poster, can
from onemanage.local.sample_template import build_template, photo, png

HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe " + "long " * 60 + ".txt"
_WAIT = {"Prefer": "wait=30"}
_CSV = {"Content-Type": "text/csv"}
_CUSTOMERS = ("Ada Lovelace", "Müller & Söhne", "王小明", "سارة حداد", "O'Brien Ltd")
_COUNTRIES = ("DE", "FR", "CN", "SA", "IE")
_SEED = 23


def fill(client: httpx.Client) -> None:
    """Everything that a page can show, of each at least one, made as users make it."""
    _files(client)
    _designs(client)
    _tables(client)
    _images(client)
    _account(client)


def _files(client: httpx.Client) -> None:
    wide = Image.linear_gradient("L").resize((4800, 3600)).convert("RGB")
    poster = photo().convert("RGB").resize((2400, 2400), Image.Resampling.LANCZOS)
    wide.paste(poster, (1200, 600))
    large = io.BytesIO()
    wide.save(large, "JPEG", quality=80)
    for name, content in (
        ("release notes.txt", b"Bring the poster in Chinese too.\n"),
        (HOSTILE, b"hello"),
        ("wall 17 megapixels.jpg", large.getvalue()),
    ):
        _sent(client, name, content)


def _sent(client: httpx.Client, name: str, content: bytes) -> str:
    answer = client.post("/v1/files", params={"name": name}, content=content)
    return str(answer.raise_for_status().json()["id"])


def _made(client: httpx.Client, path: str, **order: Any) -> str:
    """The id of what a task has made."""
    headers = _WAIT | order.pop("headers", {})
    task = client.post(path, headers=headers, **order).raise_for_status().json()
    while task["state"] in ("queued", "running"):
        task = client.get(f"/v1/tasks/{task['id']}").json()
    if task["state"] != "completed":
        raise RuntimeError(f"{path}: {task['error']}")
    return str(task["resource"].rpartition("/")[2])


def _designs(client: httpx.Client) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "poster.psd"), Path(folder, "poster-2.psd")
        offer = Path(folder, "offer.psd")
        build_poster(first)
        _changed(first, second)
        build_template(offer)
        documents = [
            _made(
                client,
                "/v1/psd/documents",
                params={"name": path.name},
                content=path.read_bytes(),
            )
            for path in (second, first, offer)
        ]
    after, before, design = documents
    _made(client, "/v1/psd/diffs", json={"before": before, "after": after})
    of = {"of": "layers", "layers": {"kinds": ["group"]}, "format": "webp"}
    _made(client, f"/v1/psd/documents/{before}/renditions", json=of)
    broken = {"name": "broken.psd"}
    client.post("/v1/psd/documents", params=broken, content=b"8BPS is all of it")
    _merge(client, design)


def _changed(one: Path, other: Path) -> None:
    """Another version: something moved, something hidden, something fainter."""
    document = PSDImage.open(one)
    layers = [each for each in document.descendants() if not each.is_group()]
    moved, hidden, faint = layers[2], layers[5], layers[1]
    moved.left += 60
    hidden.visible = False
    faint.opacity = 120
    document.save(other)


def _merge(client: httpx.Client, design: str) -> None:
    order: dict[str, Any] = {
        "document_id": design,
        "name": "Offer",
        "changes": [{"name": "price", "rules": {"overflow": "shrink"}}],
    }
    template = _made(client, "/v1/templates", json=order)
    photos = [
        _sent(client, f"photo-{number}.png", png(photo(*colors)))
        for number, colors in enumerate(
            ((CORAL, LEMON), (TEAL, CORAL), (LEMON, TEAL)), start=1
        )
    ]
    _imported(client, "offers.csv", table_csv(photos))
    dataset = _named(client, "/v1/datasets", "offers")
    order = {
        "dataset_id": dataset,
        "name": "{sku}-{lang}",
        "on_empty": "reject",
        "outputs": [{"width": 360}],
    }
    _made(client, f"/v1/templates/{template}/merges", json=order)
    client.post(
        "/v1/fonts",
        params={"name": "brand.ttf"},
        content=_a_font().read_bytes(),
        headers=_WAIT,
    ).raise_for_status()


def _a_font() -> Path:
    found = importlib.util.find_spec("fontpkg_arimo")
    assert found is not None and found.origin is not None  # psd depends on it
    return sorted((Path(found.origin).parent / "files").glob("*.ttf"))[0]


def _named(client: httpx.Client, path: str, name: str) -> str:
    items = client.get(path, params={"limit": 200}).raise_for_status().json()["items"]
    return next(str(each["id"]) for each in items if each["name"] == name)


def _imported(client: httpx.Client, name: str, table: bytes, **types: str) -> str:
    """``types`` of columns, where they are to be others than the plan proposes."""
    plan = client.post(
        "/v1/imports/plans",
        params={"name": name},
        content=table,
        headers=_WAIT | _CSV,
    ).raise_for_status()
    tables = plan.json()["tables"]
    for column in tables[0]["columns"]:
        column["type"] = types.get(column["name"], column["type"])
    tables[0].pop("findings")
    order = {"plan_id": plan.json()["id"], "tables": tables}
    return _made(client, "/v1/imports", json=order)


def _tables(client: httpx.Client) -> None:
    _imported(client, "orders.csv", _orders(400), ordered_on="date")
    client.post(
        "/v1/imports/plans",
        params={"name": "parcels.csv"},
        content=_orders(30),
        headers=_WAIT | _CSV,
    ).raise_for_status()


def _orders(count: int) -> bytes:
    """Of which a few have a day that is none, and an amount in words."""
    chance = random.Random(_SEED)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["Order ID", "Ordered on", "Customer", "Country", "Amount", "Paid"])
    for number in range(1, count + 1):
        at = chance.randrange(len(_CUSTOMERS))
        day = f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        if number % 97 == 0:
            day = "2026-02-30"
        table.writerow(
            [
                number,
                day,
                _CUSTOMERS[at],
                _COUNTRIES[at],
                f"{chance.lognormvariate(3.5, 0.8):.2f}",
                chance.choice(["true", "true", "false"]),
            ]
        )
    return text.getvalue().encode()


def _images(client: httpx.Client) -> None:
    names = ("photo-1.png", "photo-2.png", "photo-3.png")
    photos = [_named(client, "/v1/files", name) for name in names]
    recipe: dict[str, Any] = {
        "operations": [{"op": "resize", "width": 480}],
        "variants": [{"name": "small", "output": {"format": "webp"}}],
    }
    client.put("/v1/images/presets/small", json={"recipe": recipe}).raise_for_status()
    order = {"file_id": photos[0], "preset": "small"}
    _made(client, "/v1/images/transformations", json=order)
    _made(client, "/v1/images/backgrounds", json={"file_id": _can(client)})
    batch = {"file_ids": photos, "preset": "small"}
    client.post("/v1/images/batches", json=batch).raise_for_status()
    analysis = {"file_id": photos[0]}
    client.post("/v1/images/analyses", json=analysis).raise_for_status()


def _can(client: httpx.Client) -> str:
    """A thing that stands before an even ground."""
    pixels = np.full((900, 900, 3), (214, 219, 224), np.uint8)
    ground = Image.fromarray(pixels).convert("RGBA")
    thing = can().resize((349, 776), Image.Resampling.LANCZOS)
    ground.alpha_composite(thing, (275, 60))
    return _sent(client, "can on grey.png", png(ground))


def _account(client: httpx.Client) -> None:
    for path, order in (
        ("/v1/api-keys", {"name": "web shop", "scopes": ["read", "write"]}),
        ("/v1/invitations", {"email": "ada@example.com", "role": "member"}),
        (
            "/v1/webhooks",
            {
                "url": "http://127.0.0.1:9/onemanage",
                "events": ["psd.*", "*.failed"],
                "description": "The shop hears of designs",
            },
        ),
    ):
        made = client.post(path, json=order).raise_for_status().json()
        if path == "/v1/webhooks":
            client.post(f"{path}/{made['id']}/test").raise_for_status()
