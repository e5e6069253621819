"""Files of many forms, planned and imported by the real child into real PostgreSQL."""

import importlib
import io
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.datasets.datasets import Cell, ListRows
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase

from .import_samples import WORKSPACE, World, changed, open_world

samples: Any = importlib.import_module("services.data-import.tests.binary_samples")

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


@pytest.fixture
async def world(
    storage: Storage, database: MakeDatabase, nats: Client
) -> AsyncIterator[World]:
    async with open_world(storage, await database("data_import"), nats) as opened:
        yield opened


async def imported(world: World, content: bytes, name: str) -> list[list[Cell]]:
    """Rows of the first table, as the API tells them."""
    document = await world.plan(1, content, name=name)
    done = await world.run(1, document, changes=changed(document.plan.tables))
    query = ListRows(workspace_id=WORKSPACE, dataset_id=done.tables[0].dataset_id)
    return (await world.deps.datasets.rows(query)).rows


def _html(_: Path) -> bytes:
    rows = "<tr><th>id<th>took<tr><td>1<td>25:30:00<tr><td>2<td>00:10:00"
    return f"<html><body><table>{rows}</table></body></html>".encode()


def _xml(_: Path) -> bytes:
    def cell(type_: str, value: object) -> str:
        return f'<Cell><Data ss:Type="{type_}">{value}</Data></Cell>'

    rows = [cell("String", "id") + cell("String", "took")]
    rows.append(cell("Number", 1) + cell("String", "25:30:00"))
    rows.append(cell("Number", 2) + cell("String", "00:10:00"))
    table = "".join(f"<Row>{row}</Row>" for row in rows)
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{_SPREADSHEET}" xmlns:ss="{_SPREADSHEET}">'
        f'<Worksheet ss:Name="S"><Table>{table}</Table></Worksheet></Workbook>'
    ).encode()


_ROWS = [
    ["id", "took"],
    [1, (1, 25.5 / 24)],
    [2, (1, timedelta(minutes=10) / timedelta(1))],
]


def _xls(folder: Path) -> bytes:
    path: Path = samples.xls(folder / "a.xls", _ROWS, [0, 46])
    return path.read_bytes()


def _xlsb(folder: Path) -> bytes:
    path: Path = samples.xlsb(folder / "a.xlsb", _ROWS, [0, 46])
    return path.read_bytes()


def _sqlite(folder: Path) -> bytes:
    path = folder / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE VIRTUAL TABLE found USING fts5(word)")
    connection.execute("CREATE TABLE t (id, took)")
    connection.execute("INSERT INTO t VALUES (1, '25:30:00'), (2, '00:10:00')")
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("make", [_html, _xml, _xls, _xlsb, _sqlite])
async def test_a_table_is_the_same_in_every_form(
    world: World, tmp_path: Path, make: Any
) -> None:
    rows = await imported(world, make(tmp_path), "export.xls")
    assert rows == [[1, "25:30:00"], [2, "00:10:00"]]


async def test_a_package_makes_the_columns_that_it_declares(world: World) -> None:
    fields = [
        {"name": "zip", "type": "string"},
        {"name": "took", "type": "duration"},
        {"name": "n", "type": "integer"},
    ]
    resource = {"name": "codes", "path": "c.csv", "schema": {"fields": fields}}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("datapackage.json", json.dumps({"resources": [resource]}))
        target.writestr("c.csv", "zip,took,n\n1234,PT25H30M,1\n5678,P1M,2\n")
        target.writestr("README.md", "# Codes\n")

    rows = await imported(world, made.getvalue(), "codes.zip")
    assert rows == [["1234", "25:30:00", 1], ["5678", "1 mon", 2]]
