"""How fast a CSV is imported, beside the ways that others have, in one run.

    make bench NAME=import_csv

Ours is the whole import: from the file to the commit, every value judged, rejects
written, with ids and their index. `psql \\copy` reads the same file into a table
without an index. A ratio is their time by ours, the median of paired rounds; the one
with bad rows is to `psql` on the file without them, for it loads no other. The sizes
are those of the tiers of a loader that chooses its way by the number of rows.
"""

import asyncio
import json
import statistics
import subprocess
import time
from pathlib import Path

import asyncpg
import uvloop

from onemanage.local.postgres import program

from .parts.import_inputs import TYPES, Imports, database, imports, write_csv
from .parts.import_peers import Peers

ROWS = 1_000_000
TIERS = (1_000, 10_000, 100_000)
ROUNDS = 5
AT_LEAST = {"psql": 1.5, "psql_with_bad_rows": 1.3, "dlt": 10.0, "duckdb": 1 / 1.15}


async def ours(side: Imports, path: Path) -> float:
    started = time.monotonic()
    result = await side.load(path)
    seconds = time.monotonic() - started
    assert result.rows_read == result.rows_loaded + result.rows_rejected
    await side.drop(result)
    return seconds


async def psql(path: Path, url: str) -> float:
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"{name} {type_}" for name, type_ in TYPES.items())
    await connection.execute(
        f"DROP TABLE IF EXISTS peer; CREATE TABLE peer ({columns})"
    )
    await connection.close()
    copy = f"\\copy peer from '{path}' with (format csv, header)"
    command = [program("psql"), "--quiet", "--command", copy, url]
    started = time.monotonic()
    await asyncio.to_thread(subprocess.run, command, check=True)
    return time.monotonic() - started


async def beside_psql(
    side: Imports, url: str, path: Path, bad: Path
) -> dict[str, float]:
    found: dict[str, list[float]] = {"psql": [], "psql_with_bad_rows": []}
    for _ in range(ROUNDS):
        theirs = await psql(path, url)
        clean, hurt = await ours(side, path), await ours(side, bad)
        found["psql"].append(theirs / clean)
        found["psql_with_bad_rows"].append(theirs / hurt)
        print(
            f"{ROWS:>9} rows  psql {theirs:6.2f} s  ours {clean:6.2f} s  "
            f"with 1 % bad rows {hurt:6.2f} s",
            flush=True,
        )
    return {name: statistics.median(each) for name, each in found.items()}


async def tiers(
    side: Imports, url: str, peers: Peers, folder: Path
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
            theirs = await asyncio.to_thread(peers.seconds, name, path, url)
            if theirs is not None:
                told.append(f"{name} {theirs:6.3f} s")
                found[f"{name}_{rows}"] = theirs / mine
        print(f"{rows:>9} rows  " + "  ".join(told), flush=True)
    if (dlt := found.pop(f"dlt_{TIERS[-1]}", None)) is not None:
        found["dlt"] = dlt
    return found


async def large_peers(
    side: Imports, url: str, peers: Peers, path: Path
) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in ("duckdb", "polars write_database"):
        mine = await ours(side, path)
        theirs = await asyncio.to_thread(peers.seconds, name, path, url)
        if theirs is not None:
            print(f"{ROWS:>9} rows  {name} {theirs:6.2f} s  ours {mine:6.2f} s")
            found[name if name == "duckdb" else f"{name}_{ROWS}"] = theirs / mine
    return found


async def measure(url: str, folder: Path) -> dict[str, float]:
    path = write_csv(folder / "clean.csv", ROWS)
    bad = write_csv(folder / "bad.csv", ROWS, bad=True)
    peers = await asyncio.to_thread(Peers, folder / "peers")
    async with imports(url, folder) as side:
        found = await beside_psql(side, url, path, bad)
        found |= await tiers(side, url, peers, folder)
        found |= await large_peers(side, url, peers, path)
    return found


def main() -> None:
    with database() as (url, folder):
        found = uvloop.run(measure(url, folder))
    line = {
        "bench": "import_csv",
        "ratios": {name: round(value, 2) for name, value in found.items()},
        "targets": AT_LEAST,
        "holds": all(
            found[name] >= target for name, target in AT_LEAST.items() if name in found
        ),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
