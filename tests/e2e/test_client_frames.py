"""Data frames to PostgreSQL and back, pictures of them and for pages, by the client."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest
from PIL import Image

from onemanage.client import NotFound, OneManage, SigningKey
from onemanage.contracts.base import new_id
from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack

ROWS: dict[str, list[Any]] = {
    "order_id": [1, 2, 3],
    "ordered_on": [date(2026, 1, 2), None, date(2026, 3, 4)],
    "amount": [Decimal("10.50"), Decimal("7.25"), Decimal("0.10")],
    "sku": ["00417", "00418", None],
}


@pytest.fixture
def client(stack: Stack) -> Iterator[OneManage]:
    with OneManage(stack.owner_api_key, url=stack.base_url) as made:
        yield made


def test_frames_of_any_library_go_into_one_table_and_come_back_typed(
    client: OneManage,
) -> None:
    name = new_id("t")[:20]
    more = {column: [values[0]] for column, values in ROWS.items()} | {"order_id": [4]}
    database = duckdb.connect()
    database.register("more", pa.table(more).cast(pa.table(ROWS).schema))

    client.imports.load(pl.DataFrame(ROWS), table=name)
    options: Any = {"table": name, "mode": "upsert", "keys": ["order_id"]}
    client.imports.load(pa.table(ROWS), **options)
    made = client.imports.load(database.sql("SELECT * FROM more"), **options)
    found = client.datasets.read(name, columns=list(ROWS))
    some = client.datasets.read(
        name, filters=[{"column": "sku", "operator": "eq", "value": "00418"}]
    )

    assert (made.loaded, made.rejected) == (1, 0)
    assert isinstance(found, pa.Table)
    rows = {row["order_id"]: row for row in found.to_pylist()}
    assert [rows[at + 1] for at in range(3)] == pa.table(ROWS).to_pylist()
    assert rows[4]["sku"] == "00417"
    assert pl.DataFrame(some)["order_id"].to_list() == [2]
    with pytest.raises(NotFound, match="no data set 'nothing'"):
        client.datasets.read("nothing")


def test_a_picture_is_shown_by_signed_addresses_of_each_width(
    client: OneManage,
) -> None:
    source = io.BytesIO()
    Image.linear_gradient("L").resize((300, 200)).save(source, "PNG")
    file = client.files.upload(source.getvalue(), name="ramp.png")
    made = client.images.signing_keys.create(name="pages")
    key = SigningKey(made.signs_as, made.secret)

    found = client.images.srcset(
        f"{file.id}.webp", "q_80", key=key, widths=[40, 80], lives=60
    )
    sizes = []
    for address in found.addresses.values():
        answer = httpx.get(address).raise_for_status()
        sizes.append(Image.open(io.BytesIO(answer.content)).size)
    picture = client.images.image(file.id, "w_30,f_png").picture()
    client.images.signing_keys.revoke(made.id)

    assert sizes == [(40, 27), (80, 53)]
    assert (picture.media_type, picture.pil().size) == ("image/png", (30, 20))


def test_a_design_and_a_frame_become_pictures_in_one_call(
    client: OneManage, tmp_path: Path
) -> None:
    build_template(tmp_path / "offer.psd")
    document = client.psd.export(tmp_path / "offer.psd").document
    task = client.templates.create(document_id=document.id, wait=30)
    template = client.tasks.result(task).id
    frame = pl.DataFrame({"sku": ["a", "b", "c"], "title": ["SUN", None, "夏日"]})
    small: Any = {"outputs": [{"format": "webp", "width": 90}], "name": "{sku}"}
    steps: list[str] = []

    picture = client.templates.render(template, {"title": "MOON"}, width=60)
    told = client.templates.renders.create(template, values={"title": "MOON"}, width=90)
    made = client.templates.merge(
        template,
        frame,
        on_empty="reject",
        on_progress=lambda progress: steps.append(progress.step),
        **small,
    )
    files = made.save(tmp_path / "out")
    rejects = made.save_rejects(tmp_path / "rejects.csv")

    assert picture.pil().size == (60, 80)
    kept = client.templates.renders.image(template, told.id).picture()
    assert kept.pil().size == (told.width, told.height) == (90, 120)
    assert (made.completed, made.rejected) == (2, 1) and steps
    assert [one.line for one in made.rejects()] == [2]
    assert sorted(one.name for one in files) == ["a.webp", "c.webp", "summary.json"]
    assert rejects is not None and b"_error" in rejects.read_bytes()
    client.psd.documents.delete(document.id, cascade=True)
