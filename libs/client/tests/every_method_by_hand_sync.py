"""Each method that was written by hand, used once: for the checkers of types.

The sync twin beside it is made of this by scripts/client.py. mypy and pyright check both
strictly; a test looks whether anything is left out. What each does, other tests try.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from PIL.Image import Image

from onemanage.client import (
    Event,
    Merged,
    OneManage,
    Outcome,
    Picture,
    SigningKey,
    many,
    types,
)
from onemanage.client.frames import ArrowStream
from onemanage.client.pictures import SrcSet
from onemanage.client.results import Exported, Transformed


def clients() -> None:
    with OneManage("om_live_key", url="http://127.0.0.1:8000") as client:
        quick: OneManage = client.with_options(timeout=5, retries=0, api_key="om")
        url: str = quick.url
        print(url, client.transport.settings.timeout)
    with httpx.Client() as http:
        other = OneManage(http=http, timeout=10, retries=1)
        other.close()


def documents(client: OneManage) -> tuple[Path, int]:
    whole: Exported = client.psd.export("poster.psd", to="layers/")
    groups = client.psd.export(
        document_id=whole.document.id,
        to=Path("groups"),
        layers={"kinds": ["group"]},
        of="layers",
        format="webp",
        scales=[1, 2.0],
        rendered=True,
        timeout=60,
        on_progress=lambda step: print(step.done, step.total, step.step),
    )
    assert groups.rendition is not None
    bytes_of = client.psd.export(io.BytesIO(b"8BPS"), name="poster.psd")
    return groups.files[0], bytes_of.document.layer_count


def pictures(client: OneManage) -> list[Path]:
    recipe: types.Recipe = {"operations": [{"op": "resize", "width": 1200}]}
    made: Transformed = client.images.transform(
        "photo.jpg", recipe=recipe, to="small.webp", timeout=60
    )
    client.images.transform(file_id="fil_1", preset="shop", parameters={"width": 100})
    key = SigningKey("sgn_1", "secret")
    widths: SrcSet = client.images.srcset(
        "fil_1.webp", "q_80", key=key, widths=[400, 800], sizes="50vw", lives=60.0
    )
    print(widths.img("A lemon", lazy=False), widths.addresses[400])
    content = client.images.image("fil_1", "w_30,f_png")
    whole: bytes = content.read()
    picture: Picture = content.picture()
    pixels: Image = content.pil()
    print(len(whole), picture.media_type, picture.pil().size, pixels.size)
    saved: Path = content.save("a.png", overwrite=True, sha256="0" * 64)
    written: int = content.copy_to(io.BytesIO(), on_progress=print)
    with content.stream() as response:
        print(written, response.headers["Content-Type"])
    return [*made.files, saved, picture.save("pictures/", overwrite=True)]


def tables(client: OneManage, frame: ArrowStream) -> int:
    plan: types.PlanOut = client.imports.plan("orders.csv", name="orders.csv")
    print(plan.tables[0].table)
    loaded: types.ImportResult = client.imports.load(
        "orders.xlsx",
        table="orders",
        mode="upsert",
        keys=["order_id"],
        schema_policy="evolve",
        dedupe="last",
        max_rejects=10,
        on_bad_value="null",
        rejects="raise",
    )
    client.imports.load(frame, table="orders")
    file: types.FileOut = client.imports.uploaded(frame, "orders")
    rows: Any = client.datasets.read(
        "orders",
        columns=["order_id"],
        filters=[{"column": "sku", "operator": "eq", "value": "00418"}],
    )
    dataset_id: str = client.datasets.id_of("orders")
    print(file.id, rows, dataset_id)
    return loaded.rejected


def templates(client: OneManage, frame: ArrowStream) -> Path | None:
    picture: Picture = client.templates.render(
        "tpl_1", {"title": "SUMMER", "price": None}, format="png", width=600
    )
    merged: Merged = client.templates.merge(
        "tpl_1",
        "offers.csv",
        mapping={"title": "headline"},
        name="{sku}",
        outputs=[{"format": "webp", "width": 600}],
        on_empty="reject",
        on_progress=lambda step: print(step.done, step.seconds_left),
    )
    client.templates.merge("tpl_1", frame)
    client.templates.merge("tpl_1", dataset="offers", filters=["lang:eq:en"])
    counts: tuple[str, int, int] = merged.id, merged.completed, merged.rejected
    print(picture.warnings, counts)
    lines: list[int] = [row.line for row in merged.rejects()]
    files: list[Path] = merged.save("pictures/")
    sheet: bytes = merged.contact_sheet().read()
    print(lines, files, len(sheet))
    stopped: types.TaskOut[Any] = client.merges.cancel(merged.id)
    print(stopped.state)
    return merged.save_rejects("bad.csv", overwrite=True)


def waiting(client: OneManage) -> types.DocumentResult:
    task = client.psd.documents.create("poster.psd", wait=0)
    ended: types.TaskOut[types.DocumentResult] = client.tasks.wait(
        task, timeout=600, on_progress=lambda step: print(step.done, step.total)
    )
    by_id: types.TaskOut[Any] = client.tasks.wait(ended.id)
    print(by_id.state)
    return client.tasks.result(task, timeout=1.5)


def files(client: OneManage, source: Path) -> Path:
    file: types.FileOut = client.files.upload(
        source,
        name="large.bin",
        sha256="0" * 64,
        part_size=8 << 20,
        at_once=4,
        idempotency_key="mine",
        on_progress=lambda done, total: print(done, total),
        on_begun=lambda upload_id: print(upload_id),
    )
    client.files.upload(iter([b"a", b"b"]), upload_id="upl_1")
    sent = client.files.sendable(source, None, uploaded=True)
    print(sent.file_id, sent.source, sent.name)
    return client.files.download(
        file.id, "back/", overwrite=True, on_progress=lambda done, total: None
    )


def lists(client: OneManage) -> Sequence[types.FileOut]:
    pages = client.files.list(limit=10)
    first: types.FileList = pages.first_page()
    for page in pages.pages():
        print(page.next_cursor, first.items[0].id)
    for file in pages:
        print(file.size)
    return pages.to_list(10)


def events(client: OneManage) -> Iterator[Event]:
    stream = client.events.follow(type=["*.failed"], last_event_id="17")
    for event in stream:
        print(event.type, event.task_id, stream.last_event_id)
        yield event


def over_many(client: OneManage) -> list[str]:
    def size(path: str) -> int:
        return (client.files.upload(path)).size

    done: list[Outcome[str, int]] = many(
        size, ["a.png", "b.png"], at_once=8, on_done=lambda one: print(one.item)
    )
    return [f"{one.item}: {one.unwrap()}" for one in done]
