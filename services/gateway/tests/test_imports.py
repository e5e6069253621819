"""Plans, imports and rejects over HTTP, with data-import's worker and answers played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.imports.plans import (
    Dialect,
    ImportOptions,
    PlanChanges,
    TablePlan,
)
from onemanage.gateway.imports.schemas import ImportRequest, OptionsBody, TableBody
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import answering, working

from .import_samples import ANSWERS, Known, playing
from .psd_samples import World

PLANS, IMPORTS = "/v1/imports/plans", "/v1/imports"
WAIT = {"Prefer": "wait=20"}
CSV = {"Content-Type": "text/csv", **WAIT}
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
async def known(world: World, nats: Client) -> AsyncIterator[Known]:
    found = Known()
    async with answering(nats, ANSWERS, found):
        yield found


@asynccontextmanager
async def a_client(
    world: World, known: Known, settings: ProcessSettings, *tasks: str
) -> AsyncIterator[httpx.AsyncClient]:
    """While these tasks are carried out."""
    if not tasks:
        async with world.client() as client:
            yield client
        return
    function = playing(world, known)[tasks[0]]
    async with working(settings, function, task_name=tasks[0]):
        async with a_client(world, known, settings, *tasks[1:]) as client:
            yield client


async def planned(
    world: World, known: Known, settings: ProcessSettings, **request: Any
) -> httpx.Response:
    async with a_client(world, known, settings, "data_import.plan") as client:
        request = request or {"content": b"Order,Amount\n1,2\n", "headers": CSV}
        return await client.post(PLANS, params={"name": "orders.csv"}, **request)


async def imported(
    world: World, known: Known, settings: ProcessSettings, **changes: Any
) -> dict[str, Any]:
    plan = (await planned(world, known, settings)).json()
    async with a_client(world, known, settings, "data_import") as client:
        body = {"plan_id": plan["id"], **changes}
        answer = await client.post(IMPORTS, json=body, headers=WAIT)
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def test_a_file_is_sent_and_its_plan_answered_and_found_again(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    answer = await planned(world, known, process_settings)
    plan = answer.json()
    async with world.client() as client:
        again = await client.get(f"{PLANS}/{plan['id']}")

    assert answer.status_code == 200, plan
    assert answer.headers["Location"] == f"/v1/tasks/{plan['task_id']}"
    (table,) = plan["tables"]
    assert [one["type"] for one in table["columns"]] == ["bigint", "text"]
    assert table["findings"]["first_rows"] == [["1", "2.50"]]
    assert plan["sources"][0]["name"] == "orders.csv"
    assert "file_key" not in answer.text
    assert again.json() == plan


async def test_several_uploaded_files_are_planned_with_a_dialect(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    async with world.client() as client:
        files = [
            (await client.post("/v1/files", content=content)).json()["id"]
            for content in (b"a;b\n1;2\n", b"a;b\n3;4\n")
        ]
    dialect: Any = {"delimiter": ";", "decimal_comma": True, "short_rows": "fill"}
    body = {"file_ids": files, "dialect": dialect}

    answer = await planned(world, known, process_settings, json=body, headers={**WAIT})

    assert [table["file_id"] for table in answer.json()["tables"]] == files
    (command,) = known.commands
    assert command.hint == Dialect(**dialect)
    assert command.hinted == ["decimal_comma", "delimiter", "short_rows"]
    assert all(source.sha256 for source in command.sources)


async def test_what_was_imported_before_can_be_left_out_of_a_plan(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    await planned(world, known, process_settings)
    async with a_client(world, known, process_settings, "data_import.plan") as client:
        params = {"name": "orders.csv", "remember": "false"}
        answer = await client.post(PLANS, params=params, content=b"a\n1\n", headers=CSV)

    assert answer.status_code == 200, answer.text
    assert [command.remember for command in known.commands] == [True, False]


async def test_a_plan_that_takes_longer_is_answered_with_its_task(
    world: World, known: Known
) -> None:
    async with world.client() as client:
        answer = await client.post(PLANS, content=b"a\n1\n", headers=ASYNC)
        early = await client.get(answer.json()["resource"])

    assert answer.status_code == 202
    assert answer.json()["name"] == "data_import.plan"
    assert early.status_code == 404


async def test_a_plan_is_imported_as_it_is_or_as_it_was_changed(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    as_it_is = await imported(world, known, process_settings)
    proposed = known.commands[-1]
    plan = (await planned(world, known, process_settings)).json()
    plan["tables"][0]["columns"][1] |= {"type": "numeric", "precision": 9, "scale": 2}
    options = {"mode": "upsert", "keys": ["order"]}
    await imported(
        world, known, process_settings, tables=plan["tables"], options=options
    )
    changed = known.commands[-1]

    assert as_it_is["resource"] == f"{IMPORTS}/{as_it_is['result']['id']}"
    assert proposed.plan_id == known.commands[0].plan_id
    assert proposed.changes == PlanChanges()
    (table,) = changed.changes.tables
    assert (table.columns[0].type, table.columns[1].scale) == ("bigint", 2)
    assert changed.changes.options == ImportOptions(mode="upsert", keys=["order"])


async def test_an_order_names_its_plan_and_carries_none_of_it(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    plan = (await planned(world, known, process_settings)).json()
    async with world.client() as client:
        body = {"plan_id": plan["id"]}
        answer = await client.post(IMPORTS, json=body, headers=ASYNC)
    row = await world.gateway.tasks.get(OWNER_WORKSPACE, answer.json()["id"])

    assert row is not None and row.command is not None
    assert row.command.keys() == {"import_id", "plan_id", "changes", "planned_rows"}
    assert row.command["changes"] == {}


async def test_an_order_is_no_longer_than_what_the_user_has_written(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    """So a plan of any width can be changed, as far as a request has room for it."""
    plan = (await planned(world, known, process_settings)).json()
    tables = [
        {
            "table": f"t{number}",
            "columns": [
                {"position": at, "name": f"column_{at}", "nulls": ["", "n/a"]}
                for at in range(1, 1_601)
            ],
        }
        for number in range(8)
    ]
    body = {"plan_id": plan["id"], "tables": tables}
    wide = msgspec.json.encode(body)
    wider = msgspec.json.encode(body | {"tables": [*tables, *tables[:3]]})
    async with world.client() as client:
        answers = [
            await client.post(
                IMPORTS, content=one, headers={"Content-Type": "application/json"}
            )
            for one in (wide, wider)
        ]
    taken = await world.gateway.tasks.get(OWNER_WORKSPACE, answers[0].json()["id"])

    assert answers[0].status_code == 202, answers[0].text
    assert taken is not None and taken.command is not None
    assert len(msgspec.json.encode(taken.command)) <= len(wide) + 100
    assert len(wide) > 700 * 1024 and len(wider) < 1 << 20
    assert answers[1].status_code == 413
    assert answers[1].json()["type"].endswith("/plan_too_large")


def test_what_a_request_leaves_out_means_the_same_to_who_carries_it_out() -> None:
    column = {"position": 1, "name": "a"}
    given = {"table": "t", "columns": [column], "findings": {"rows": 7}}
    request = ImportRequest(
        plan_id="pln_" + "0" * 32,
        tables=[TableBody.model_validate(given)],
        options=OptionsBody(),
    )
    spelled_out = [
        table.model_dump(exclude={"findings"}) for table in request.tables or []
    ]

    carried = msgspec.json.decode(
        msgspec.json.encode(request.changes()), type=PlanChanges
    )
    tables = msgspec.convert(carried.tables, list[TablePlan], from_attributes=True)

    assert tables == msgspec.convert(spelled_out, list[TablePlan])
    assert carried.options == ImportOptions()


async def test_a_plan_that_is_kept_no_longer_is_said_at_once(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    plan = (await planned(world, known, process_settings)).json()
    await world.storage.delete([known.plans[plan["id"]].plan_key])
    async with world.client() as client:
        shown = await client.get(f"{PLANS}/{plan['id']}")
        answer = await client.post(IMPORTS, json={"plan_id": plan["id"]})

    assert (shown.status_code, answer.status_code) == (404, 404)
    assert answer.json()["type"].endswith("/plan_gone")
    assert answer.json()["detail"] == shown.json()["detail"]


async def test_an_import_is_shown_listed_and_undone(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    task = await imported(world, known, process_settings)
    async with a_client(world, known, process_settings, "data_import.undo") as client:
        shown = (await client.get(task["resource"])).json()
        listed = (await client.get(IMPORTS)).json()
        undone = await client.post(f"{task['resource']}/undo", headers=WAIT)

    assert shown["id"] == task["result"]["id"]
    assert not {"workspace_id", "rejects_key"} & shown["tables"][0].keys()
    assert listed == {"items": [shown], "next_cursor": None}
    assert undone.json()["result"]["status"] == "undone"
    assert undone.json()["resource"] == task["resource"]


async def test_rejects_are_paged_downloaded_and_sent_again(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    task = await imported(world, known, process_settings)
    path = f"{task['resource']}/rejects"
    async with a_client(world, known, process_settings, "data_import") as client:
        first = (await client.get(path, params={"reason": "not_a_date"})).json()
        cursor = {"cursor": first["next_cursor"]}
        second = (await client.get(path, params=cursor)).json()
        shown = (await client.get(task["resource"])).json()
        file = await client.get(shown["tables"][0]["rejects_url"])
        same = await client.get(path, headers={"Accept": "text/csv"})
        again = await client.post(path, content=b"Order\n1\n", headers=CSV)

    assert first["items"][0]["reason"] == "not_a_date"
    assert [page["items"][0]["number"] for page in (first, second)] == [1, 2]
    assert second["next_cursor"] is None
    assert file.content == same.content == b"rejects of part 1"
    assert file.headers["Content-Type"].startswith("text/csv")
    assert "orders-rejects.csv" in file.headers["Content-Disposition"]
    assert again.json()["result"]["resubmits"] == shown["id"]
    command = known.commands[-1]
    assert (command.resubmits, command.resubmitted_part) == (shown["id"], 1)


async def test_of_several_tables_with_rejects_one_has_to_be_named(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    plan = (await planned(world, known, process_settings)).json()
    tables = [plan["tables"][0], plan["tables"][0] | {"table": "others"}]
    task = await imported(world, known, process_settings, tables=tables)
    path = f"{task['resource']}/rejects.csv"
    async with world.client() as client:
        unnamed = await client.get(path)
        second = await client.get(path, params={"part": 2})
        seven = {"Range": "bytes=0-6", "If-Range": second.headers["ETag"]}
        some = await client.get(path, params={"part": 2}, headers=seven)
        third = await client.get(path, params={"part": 3})

    assert (unnamed.status_code, unnamed.json()["title"]) == (422, "which part")
    assert second.content == b"rejects of part 2"
    assert (some.status_code, some.content) == (206, b"rejects")
    assert third.status_code == 404


async def test_the_same_request_again_is_the_same_task(
    world: World, known: Known
) -> None:
    key = {"Idempotency-Key": "once", **ASYNC}
    async with world.client() as client:
        first, again = [
            await client.post(PLANS, content=b"a\n1\n", headers=key) for _ in range(2)
        ]

    assert first.json()["id"] == again.json()["id"]


async def test_another_workspace_finds_nothing(
    world: World, known: Known, process_settings: ProcessSettings
) -> None:
    task = await imported(world, known, process_settings)
    file_id = known.commands[0].sources[0].file_id
    plan_id = known.commands[0].plan_id
    async with world.stranger() as client:
        answers = [
            await client.get(f"{PLANS}/{plan_id}"),
            await client.get(task["resource"]),
            await client.get(f"{task['resource']}/rejects.csv"),
            await client.post(f"{task['resource']}/rejects", content=b"a\n1\n"),
            await client.post(f"{task['resource']}/undo"),
            await client.post(IMPORTS, json={"plan_id": plan_id}),
            await client.post(PLANS, json={"file_id": file_id}),
        ]

    assert [answer.status_code for answer in answers] == [404] * 7


async def test_what_does_not_fit_is_pointed_at(world: World, known: Known) -> None:
    plan_id = "pln_" + "0" * 32
    column = {"position": 1, "name": "a"}
    misfits: list[tuple[str, Any, str]] = [
        (PLANS, {"file_id": "1"}, "/file_id"),
        (PLANS, {"file_id": "fil_" + "0" * 32, "header": 1}, "/header"),
        (IMPORTS, {"plan_id": "1"}, "/plan_id"),
        (IMPORTS, {"plan_id": plan_id, "options": {"mode": "x"}}, "/options/mode"),
        (
            IMPORTS,
            {
                "plan_id": plan_id,
                "tables": [{"table": "t", "columns": [column | {"type": "int"}]}],
            },
            "/tables/0/columns/0/type",
        ),
    ]
    async with world.client() as client:
        answers = [await client.post(path, json=body) for path, body, _ in misfits]
        neither = await client.post(PLANS, json={})

    told = [[e["pointer"] for e in answer.json()["errors"]] for answer in answers]
    assert told == [[pointer] for _, _, pointer in misfits]
    assert neither.status_code == 422


async def test_a_plan_that_was_cancelled_is_a_problem_and_no_plan(world: World) -> None:
    key = {"Idempotency-Key": "once", "Content-Type": "text/csv", **ASYNC}
    async with world.client() as client:
        first = await client.post(PLANS, content=b"a,b\n1,2\n", headers=key)
        await world.gateway.tasks._pool.execute(
            "UPDATE tasks SET state = 'cancelled', finished_at = now() WHERE id = $1",
            first.json()["id"],
        )
        again = await client.post(PLANS, content=b"a,b\n1,2\n", headers=key)

    assert first.status_code == 202
    assert again.status_code == 409
    assert again.json()["type"].endswith("/task_cancelled")
    assert again.headers["Location"] == first.headers["Location"]
