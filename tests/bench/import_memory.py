"""How much memory an import takes, of a table and of one eight times as long.

    make bench NAME=import_memory

The child that reads, casts and encodes, and this process, which sends: the most that
either ever held, both together. An import of any size is to take the same.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import uvloop

from .parts import summary
from .parts.import_inputs import Imports, database, imports

ROWS = 1_000_000
TIMES = 8
AT_MOST = {"growth": 1.1, "megabytes": 400.0}


class Watch:
    """Resident memory of this process's descendants that hold a FIFO's writing end."""

    def __init__(self) -> None:
        self.most = 0.0
        self._stop = Event()
        self._thread = Thread(target=self._look)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            own = _megabytes(os.getpid())
            self.most = max(
                self.most, own + max(map(_megabytes, _children()), default=0)
            )


def _children() -> Iterator[int]:
    """Those of the fork server, which is a child of this process."""
    parents: dict[int, int] = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:  # it has ended
            continue
        parents[int(pid)] = int(stat.rpartition(")")[2].split()[1])
    own = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return (pid for pid, parent in parents.items() if parent in own and _is_python(pid))


def _is_python(pid: int) -> bool:
    try:
        return "python" in os.readlink(f"/proc/{pid}/exe")
    except OSError:  # it has ended, or is another user's
        return False


def _megabytes(pid: int) -> float:
    """Resident, in units of 10**6 bytes; what processes share is shared out to them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    fields = dict(line.split(":", 1) for line in lines[1:])
    return int(fields["Pss"].split()[0]) * 1024 / 1e6


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


async def peak(side: Imports, path: Path) -> float:
    with watched() as watch:
        result = await side.load(path)
    assert result.rows_rejected == 0
    await side.drop(result)
    print(f"{result.rows_read:>9} rows  {watch.most:6.0f} MB  {result.seconds:6.1f} s")
    return watch.most


async def measure(url: str, folder: Path) -> dict[str, float]:
    short, long = folder / "short.csv", folder / "long.csv"
    for path, rows in ((short, ROWS), (long, ROWS * TIMES)):
        # Elsewhere, for what that takes is not the import's.
        module = "tests.bench.parts.import_inputs"
        command = [sys.executable, "-m", module, str(path), str(rows)]
        subprocess.run(command, check=True)
    async with imports(url, folder) as side:
        await side.drop(await side.load(short))  # what is loaded only once
        await asyncio.sleep(0.1)
        one, many = await peak(side, short), await peak(side, long)
    return {"growth": many / one, "megabytes": many}


def main() -> None:
    with database() as (url, folder):
        found = uvloop.run(measure(url, folder))
    summary.say("import_memory", found, at_most=AT_MOST)


if __name__ == "__main__":
    main()
