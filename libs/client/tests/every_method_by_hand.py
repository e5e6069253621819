"""Each method that was written by hand, used once: for the checkers of types.

The sync twin beside it is made of this by scripts/client.py. mypy and pyright check both
strictly; a test looks whether anything is left out. What each does, other tests try.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from PIL.Image import Image

from onemanage.client import (
    AsyncMerged,
    AsyncOneManage,
    Event,
    Outcome,
    Picture,
    SigningKey,
    async_many,
    types,
)
from onemanage.client.frames import ArrowStream
from onemanage.client.pictures import SrcSet
from onemanage.client.results import Exported, Transformed


async def async_clients() -> None:
    async with AsyncOneManage("om_live_key", url="http://127.0.0.1:8000") as client:
        quick: AsyncOneManage = client.with_options(timeout=5, retries=0, api_key="om")
        url: str = quick.url
        print(url, client.transport.settings.timeout)
    async with httpx.AsyncClient() as http:
        other = AsyncOneManage(http=http, timeout=10, retries=1)
        await other.close()


async def async_documents(client: AsyncOneManage) -> tuple[Path, int]:
    whole: Exported = await client.psd.export("poster.psd", to="layers/")
    groups = await client.psd.export(
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
    bytes_of = await client.psd.export(io.BytesIO(b"8BPS"), name="poster.psd")
    return groups.files[0], bytes_of.document.layer_count


async def async_pictures(client: AsyncOneManage) -> list[Path]:
    recipe: types.Recipe = {"operations": [{"op": "resize", "width": 1200}]}
    made: Transformed = await client.images.transform(
        "photo.jpg", recipe=recipe, to="small.webp", timeout=60
    )
    await client.images.transform(
        file_id="fil_1", preset="shop", parameters={"width": 100}
    )
    key = SigningKey("sgn_1", "secret")
    widths: SrcSet = client.images.srcset(
        "fil_1.webp", "q_80", key=key, widths=[400, 800], sizes="50vw", lives=60.0
    )
    print(widths.img("A lemon", lazy=False), widths.addresses[400])
    content = client.images.image("fil_1", "w_30,f_png")
    whole: bytes = await content.read()
    picture: Picture = await content.picture()
    pixels: Image = await content.pil()
    print(len(whole), picture.media_type, picture.pil().size, pixels.size)
    saved: Path = await content.save("a.png", overwrite=True, sha256="0" * 64)
    written: int = await content.copy_to(io.BytesIO(), on_progress=print)
    async with content.stream() as response:
        print(written, response.headers["Content-Type"])
    return [*made.files, saved, picture.save("pictures/", overwrite=True)]


async def async_tables(client: AsyncOneManage, frame: ArrowStream) -> int:
    plan: types.PlanOut = await client.imports.plan("orders.csv", name="orders.csv")
    print(plan.tables[0].table)
    loaded: types.ImportResult = await client.imports.load(
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
    await client.imports.load(frame, table="orders")
    file: types.FileOut = await client.imports.uploaded(frame, "orders")
    rows: Any = await client.datasets.read(
        "orders",
        columns=["order_id"],
        filters=[{"column": "sku", "operator": "eq", "value": "00418"}],
    )
    dataset_id: str = await client.datasets.id_of("orders")
    print(file.id, rows, dataset_id)
    return loaded.rejected


async def async_templates(client: AsyncOneManage, frame: ArrowStream) -> Path | None:
    picture: Picture = await client.templates.render(
        "tpl_1", {"title": "SUMMER", "price": None}, format="png", width=600
    )
    merged: AsyncMerged = await client.templates.merge(
        "tpl_1",
        "offers.csv",
        mapping={"title": "headline"},
        name="{sku}",
        outputs=[{"format": "webp", "width": 600}],
        on_empty="reject",
        on_progress=lambda step: print(step.done, step.seconds_left),
    )
    await client.templates.merge("tpl_1", frame)
    await client.templates.merge("tpl_1", dataset="offers", filters=["lang:eq:en"])
    counts: tuple[str, int, int] = merged.id, merged.completed, merged.rejected
    print(picture.warnings, counts)
    lines: list[int] = [row.line async for row in merged.rejects()]
    files: list[Path] = await merged.save("pictures/")
    sheet: bytes = await merged.contact_sheet().read()
    print(lines, files, len(sheet))
    stopped: types.TaskOut[Any] = await client.merges.cancel(merged.id)
    print(stopped.state)
    return await merged.save_rejects("bad.csv", overwrite=True)


async def async_waiting(client: AsyncOneManage) -> types.DocumentResult:
    task = await client.psd.documents.create("poster.psd", wait=0)
    ended: types.TaskOut[types.DocumentResult] = await client.tasks.wait(
        task, timeout=600, on_progress=lambda step: print(step.done, step.total)
    )
    by_id: types.TaskOut[Any] = await client.tasks.wait(ended.id)
    print(by_id.state)
    return await client.tasks.result(task, timeout=1.5)


async def async_files(client: AsyncOneManage, source: Path) -> Path:
    file: types.FileOut = await client.files.upload(
        source,
        name="large.bin",
        sha256="0" * 64,
        part_size=8 << 20,
        at_once=4,
        idempotency_key="mine",
        on_progress=lambda done, total: print(done, total),
        on_begun=lambda upload_id: print(upload_id),
    )
    await client.files.upload(iter([b"a", b"b"]), upload_id="upl_1")
    sent = await client.files.sendable(source, None, uploaded=True)
    print(sent.file_id, sent.source, sent.name)
    return await client.files.download(
        file.id, "back/", overwrite=True, on_progress=lambda done, total: None
    )


async def async_lists(client: AsyncOneManage) -> Sequence[types.FileOut]:
    pages = client.files.list(limit=10)
    first: types.FileList = await pages.first_page()
    async for page in pages.pages():
        print(page.next_cursor, first.items[0].id)
    async for file in pages:
        print(file.size)
    return await pages.to_list(10)


async def async_events(client: AsyncOneManage) -> AsyncIterator[Event]:
    stream = client.events.follow(type=["*.failed"], last_event_id="17")
    async for event in stream:
        print(event.type, event.task_id, stream.last_event_id)
        yield event


async def async_over_many(client: AsyncOneManage) -> list[str]:
    async def size(path: str) -> int:
        return (await client.files.upload(path)).size

    done: list[Outcome[str, int]] = await async_many(
        size, ["a.png", "b.png"], at_once=8, on_done=lambda one: print(one.item)
    )
    return [f"{one.item}: {one.unwrap()}" for one in done]
