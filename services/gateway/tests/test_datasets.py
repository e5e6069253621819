"""Data sets over HTTP: one gateway, with data-import's worker and answers played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.datasets.datasets import (
    Dataset,
    DatasetColumn,
    DatasetExport,
    DatasetPage,
    DatasetSnapshot,
    DroppedDataset,
    GetDataset,
    GetExport,
    GetProfile,
    ListDatasets,
    ListRows,
    RowFilter,
    RowPage,
    RowPlace,
    RowSort,
)
from onemanage.contracts.datasets.tasks import DropDataset, ExportDataset
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import answering, working

from .psd_samples import World

DATASET = "dst_" + "1" * 32
PATH = f"/v1/datasets/{DATASET}"


class Tables:
    """What data-import would know, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[ListRows] = []
        self.exports: dict[str, DatasetExport] = {}
        self.dataset = Dataset(
            dataset_id=DATASET,
            workspace_id=OWNER_WORKSPACE,
            name="orders 2026",
            row_count=3,
            column_count=1,
            created_at=utc_now(),
            updated_at=utc_now(),
            columns=[DatasetColumn(name="price", type="numeric")],
        )


def _own(query: Any, tables: Tables, found: Any) -> Any:
    if found is None or query.workspace_id != tables.dataset.workspace_id:
        raise QueryFailed("not_found", "There is no such thing in this workspace.")
    return found


async def list_datasets(query: ListDatasets, tables: Tables) -> DatasetPage:
    brief = msgspec.structs.replace(tables.dataset, columns=[])
    return DatasetPage(items=[brief], has_more=query.after is None)


async def get_dataset(query: GetDataset, tables: Tables) -> Dataset:
    found = tables.dataset if query.dataset_id == DATASET else None
    dataset: Dataset = _own(query, tables, found)
    return dataset


async def list_rows(query: ListRows, tables: Tables) -> RowPage:
    _own(query, tables, True)
    tables.asked.append(query)
    last = None if query.after else RowPlace(row_id=7, value="12.50")
    return RowPage(columns=["price"], rows=[["12.50"], [None]], last=last)


async def get_profile(query: GetProfile, tables: Tables) -> DatasetSnapshot:
    _own(query, tables, True)
    return DatasetSnapshot(
        dataset_id=DATASET,
        workspace_id=OWNER_WORKSPACE,
        name="orders 2026",
        import_id="imp_1",
        task_id="tsk_1",
        taken_at=utc_now(),
        row_count=3,
        column_count=1,
        snapshot_key="a/snapshot.parquet",
        snapshot_size=1,
        profile_key="a/profile.json",
    )


async def get_export(query: GetExport, tables: Tables) -> DatasetExport:
    export: DatasetExport = _own(query, tables, tables.exports.get(query.export_id))
    return export


@pytest.fixture
async def tables(world: World, nats: Client) -> AsyncIterator[Tables]:
    found = Tables()
    answerers = (list_datasets, get_dataset, list_rows, get_profile, get_export)
    async with answering(nats, answerers, found):
        yield found


@asynccontextmanager
async def exporting(
    world: World, tables: Tables, settings: ProcessSettings
) -> AsyncIterator[None]:
    """data-import's worker, that exports the same three bytes."""

    async def export(command: ExportDataset) -> DatasetExport:
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        key = f"{prefix}export.csv"
        stored = await world.storage.put_bytes(key, b"a\n1", "text/csv; charset=utf-8")
        made = DatasetExport(
            export_id=command.export_id,
            dataset_id=command.dataset_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            spec=command.spec,
            file_name="orders 2026.csv",
            row_count=1,
            size=3,
            sha256=stored.sha256,
            media_type=stored.media_type,
            object_key=key,
            created_at=utc_now(),
        )
        tables.exports[made.export_id] = made
        return made

    async with working(settings, export, task_name="data_import.export"):
        yield


