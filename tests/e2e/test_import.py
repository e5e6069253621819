"""A table file becomes a plan, an import, rejects put right, and is undone again."""

import asyncio
import io
import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no type information

from onemanage.contracts.base import new_id
from onemanage.local.stack import Stack

from .conftest import ended

WAIT = {"Prefer": "wait=30"}
CSV = {"Content-Type": "text/csv", **WAIT}
ORDERS = """\
Order,Ordered on,Amount,SKU of {name}
1,2026-01-02,10.50,00417
2,2026-02-30,7.25,00418
3,2026-03-04,abc,00419
4,2026-03-05,1.00,00420,too much
5,2026-03-06,2.00,00421
"""
MANY = 400_000
"""Rows that take some seconds."""


@pytest.fixture
def name() -> str:
    """Of a data set that no other test has."""
    return new_id("t")[:20]


def planned(
    client: httpx.Client, content: str | bytes, name: str, ending: str = "csv"
) -> dict[str, Any]:
    answer = client.post(
        "/v1/imports/plans",
        params={"name": f"{name}.{ending}"},
        content=content,
        headers=CSV,
    )
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


def orders(name: str) -> str:
    """With headers that no other test has, so that no other plan is remembered."""
    return ORDERS.format(name=name)


def typed(plan: dict[str, Any]) -> dict[str, Any]:
    """As its user knows better: a date and an amount."""
    columns = plan["tables"][0]["columns"]
    columns[1]["type"] = "date"
    columns[2] |= {"type": "numeric", "precision": 10, "scale": 2}
    return {"plan_id": plan["id"], "tables": plan["tables"]}


