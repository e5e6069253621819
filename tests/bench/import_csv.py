"""How fast a CSV is imported, beside the ways that others have, in one run.

    make bench NAME=import_csv

Ours is the whole import: from the file to the commit, every value judged, rejects
written, with ids and their primary key. So the peers get one too: `psql \\copy` and
DuckDB load the same file into a table without an index and add a primary key by its
id, which costs them less than one that is there before; that is shown beside it. A
ratio is their time by ours, the median of rounds in which all take turns; the one with
bad rows is to `psql` on the file without them, for it loads no other. `ROUNDS` and
`TIERS=0`, which leaves the small sizes out, make it shorter.

The last line before the summary is the limit: the server's own COPY of the very bytes
that we send it, from its own disk, and the same primary key. Beside each time are the
CPU seconds of this process, of the children that read and of PostgreSQL; on a machine
that others use too they say more.
"""

import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import asyncpg
import uvloop

from onemanage.data_import.domain.casting.encode import encode_table
from onemanage.data_import.domain.casting.encoding import Encoding
from onemanage.data_import.domain.reading.read_fast import read_to_load
from onemanage.local.postgres import program

from .parts import import_peers, summary
from .parts.cpu import Measured
from .parts.import_inputs import (
    TYPES,
    Imports,
    Servers,
    imports,
    plan,
    servers,
    write_csv,
)
from .parts.peer_environment import PeerEnvironment

ROWS = 1_000_000
TIERS = (1_000, 10_000, 100_000)
ROUNDS = int(os.environ.get("ROUNDS", "5"))
AT_LEAST = {"psql": 1.7, "psql_with_bad_rows": 1.5, "duckdb": 1.0, "dlt": 10.0}
AT_MOST = {"of_the_limit": 1.25}
_KEY = "ALTER TABLE peer ADD PRIMARY KEY (id)"


async def ours(side: Imports, path: Path) -> float:
    started = time.monotonic()
    result = await side.load(path)
    seconds = time.monotonic() - started
    assert result.rows_read == result.rows_loaded + result.rows_rejected
    await side.drop(result)
    return seconds


async def psql(path: Path, url: str, *then: str, key: str = "") -> float:
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"{name} {type_}" for name, type_ in TYPES.items())
    await connection.execute(
        f"DROP TABLE IF EXISTS peer; CREATE TABLE peer ({columns}{key})"
    )
    await connection.close()
    copy = f"\\copy peer from '{path}' with (format csv, header)"
    commands = [f"--command={one}" for one in (copy, *then)]
    command = [program("psql"), "--quiet", *commands, url]
    started = time.monotonic()
    await asyncio.to_thread(subprocess.run, command, check=True)
    return time.monotonic() - started


class Limit:
    """The server's own COPY of what ours sends for a file."""

    def __init__(self, admin_url: str, path: Path, folder: Path) -> None:
        self._url, self._bytes = admin_url, folder / "rows.bin"
        self._bytes.touch(0o644)
        read, rejects = partial(read_to_load, path), folder / "rejects.csv"
        job = Encoding(read, plan("limit"), self._bytes, rejects, 1)
        encode_table(job, lambda progress: None)

    async def seconds(self) -> float:
        columns = ", ".join(f"{name} {type_}" for name, type_ in TYPES.items())
        connection = await asyncpg.connect(self._url)
        await connection.execute("DROP TABLE IF EXISTS own")
        started = time.monotonic()
        async with connection.transaction():
            for statement in (
                f"CREATE TABLE own (_id bigint NOT NULL, {columns})",
                f"COPY own FROM '{self._bytes}' (FORMAT binary, FREEZE)",
                "SET LOCAL maintenance_work_mem = '128MB'",
                "ALTER TABLE own ADD PRIMARY KEY (_id)",
            ):
                await connection.execute(statement)
        seconds = time.monotonic() - started
        await connection.close()
        return seconds


type Side = Callable[[], Awaitable[float | None]]


