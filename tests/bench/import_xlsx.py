"""How fast a workbook is imported, beside what reading and sending it take at least.

    make bench NAME=import_xlsx

The peers are fastexcel and python-calamine, which read the sheet and judge nothing, and
after the faster of them `psql \\copy` of the same rows as CSV into a table without an
index. Ours is the whole import. The ratio is ours by theirs, the median of rounds in
which all take turns, at two sizes. Memory is the most that this process and the child
that reads ever held of the longer sheet. `ROUNDS` and `SIZES=100000` make it shorter.
"""

import asyncio
import os
import statistics
import subprocess
import sys
from pathlib import Path

import uvloop

from .import_csv import ours, psql
from .import_memory import watched
from .parts import import_peers, summary
from .parts.cpu import Measured
from .parts.import_inputs import Imports, database, imports, write_csv
from .parts.peer_environment import PeerEnvironment

SIZES = [int(one) for one in os.environ.get("SIZES", "100000 1000000").split()]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
READERS = ("fastexcel", "python-calamine")
RATIO, MEGABYTES = 1.2, 600.0


def write_book(path: Path, rows: int) -> Path:
    """Elsewhere, for what that takes is not the import's."""
    module = "tests.bench.parts.import_inputs"
    subprocess.run([sys.executable, "-m", module, str(path), str(rows)], check=True)
    return path


async def one_round(
    side: Imports, url: str, peers: PeerEnvironment, book: Path, text: Path
) -> float | None:
    """Ours by theirs; None where no peer can be had here."""
    reading: dict[str, float] = {}
    for name in READERS:
        seconds = await asyncio.to_thread(peers.seconds, name, str(book), url)
        if seconds is not None:
            reading[name] = seconds
    with Measured() as copy:
        copying = await psql(text, url)
    with Measured() as own:
        whole = await ours(side, book)
    told = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in reading.items())
    print(f"{told}  copy {copying:.2f} s [{copy}]  ours {whole:.2f} s [{own}]")
    return whole / (min(reading.values()) + copying) if reading else None


async def measure(url: str, folder: Path) -> dict[str, float]:
    peers = await asyncio.to_thread(
        PeerEnvironment,
        folder / "peers",
        import_peers.PACKAGES,
        import_peers.__file__,
    )
    found: dict[str, float] = {}
    async with imports(url, folder) as side:
        for rows in SIZES:
            book = await asyncio.to_thread(write_book, folder / f"{rows}.xlsx", rows)
            text = await asyncio.to_thread(write_csv, folder / f"{rows}.csv", rows)
            with watched() as watch:
                await ours(side, book)  # with what is loaded only once
            print(f"{rows:>9} rows  {watch.most:.0f} MB", flush=True)
            ratios = [
                await one_round(side, url, peers, book, text) for _ in range(ROUNDS)
            ]
            known = [one for one in ratios if one is not None]
            if known:
                found[f"read_and_copy_{rows}"] = statistics.median(known)
            found[f"megabytes_{rows}"] = watch.most
    return found


def main() -> None:
    with database() as (url, folder):
        found = uvloop.run(measure(url, folder))
    targets = {
        name: MEGABYTES if name.startswith("megabytes") else RATIO for name in found
    }
    summary.say("import_xlsx", found, at_most=targets)


if __name__ == "__main__":
    main()