def imported(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/v1/imports", json=body, headers=WAIT)
    assert answer.status_code in (200, 202), answer.text
    task = ended(client, answer.json())
    assert task["state"] == "completed", task
    shown: dict[str, Any] = client.get(task["resource"]).json()
    return shown


def rows_of(stack: Stack, table: str, what: str = "*") -> list[Any]:
    async def fetch() -> list[Any]:
        connection = await asyncpg.connect(stack.addresses.database_url("data_import"))
        try:
            schema = await connection.fetchval(
                "SELECT nspname FROM pg_class JOIN pg_namespace n ON n.oid = "
                "relnamespace WHERE relname = $1 AND nspname LIKE 'ws%'",
                table,
            )
            if schema is None:
                return []
            statement = f'SELECT {what} FROM "{schema}"."{table}"'
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_good_rows_are_loaded_and_bad_ones_named_put_right_and_undone(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    first = imported(client, typed(planned(client, orders(name), name)))

    assert (first["read"], first["loaded"], first["rejected"]) == (5, 2, 3)
    assert sorted(rows_of(stack, name, f'"order", sku_of_{name}')) == [
        (1, "00417"),
        (5, "00421"),
    ]
    listed = client.get(f"/v1/imports/{first['id']}/rejects").json()["items"]
    assert {(one["line"], one["column"], one["reason"]) for one in listed} == {
        (3, "ordered_on", "not_a_date"),
        (4, "amount", "not_a_numeric"),
        (5, None, "too_many_fields"),
    }
    rejects = client.get(first["tables"][0]["rejects_url"]).text
    assert rejects.count("\n") == 1 + 3

    fixed = rejects.replace("2026-02-30", "2026-02-28").replace(",abc,", ",3.00,")
    answer = client.post(
        f"/v1/imports/{first['id']}/rejects", content=fixed, headers=CSV
    )
    second = ended(client, answer.json())["result"]
    assert (second["resubmits"], second["loaded"]) == (first["id"], 3)
    assert second["tables"][0]["dataset_id"] == first["tables"][0]["dataset_id"]
    assert sorted(rows_of(stack, name, '"order"')) == [(n,) for n in range(1, 6)]

    undone = client.post(f"/v1/imports/{second['id']}/undo", headers=WAIT)
    assert ended(client, undone.json())["result"]["status"] == "undone"
    assert client.get(f"/v1/imports/{second['id']}").json()["status"] == "undone"
    assert sorted(rows_of(stack, name, '"order"')) == [(1,), (5,)]


def test_the_same_file_again_is_recognised_and_gets_the_plan_it_had(
    client: httpx.Client, name: str
) -> None:
    body = typed(planned(client, orders(name), name))
    body["tables"][0]["columns"][3]["name"] = "article"
    first = imported(client, body)

    plan = planned(client, orders(name), f"another_{name}")
    again = imported(client, {"plan_id": plan["id"]})

    table = plan["tables"][0]
    assert table["findings"]["remembered_from"] == first["id"]
    assert table["table"] == name
    assert [one["type"] for one in table["columns"]][1:3] == ["date", "numeric"]
    assert table["columns"][3]["name"] == "article"
    assert again["tables"][0]["repeats"] == first["id"]
    assert any(
        one["code"] == "imported_before" for one in again["tables"][0]["warnings"]
    )


def test_the_sheets_of_a_workbook_become_tables_of_one_import(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for sheet, rows in {
            "North": [["city", "sold"], ["Kiel", 3], ["Lübeck", 4]],
            "South": [["city", "sold"], ["München", 5]],
        }.items():
            page = book.add_worksheet(sheet)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)

    plan = planned(client, data.getvalue(), name, "xlsx")
    done = imported(client, {"plan_id": plan["id"]})

    assert [table["sheet"] for table in done["tables"]] == ["North", "South"]
    assert [table["loaded"] for table in done["tables"]] == [2, 1]
    south = done["tables"][1]["table"]
    assert rows_of(stack, south, "city, sold") == [("München", 5)]


def test_a_plan_that_cannot_be_is_refused_with_a_pointer_to_what_is_wrong(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    body = typed(planned(client, orders(name), name))
    body["options"] = {"mode": "upsert", "keys": ["nothing"]}

    answer = client.post("/v1/imports", json=body, headers=WAIT)

    problem = answer.json()
    assert answer.status_code == 422, problem
    assert problem["type"].endswith("/data_import.invalid_plan")
    assert problem["errors"][0]["pointer"] == "/options/keys/0"
    assert rows_of(stack, name) == []


def test_more_rejects_than_allowed_and_nothing_is_loaded(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    body = typed(planned(client, orders(name), name)) | {"options": {"max_rejects": 2}}

    answer = client.post("/v1/imports", json=body, headers=WAIT)

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/data_import.too_many_rejects")
    assert rows_of(stack, name) == []


def many(rows: int) -> Iterator[bytes]:
    """Every thousandth has no number where one is wanted."""
    yield b"n,value,note\n"
    for start in range(0, rows, 10_000):
        yield "".join(
            f"{n},{'x' if n % 1000 == 0 else n * 7},some words to be stored {n}\n"
            for n in range(start, min(start + 10_000, rows))
        ).encode()


def begun(client: httpx.Client, name: str) -> dict[str, Any]:
    """The task of a long import, once it has read some rows."""
    plan = planned(client, b"".join(many(MANY)), name)
    plan["tables"][0]["columns"][1]["type"] = "bigint"
    body = {"plan_id": plan["id"], "tables": plan["tables"]}
    headers = {"Prefer": "respond-async"}
    task = client.post("/v1/imports", json=body, headers=headers).json()
    while not (task["progress"] and task["progress"]["done"]):
        task = client.get(f"/v1/tasks/{task['id']}").json()
        assert task["state"] in ("queued", "running"), task
    progress = task["progress"]
    assert progress["step"] == "rows"
    assert progress["total"] == MANY
    assert progress["counts"].keys() == {"loaded", "rejected"}
    assert progress["per_second"] > 0
    return {**task, "body": json.dumps(body)}


def test_a_worker_killed_in_the_middle_gives_the_same_table(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    task = begun(client, name)

    os.kill(stack.runner.pid("data-import-worker"), signal.SIGKILL)

    task = ended(client, task)
    assert task["state"] == "completed", task
    assert task["attempt"] > 1
    done = task["result"]
    assert (done["read"], done["rejected"]) == (MANY, MANY // 1000)
    assert done["read"] == done["loaded"] + done["rejected"]
    counted = "count(*), count(DISTINCT n), min(_id), max(_id)"
    loaded = done["loaded"]
    assert rows_of(stack, name, counted) == [(loaded, loaded, 1, loaded)]


def test_an_import_that_is_cancelled_leaves_nothing(
    stack: Stack, client: httpx.Client, name: str
) -> None:
    task = begun(client, name)

    answer = client.delete(f"/v1/tasks/{task['id']}", headers=WAIT)

    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "cancelled"
    assert rows_of(stack, name) == []
    assert client.get(task["resource"]).status_code == 404
