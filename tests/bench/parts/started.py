"""`make up` of any checkout, looked at from outside: what it costs, how it answers."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from onemanage.local.addresses import FILE_NAME, free_ports

READY = "OneManage is ready"
LAST = "preview.publish"
"""What follows from an upload."""
ENDED = ("completed", "failed", "cancelled")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Started:
    """A stack that answers. Times are seconds, memory is bytes."""

    pid: int
    ready_seconds: float
    http: httpx.Client

    def cpu_seconds(self) -> float:
        """Of all its processes and of their children that have ended."""
        return sum(sum(map(int, stat[11:15])) for stat in self._stats()) / _TICKS

    def memory_bytes(self) -> float:
        """Proportional set size of all its Python processes: what is shared counts once."""
        return float(sum(_proportional(pid) for pid in self._pids()))

    def upload(self, document: bytes, prefer: str) -> float:
        """Seconds until the answer to an upload is there."""
        begun = time.monotonic()
        self.http.post(
            "/v1/psd/documents",
            content=document,
            headers={"Content-Type": "application/octet-stream", "Prefer": prefer},
        ).raise_for_status()
        return time.monotonic() - begun

    def settle(self) -> None:
        """Returns when the last upload has its previews, and no task waits or runs."""
        while not self._is_settled():
            time.sleep(0.05)

    def _is_settled(self) -> bool:
        answer = self.http.get("/v1/tasks", params={"limit": 20}).raise_for_status()
        tasks = answer.json()["items"]
        return tasks[0]["name"] == LAST and all(t["state"] in ENDED for t in tasks)

    def _pids(self) -> set[int]:
        parents = {pid: int(stat[1]) for pid, stat in _all_stats().items()}
        found = {self.pid}
        while more := {p for p, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def _stats(self) -> list[list[str]]:
        stats = _all_stats()
        return [stats[pid] for pid in self._pids() if pid in stats]


@contextmanager
def started(tree: Path) -> Iterator[Started]:
    """The stack of a checkout, with empty data, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        data_dir = Path(folder) / "data"
        (port,) = free_ports(1)
        begun = time.monotonic()
        process = subprocess.Popen(
            [
                *(str(tree / ".venv/bin/python"), "-m", "onemanage.local", "up"),
                *("--data-dir", str(data_dir), "--port", str(port)),
            ],
            cwd=tree,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None  # it is a pipe
        try:
            ready = any(READY in line for line in process.stdout)
            seconds = time.monotonic() - begun
            if not ready:
                raise RuntimeError(f"The stack of {tree} did not start")
            with _client(data_dir, port) as http:
                yield Started(process.pid, seconds, http)
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()
            process.wait()


def _client(data_dir: Path, port: int) -> httpx.Client:
    key = json.loads((data_dir / FILE_NAME).read_text())["owner_api_key"]
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60
    )


def _all_stats() -> dict[int, list[str]]:
    """Fields of /proc/PID/stat from the state on, which is the third: see proc(5)."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(folder.name)] = text[text.rindex(")") + 2 :].split()
    return found


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(
        int(line.split()[1]) * 1024
        for line in rollup.splitlines()
        if line.startswith("Pss:")
    )
