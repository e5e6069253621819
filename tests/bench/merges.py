"""What merges of many rows take: memory of a worker and its children, and two workers.

    make bench NAME=merges          (ROWS=10000 FEW=100 by default)

The whole stack on this machine, the sample poster with two texts that differ in each
row, a small WebP of each. ``memory`` is the worker's peak over ROWS rows to that over
FEW; ``children`` the largest resident size of a child of its sandbox in MB. While the
ROWS are made the worker is killed KILLS times (2), early, so that the last one makes
most of them; ``once`` is the share of rows that have a picture of their own, each a
single one.

``workers`` is the rows a second of two workers to those of one, of PAIR rows each.
Workers are on machines of their own; here all is on one, and a second would find no room
beside gateway, storage and the first. So each is given SHARE of the time, in turns, as on
a machine so much slower. ``workers_here`` is the same without that.
"""

import os
import signal
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
from anyio import to_thread

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack

from .parts import summary
from .parts.cores import tree
from .parts.rates import set_no_rates
from .parts.slowed import slowed

ROWS = int(os.environ.get("ROWS", "10000"))
FEW = int(os.environ.get("FEW", "100"))
PAIR = int(os.environ.get("PAIR", "400"))
KILLS = int(os.environ.get("KILLS", "2"))
SHARE = 0.2
_EARLY = 0.04
"""Of the rows that are made until the worker is killed, and until the next time."""
_NEARLY = 0.75
_PAGE = 200
AT_MOST = {"memory": 1.15, "children": 400.0}
AT_LEAST = {"workers": 1.8, "once": 1.0}
_WORKER = "psd-worker"
_SECOND = f"{_WORKER}-2"
_MB = 1 << 20


class Merging:
    """A client, and what it sees of the worker's memory meanwhile."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(
            base_url=stack.base_url,
            headers={"Authorization": f"Bearer {stack.owner_api_key}"},
            timeout=120,
        )
        self._stack, self.children = stack, 0
        self.killed, self.last = 0, ""

    def template(self, folder: Path) -> str:
        """The sample poster's id."""
        path = folder / "offer.psd"
        build_template(path)
        task = self._post("/v1/psd/documents", content=path.read_bytes())
        document = self._ended(task)["resource"].rpartition("/")[2]
        made = self._ended(self._post("/v1/templates", json={"document_id": document}))
        found: str = made["resource"].rpartition("/")[2]
        return found

    def merge(self, template: str, rows: int, mark: str, kills: int = 0) -> float:
        """Rows a second, from the first picture until nearly all are there: then some
        worker has nothing left. Every row has its own. The worker is killed ``kills``
        times meanwhile."""
        table = "title,price\n" + "".join(
            f"{mark} {number},${number}\n" for number in range(rows)
        )
        file = self._post("/v1/files?name=rows.csv", content=table.encode())["id"]
        output = {"format": "webp", "width": 200, "quality": 60}
        body = {"file_id": file, "outputs": [output]}
        task = self._post(f"/v1/templates/{template}/merges", json=body)
        begun, before, rate = 0.0, 0, 0.0
        while True:
            merge = self._get(task["resource"])
            done = merge["completed"] + merge["rejected"]
            self._look()
            if kills and done >= rows * _EARLY * (self.killed + 1):
                os.kill(self._stack.runner.pid(_WORKER), signal.SIGKILL)
                self.killed, kills = self.killed + 1, kills - 1
            if done and not begun:
                begun, before = time.monotonic(), done
            elif done >= rows * _NEARLY and not rate:
                rate = (done - before) / (time.monotonic() - begun)
            if done == rows and rows or merge["state"] != "running":
                break
            time.sleep(0.25)
        ended = self._ended(task)
        found = self._get(task["resource"])
        assert (ended["state"], found["completed"]) == ("completed", rows), found
        self.last = task["resource"]
        return rate

    def once(self) -> float:
        """Of the last merge the share of rows with one picture that no other has."""
        shown: list[str] = []
        rows, after = 0, ""
        while True:
            page = self._get(f"{self.last}/rows?limit={_PAGE}{after}")
            rows += len(page["items"])
            shown += [one["sha256"] for row in page["items"] for one in row["images"]]
            if not page["next_cursor"]:
                return len(set(shown)) / max(rows, len(shown))
            after = f"&cursor={page['next_cursor']}"

    def peak(self) -> int:
        """Bytes, of the worker itself since the last ``forget_peak``."""
        return _status(self._stack.runner.pid(_WORKER), "VmHWM")

    def forget_peak(self) -> None:
        """From here on."""
        pid = self._stack.runner.pid(_WORKER)
        Path(f"/proc/{pid}/clear_refs").write_text("5")

    def _look(self) -> None:
        children = tree(self._stack.runner.pid(_WORKER))[1:]
        sizes = [_status(pid, "VmRSS") for pid in children]
        self.children = max([self.children, *sizes])

    def _post(self, path: str, **sent: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.http.post(path, **sent).raise_for_status().json()
        return found

    def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(path).raise_for_status().json()
        return found

    def _ended(self, task: dict[str, Any]) -> dict[str, Any]:
        while task["state"] in ("queued", "running"):
            time.sleep(0.2)
            task = self._get(f"/v1/tasks/{task['id']}")
        return task


def _status(pid: int, name: str) -> int:
    """Bytes; 0 of a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith(name)]
    return int(found[0]) * 1024 if found else 0


async def measure(folder: Path) -> dict[str, float]:
    """By name, as the last line has them."""
    (port,) = free_ports(1)
    async with open_stack(folder, port, log_file(folder / "log")) as stack:
        merging = Merging(stack)
        template = await to_thread.run_sync(merging.template, folder)

        async def run(rows: int, mark: str, kills: int = 0) -> float:
            return await to_thread.run_sync(merging.merge, template, rows, mark, kills)

        await run(FEW, "warm")
        merging.forget_peak()
        await run(FEW, "few")
        few = merging.peak()
        merging.forget_peak()
        rate = await run(ROWS, "many", KILLS)
        many = merging.peak()
        once = await to_thread.run_sync(merging.once)
        print(f"{ROWS:,} rows: {rate:.1f} rows/s, worker {many / _MB:.0f} MB", end=", ")
        print(f"{FEW} rows: {few / _MB:.0f} MB; child {merging.children / _MB:.0f} MB")
        print(f"killed {merging.killed} times; {once:.2%} of the rows have their own")
        rates: dict[str, float] = {}
        for number, name in enumerate(("one", "two")):
            if number:
                process = stack.runner._children[_WORKER][1]
                await stack.runner.start(replace(process, name=_SECOND))
                await run(FEW, "second")
            rates[f"{name}_here"] = await run(PAIR, f"{name} here")
            workers = (_WORKER, _SECOND)[: number + 1]
            own = [partial(tree, stack.runner.pid(worker)) for worker in workers]
            with slowed(own, SHARE):
                rates[name] = await run(PAIR, name)
        print(", ".join(f"{name}: {rate:.1f} rows/s" for name, rate in rates.items()))
    return {
        "once": once,
        "memory": many / few,
        "children": merging.children / _MB,
        "workers": rates["two"] / rates["one"],
        "workers_here": rates["two_here"] / rates["one_here"],
    }


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found = anyio.run(measure, Path(folder))
    summary.say(
        "merges",
        found,
        at_least=AT_LEAST,
        at_most=AT_MOST,
        rows=ROWS,
        few=FEW,
        kills=KILLS,
    )


if __name__ == "__main__":
    main()
