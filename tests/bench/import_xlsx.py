"""How fast a workbook is imported, beside what reading and sending it take at least.

    make bench NAME=import_xlsx

The peer is fastexcel, which reads the sheet into Arrow and judges nothing, and after
it `psql \\copy` of the same rows as CSV into a table without an index. Ours is the
whole import. The ratio is ours by theirs, the median of paired rounds.
"""

import asyncio
import json
import statistics
import time
from pathlib import Path

import fastexcel
import uvloop

from .import_csv import ours, psql
from .parts.import_inputs import database, imports, write_csv, write_xlsx

ROWS = 100_000
ROUNDS = 5
AT_MOST = {"read_and_copy": 1.2}


def read(path: Path) -> float:
    """Seconds of fastexcel alone, with the types that it finds."""
    started = time.monotonic()
    fastexcel.read_excel(path).load_sheet("Sheet1").to_arrow()
    return time.monotonic() - started


async def measure(url: str, folder: Path) -> dict[str, float]:
    book = write_xlsx(folder / "rows.xlsx", ROWS)
    text = write_csv(folder / "rows.csv", ROWS)
    ratios = []
    async with imports(url, folder) as side:
        await ours(side, book)  # what is loaded only once
        for _ in range(ROUNDS):
            reading = await asyncio.to_thread(read, book)
            copying, whole = await psql(text, url), await ours(side, book)
            print(f"read {reading:.2f} s  copy {copying:.2f} s  ours {whole:.2f} s")
            ratios.append(whole / (reading + copying))
    return {"read_and_copy": statistics.median(ratios)}


def main() -> None:
    with database() as (url, folder):
        found = uvloop.run(measure(url, folder))
    line = {
        "bench": "import_xlsx",
        "ratios": {name: round(value, 2) for name, value in found.items()},
        "targets": AT_MOST,
        "holds": all(found[name] <= target for name, target in AT_MOST.items()),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
