"""How fast a table of PostgreSQL is read: by ConnectorX, and by psycopg's cursors.

    make bench NAME=import_database

Each way reads the same statement, through the forwarder and in a child, into the same
typed batches of 20,000 rows, in turns of one run. Its own process sees only the batches.
"""

import asyncio
import base64
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import uvloop

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.service import PRELOAD, Databases
from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.process.sealing import seal
from onemanage.platform.sandbox.sandbox import Sandbox, open_sandbox

from .parts.database_readers import Read, by_connectorx, by_psycopg
from .parts.import_inputs import database

ROWS = 150_000
ROUNDS = 5
KEY = base64.b64encode(bytes(32)).decode()
WORKSPACE = "wsp_bench"
TABLE = f"""
    CREATE TABLE bench_orders AS SELECT n::bigint AS id, (n % 1000)::int AS quantity,
        (n * 0.37)::numeric(12, 2) AS price, n * 0.1::float8 AS weight, n % 3 = 0 AS paid,
        DATE '2020-01-01' + (n % 2000)::int AS day,
        TIMESTAMPTZ '2024-01-01' + n * interval '1 second' AS at,
        'customer number ' || n AS name, nullif(md5(n::text), md5('7')) AS code,
        CASE WHEN n % 11 = 0 THEN 'a longer note of order ' || n ELSE '' END AS note
    FROM generate_series(1, {ROWS}) AS n
"""
"""Ten columns: 1.5 million cells."""


def source_at(url: str) -> DatabaseSource:
    parts = urlsplit(url)
    return DatabaseSource(
        kind="postgresql",
        host=parts.hostname or "",
        port=parts.port or 5432,
        database=parts.path[1:],
        user=unquote(parts.username or ""),
        sealed_password=seal(KEY, unquote(parts.password or ""), WORKSPACE),
        table="bench_orders",
        tls="off",
    )


async def measure(url: str, folder: Path) -> dict[str, list[Read]]:
    package = folder / "psycopg"
    await asyncio.to_thread(install, folder / "pip", package)
    connection = await asyncpg.connect(url)
    await connection.execute(TABLE)
    await connection.close()
    async with open_sandbox(memory_limit=4 << 30, preload=PRELOAD) as sandbox:
        return await in_turns(sandbox, source_at(url), package)


async def in_turns(
    sandbox: Sandbox, source: DatabaseSource, package: Path
) -> dict[str, list[Read]]:
    ways: dict[str, tuple[Callable[..., Read], tuple[Any, ...]]] = {
        "connectorx": (by_connectorx, ()),
        "psycopg text": (by_psycopg, (package, False)),
        "psycopg binary": (by_psycopg, (package, True)),
    }
    databases = Databases(sandbox, KEY, parse_networks("127.0.0.0/8"))
    (table,) = (await databases.plan(source, WORKSPACE)).tables
    found: dict[str, list[Read]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (way, more) in ways.items():
            async with databases.open(source, WORKSPACE) as opened:
                read: Read = await sandbox.run(
                    way,
                    opened,
                    table,
                    *more,
                    timeout=120,
                    folders=[opened.folder, package],
                    port=opened.end.port,
                )
            found[name].append(read)
    return found


def install(venv: Path, package: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin/pip"), "install", "--quiet", "--target", str(package)]
    subprocess.run([*pip, "psycopg[binary]"], check=True)


def main() -> None:
    with database() as (url, folder):
        found = uvloop.run(measure(url, folder))
    digests = {read.digest for reads in found.values() for read in reads}
    medians = {
        name: {
            "rows_per_second": round(statistics.median(r.rows / r.seconds for r in rs)),
            "cpu_seconds": round(statistics.median(r.cpu_seconds for r in rs), 2),
            "megabytes": round(statistics.median(r.megabytes for r in rs)),
        }
        for name, rs in found.items()
    }
    line = {"bench": "import_database", "same": len(digests) == 1, "medians": medians}
    print(json.dumps(line))


if __name__ == "__main__":
    main()
