"""Previews of data sets, on real PostgreSQL, S3 and NATS."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.datasets.datasets import (
    ColumnProfile,
    DatasetProfile,
    HistogramBin,
    ValueCount,
)
from onemanage.contracts.datasets.tasks import DROP, SNAPSHOT
from onemanage.contracts.previews.datasets import PUBLISH_DATASET, PublishDataset
from onemanage.contracts.previews.previews import Preview, PreviewPlace
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher, decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import EVENTS
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.datasets import DatasetPreviews
from onemanage.preview.domain.chart import histogram_svg
from onemanage.preview.handlers import (
    Deps,
    on_data_import_drop_completed_discard_previews,
    on_data_import_etl_completed_publish_preview,
)
from onemanage.preview.store import Store
from onemanage.preview.sweeper import sweep
from onemanage.testing.fixtures import MakeDatabase, stored

WORKSPACE, DATASET = "wsp_1", "dst_1"
EXAMPLES = Path(__file__).parent / "examples"
SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = ColumnProfile(
    name='价格 <price> & "co"',
    type="numeric",
    count=9,
    nulls=1,
    distinct=9,
    min="0.50",
    max="9.50",
    histogram=[
        HistogramBin(low="0.50", high="5.0", count=8),
        HistogramBin(low="5.0", high="9.50", count=1),
    ],
)
WORDS = ColumnProfile(
    name="carrier",
    type="text",
    count=10,
    nulls=0,
    distinct=2,
    top=[
        ValueCount(value="</text><script>alert(1)</script>", count=7),
        ValueCount(value="", count=3),
    ],
)
UNIQUE = ColumnProfile(name="id", type="text", count=10, nulls=0, distinct=10)


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("preview")) as sessions:
        yield Store(sessions)


@pytest.fixture
def previews(storage: Storage, store: Store) -> DatasetPreviews:
    return DatasetPreviews(storage, store, timedelta(hours=24))


async def profiled(
    storage: Storage, columns: list[ColumnProfile], key: str = "a/profile.json"
) -> PublishDataset:
    profile = DatasetProfile(
        dataset_id=DATASET,
        name="flights",
        import_id="imp_1",
        taken_at=utc_now(),
        row_count=10,
        columns=columns,
        first_rows=[["0.50", "UA", "1"]],
    )
    await storage.put_bytes(key, msgspec.json.encode(profile), "application/json")
    return command(key)


def command(key: str) -> PublishDataset:
    return PublishDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        dataset_id=DATASET,
        profile_key=key,
    )


async def living(store: Store) -> list[Preview]:
    return (await store.previews(WORKSPACE, None, 10, None, DATASET)).items


async def test_first_rows_and_a_histogram_of_each_column_are_published(
    previews: DatasetPreviews, store: Store, storage: Storage
) -> None:
    result = await previews.publish(await profiled(storage, [NUMBERS, UNIQUE, WORDS]))

    rows, numbers, words = await living(store)
    assert result.preview_count == 3
    assert [each.kind for each in (rows, numbers, words)] == [
        *("rows", "histogram", "histogram")
    ]
    assert (numbers.column, numbers.position) == (NUMBERS.name, 1)
    assert (words.position, words.media_type) == (3, "image/svg+xml")
    page = msgspec.json.decode(await storage.get_bytes(rows.object_key))
    assert page["rows"] == [["0.50", "UA", "1"]]
    assert [column["name"] for column in page["columns"]] == [
        *(NUMBERS.name, "id", "carrier")
    ]
    assert {each.document_id for each in (rows, numbers, words)} == {""}


async def test_a_chart_tells_what_it_shows_and_runs_nothing_of_the_data(
    previews: DatasetPreviews, store: Store, storage: Storage
) -> None:
    await previews.publish(await profiled(storage, [NUMBERS, WORDS]))

    for preview in (await living(store))[1:]:
        svg = ElementTree.fromstring(await storage.get_bytes(preview.object_key))
        title, described = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None and preview.column is not None
        assert preview.column in (title.text or "")
        assert described is not None and "different" in (described.text or "")
        assert svg.get("role") == "img"
        assert {each.tag for each in svg.iter()} <= {
            f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text", "path")
        }
        assert (int(svg.get("width", 0)), int(svg.get("height", 0))) == (
            preview.width,
            preview.height,
        )


def test_bars_are_as_long_as_their_counts_and_nothing_leaves_the_picture() -> None:
    svg = ElementTree.fromstring(histogram_svg(NUMBERS))
    bars = [
        bar for bar in svg.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None
    ]

    tall = [float(bar.get("height", 0)) for bar in bars]
    assert tall[0] == pytest.approx(8 * tall[1], rel=0.01)
    for bar in bars:
        assert 0 <= float(bar.get("x", -1))
        assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= 480


def test_a_control_character_in_a_value_leaves_the_svg_well_formed() -> None:
    column = msgspec.structs.replace(
        WORDS, name="a\x00\x1b\ufffe", top=[ValueCount(value="\x07\n\x85", count=2)]
    )

    ElementTree.fromstring(histogram_svg(column))


async def test_a_newer_profile_takes_the_place_of_the_older_with_all_its_columns(
    previews: DatasetPreviews, store: Store, storage: Storage, nats: Client
) -> None:
    await previews.publish(await profiled(storage, [NUMBERS, WORDS]))
    old = await storage.keys("previews/")

    await previews.publish(await profiled(storage, [WORDS], "b/profile.json"))
    await sweep(store, storage, EventPublisher(nats))

    found = await living(store)
    left = await storage.keys("previews/")
    assert [each.column for each in found] == [None, "carrier"]
    assert sorted(left) == sorted(each.object_key for each in found)
    assert set(left).isdisjoint(old)


async def test_a_profile_that_is_gone_leaves_the_previews_as_they_are(
    previews: DatasetPreviews, store: Store, storage: Storage
) -> None:
    await previews.publish(await profiled(storage, [NUMBERS]))
    before = await living(store)

    with pytest.raises(InvalidInput, match="changed since, or is dropped") as refused:
        await previews.publish(command("none/profile.json"))

    assert refused.value.code == "preview.no_profile"
    assert await living(store) == before


async def test_what_is_published_across_a_drop_is_taken_back(
    previews: DatasetPreviews,
    store: Store,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = await profiled(storage, [NUMBERS])
    publish = store.publish

    async def publish_late(workspace_id: str, made: list[Preview]) -> None:
        await storage.delete([order.profile_key])
        await publish(workspace_id, made)

    monkeypatch.setattr(store, "publish", publish_late)

    with pytest.raises(InvalidInput):
        await previews.publish(order)

    assert await living(store) == []


async def test_previews_of_documents_and_data_sets_page_together(
    previews: DatasetPreviews, store: Store, storage: Storage
) -> None:
    await previews.publish(await profiled(storage, [NUMBERS, WORDS]))

    seen: list[str] = []
    after = None
    while True:
        page = await store.previews(WORKSPACE, None, 1, after)
        seen += [each.preview_id for each in page.items]
        if not page.has_more:
            break
        after = PreviewPlace.of(page.items[-1])

    assert seen == [each.preview_id for each in await living(store)]


async def test_a_profiled_data_set_asks_for_previews_once_and_a_drop_takes_its_previews(
    previews: DatasetPreviews, store: Store, storage: Storage, nats: Client
) -> None:
    deps = Deps(TaskRequests(nats), EventPublisher(nats), store, storage)
    (made,) = EXAMPLES.glob("events.data_import.etl.completed/*.json")
    event = decode_event(made.parent.name, made.read_bytes())
    assert isinstance(event, SNAPSHOT.Completed)
    for _ in range(2):
        await on_data_import_etl_completed_publish_preview(event, deps)

    ((_, request),) = await stored(nats, EVENTS)
    asked = msgspec.convert(request, PUBLISH_DATASET.Requested)
    assert asked.command.profile_key == event.result.profile_key

    await previews.publish(await profiled(storage, [NUMBERS]))
    (ended,) = EXAMPLES.glob("events.data_import.drop.completed/*.json")
    dropped = decode_event(ended.parent.name, ended.read_bytes())
    assert isinstance(dropped, DROP.Completed)
    result = msgspec.structs.replace(dropped.result, dataset_id=DATASET)
    dropped = msgspec.structs.replace(dropped, workspace_id=WORKSPACE, result=result)
    await on_data_import_drop_completed_discard_previews(dropped, deps)
    await sweep(store, storage, deps.events)

    assert await living(store) == []
    assert await storage.keys("previews/") == []