async def test_data_sets_are_listed_and_shown_with_their_columns(
    world: World, tables: Tables
) -> None:
    async with world.client() as client:
        first = (await client.get("/v1/datasets")).json()
        given = {"cursor": first["next_cursor"]}
        second = (await client.get("/v1/datasets", params=given)).json()
        found = (await client.get(PATH)).json()

    assert first["items"][0]["id"] == DATASET
    assert "columns" not in first["items"][0]
    assert second["next_cursor"] is None
    assert found["columns"][0] == {
        "name": "price",
        "type": "numeric",
        "precision": None,
        "scale": None,
    }
    assert "workspace_id" not in found


async def test_rows_are_asked_for_as_the_address_says(
    world: World, tables: Tables
) -> None:
    asked: list[tuple[str, Any]] = [
        ("filter", "price:ge:10"),
        ("filter", '"odd:eq:name":contains:a:b'),
        ("filter", "status:in:new,paid"),
        ("filter", 'status:in:["a,b","c"]'),
        ("filter", "note:is_null"),
        ("column", "price"),
        ("sort", "price:desc"),
        ("limit", "2"),
    ]
    async with world.client() as client:
        first = (await client.get(f"{PATH}/rows", params=asked)).json()
        more = [*asked, ("cursor", first["next_cursor"])]
        second = (await client.get(f"{PATH}/rows", params=more)).json()
        other = await client.get(
            f"{PATH}/rows", params={"cursor": first["next_cursor"], "sort": "price"}
        )

    assert first["rows"] == [["12.50"], [None]]
    assert second["next_cursor"] is None
    query = tables.asked[1]
    assert query.filters == [
        RowFilter(column="price", operator="ge", value="10"),
        RowFilter(column="odd:eq:name", operator="contains", value="a:b"),
        RowFilter(column="status", operator="in", values=["new", "paid"]),
        RowFilter(column="status", operator="in", values=["a,b", "c"]),
        RowFilter(column="note", operator="is_null", value="true"),
    ]
    assert query.sort == RowSort(column="price", descending=True)
    assert (query.columns, query.limit) == (["price"], 2)
    assert query.after == RowPlace(row_id=7, value="12.50")
    assert (other.status_code, other.json()["title"]) == (422, "bad cursor")


@pytest.mark.parametrize("given", ["price", "price:like:1", 'a:in:["b"', ":eq:"])
async def test_a_filter_that_is_none_is_refused(
    world: World, tables: Tables, given: str
) -> None:
    async with world.client() as client:
        answer = await client.get(f"{PATH}/rows", params={"filter": given})

    assert (answer.status_code, answer.json()["title"]) == (422, "bad filter")


async def test_the_profile_comes_as_it_is_stored(world: World, tables: Tables) -> None:
    await world.put_json("a/profile.json", {"dataset_id": DATASET, "columns": []})
    async with world.client() as client:
        found = await client.get(f"{PATH}/profile")
        seen = {"If-None-Match": found.headers["etag"]}
        known = await client.get(f"{PATH}/profile", headers=seen)
        await world.storage.delete(["a/profile.json"])
        renewed = await client.get(f"{PATH}/profile")

    assert known.status_code == 304
    assert found.json() == {"dataset_id": DATASET, "columns": []}
    assert found.headers["Content-Type"] == "application/json"
    assert (renewed.status_code, renewed.headers["Retry-After"]) == (503, "1")


async def test_an_export_is_made_and_downloaded_under_its_name(
    world: World, tables: Tables, process_settings: ProcessSettings
) -> None:
    body = {"format": "csv", "filters": [{"column": "price", "operator": "is_null"}]}
    async with exporting(world, tables, process_settings), world.client() as client:
        wait = {"Prefer": "wait=20"}
        task = await client.post(f"{PATH}/exports", json=body, headers=wait)
        assert task.status_code == 200, task.text
        found = (await client.get(task.json()["resource"])).json()
        file = await client.get(found["url"])
        etag = {"If-None-Match": file.headers["ETag"]}
        again = await client.get(found["url"], headers=etag)

    assert task.json()["result"]["id"] == found["id"]
    assert not {"object_key", "workspace_id"} & found.keys()
    assert found["spec"]["filters"][0]["column"] == "price"
    assert file.content == b"a\n1"
    assert file.headers["Content-Disposition"] == (
        'attachment; filename="orders 2026.csv"'
    )
    assert again.status_code == 304