async def in_turns(sides: dict[str, Side]) -> dict[str, list[float]]:
    """Seconds of each in every round; those that cannot do it here are left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(ROUNDS):
        for name, side in sides.items():
            with Measured() as measured:
                seconds = await side()
            if seconds is not None:
                found[name].append(seconds)
                cpu = str(measured).partition("  ")[2]
                print(f"{number + 1} {name:<21} {seconds:6.2f} s {cpu}", flush=True)
    return found


async def large(
    side: Imports, at: Servers, peers: PeerEnvironment, limit: Limit
) -> dict[str, float]:
    path, bad = at.folder / "clean.csv", at.folder / "bad.csv"
    await ours(side, path)  # what is loaded only once

    async def duckdb() -> float | None:
        return await asyncio.to_thread(peers.seconds, "duckdb", str(path), at.url)

    times = await in_turns(
        {
            "psql": lambda: psql(path, at.url, _KEY),
            "ours": lambda: ours(side, path),
            "ours_with_bad_rows": lambda: ours(side, bad),
            "psql_key_before": lambda: psql(path, at.url, key=", PRIMARY KEY (id)"),
            "duckdb": duckdb,
            "limit": limit.seconds,
        }
    )

    def ratio(one: str, other: str) -> float:
        pairs = zip(times[one], times[other], strict=True)
        return statistics.median(a / b for a, b in pairs)

    found = {name: ratio(name, "ours") for name in ("psql", "psql_key_before")}
    found["psql_with_bad_rows"] = ratio("psql", "ours_with_bad_rows")
    if "duckdb" in times:
        found["duckdb"] = ratio("duckdb", "ours")
    own = statistics.median(times["limit"])
    print(f"{ROWS:>9} rows  the server's own COPY of the same bytes {own:6.2f} s")
    return found | {"of_the_limit": ratio("ours", "limit")}


async def tiers(
    side: Imports, url: str, peers: PeerEnvironment, folder: Path
) -> dict[str, float]:
    """Each way at each size; the ratio to dlt is of the largest."""
    found: dict[str, float] = {}
    for rows in TIERS:
        path = write_csv(folder / f"{rows}.csv", rows)
        mine = min([await ours(side, path) for _ in range(3)])
        told = [f"ours {mine:6.3f} s"]
        for name in ("polars write_database", "multi-row INSERT", "dlt"):
            if name == "dlt" and rows < TIERS[-1]:
                continue
            theirs = await asyncio.to_thread(peers.seconds, name, str(path), url)
            if theirs is not None:
                told.append(f"{name} {theirs:6.3f} s")
                found[f"{name}_{rows}"] = theirs / mine
        print(f"{rows:>9} rows  " + "  ".join(told), flush=True)
    if (dlt := found.pop(f"dlt_{TIERS[-1]}", None)) is not None:
        found["dlt"] = dlt
    return found


async def measure(at: Servers, shared: Path) -> dict[str, float]:
    path = write_csv(at.folder / "clean.csv", ROWS)
    write_csv(at.folder / "bad.csv", ROWS, bad=True)
    peers = await asyncio.to_thread(
        PeerEnvironment,
        at.folder / "peers",
        import_peers.PACKAGES,
        import_peers.__file__,
    )
    limit = await asyncio.to_thread(Limit, at.admin_url, path, shared)
    found: dict[str, float] = {}
    async with imports(at.url, at.folder) as side:
        if os.environ.get("TIERS") != "0":
            found |= await tiers(side, at.url, peers, at.folder)
        found |= await large(side, at, peers, limit)
    return found


def main() -> None:
    with servers() as at, tempfile.TemporaryDirectory() as name:
        shared = Path(name)
        shared.chmod(0o755)  # the server reads it as a user of its own
        found = uvloop.run(measure(at, shared))
    summary.say("import_csv", found, at_least=AT_LEAST, at_most=AT_MOST)


if __name__ == "__main__":
    main()