async def test_a_drop_needs_the_name_and_says_what_it_would_delete(
    world: World, tables: Tables, process_settings: ProcessSettings
) -> None:
    dropped: list[DropDataset] = []

    async def drop(command: DropDataset) -> DroppedDataset:
        dropped.append(command)
        return DroppedDataset(dataset_id=command.dataset_id, name=command.name)

    async with working(process_settings, drop, task_name="data_import.drop"):
        async with world.client() as client:
            refused = [
                await client.delete(PATH),
                await client.delete(PATH, params={"confirm": "orders"}),
            ]
            named = {"confirm": "orders 2026"}
            other = await client.delete(PATH, params=named, headers={"If-Match": '"x"'})
            seen = (await client.get(PATH)).headers["etag"]
            wait = {"Prefer": "wait=20", "If-Match": seen}
            task = await client.delete(PATH, params=named, headers=wait)

    assert [answer.status_code for answer in refused] == [409, 409]
    assert other.status_code == 412
    assert "deletes 3 rows for good" in refused[0].json()["detail"]
    assert task.status_code == 200, task.text
    assert task.json()["state"] == "completed"
    assert [command.created_at for command in dropped] == [tables.dataset.created_at]


async def test_a_misfit_is_pointed_at(world: World, tables: Tables) -> None:
    misfits = [
        ({"format": "pdf"}, "/format"),
        ({"filters": [{"column": "a", "operator": "like"}]}, "/filters/0/operator"),
        ({"delimiter": ";"}, "/delimiter"),
    ]
    async with world.client() as client:
        answers = [
            await client.post(f"{PATH}/exports", json=body) for body, _ in misfits
        ]

    told = [[e["pointer"] for e in answer.json()["errors"]] for answer in answers]
    assert told == [[pointer] for _, pointer in misfits]


async def test_what_is_not_there_or_another_s_is_not_found(
    world: World, tables: Tables
) -> None:
    async with world.stranger() as client:
        answers = [
            await client.get(PATH),
            await client.get(f"{PATH}/rows"),
            await client.get(f"{PATH}/profile"),
            await client.post(f"{PATH}/exports", json={}),
            await client.get(f"{PATH}/exports/exp_{"1" * 32}"),
            await client.delete(PATH, params={"confirm": "orders 2026"}),
        ]
    async with world.client() as client:
        answers.append(await client.get(f"{PATH}/exports/exp_{"1" * 32}/content"))

    assert {answer.status_code for answer in answers} == {404}


async def test_an_order_that_no_message_can_hold_is_refused_and_says_which_part(
    world: World, tables: Tables
) -> None:
    values = ["v" * 9_000] * 115  # more than a message takes, less than a body may
    filters = [
        {"column": "price", "operator": "eq", "value": "1"},
        {"column": "price", "operator": "in", "values": values},
    ]
    async with world.client() as client:
        refused = await client.post(f"{PATH}/exports", json={"filters": filters})
        tasks = (await client.get("/v1/tasks")).json()["items"]

    assert refused.status_code == 413
    assert refused.json()["type"].endswith("order_too_large")
    assert "spec.filters.1.values with 1,012 KiB" in refused.json()["detail"]
    assert tasks == []


async def test_a_filter_s_parts_have_a_length(world: World, tables: Tables) -> None:
    too_long = (
        {"column": "c" * 256, "operator": "is_null"},
        {"column": "price", "operator": "eq", "value": "1" * 10_001},
        {"column": "price", "operator": "in", "values": ["1" * 10_001]},
    )
    async with world.client() as client:
        for given in too_long:
            answer = await client.post(f"{PATH}/exports", json={"filters": [given]})
            assert answer.status_code == 422
            (error,) = answer.json()["errors"]
            assert error["pointer"].startswith("/filters/0/")
