"""A release of the past, as it was: its sources, its environment, its stack."""

import importlib.util
import io
import json
import os
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
_READY_WITHIN = 90.0
_GONE_WITHIN = 30.0


def last_release() -> str:
    """What contracts are compared with too (scripts/check-compatibility.py)."""
    path = ROOT / "scripts" / "check-compatibility.py"
    spec = importlib.util.spec_from_file_location("check_compatibility", path)
    assert spec is not None and spec.loader is not None  # the file is there
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: str | None = module.last_release()
    if found is None:
        raise SystemExit("Nothing came before this commit: say FROM=<revision>")
    return found


def checked_out(revision: str, folder: Path) -> Path:
    """The whole tree of a revision, with what its own locks say installed."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tree:
        tree.extractall(folder, filter="data")
    subprocess.run(["scripts/bootstrap.sh"], cwd=folder, check=True)
    return folder


@contextmanager
def running(tree: Path, data_dir: Path, port: int) -> Iterator[httpx.Client]:
    """The tree's stack, and a client of it with the owner's key; killed at the end, as
    by a power cut."""
    log = data_dir.parent / f"{tree.name}.log"
    command = (
        *(str(tree / ".venv/bin/python"), "-m", "onemanage.local", "up"),
        *("--data-dir", str(data_dir), "--port", str(port)),
    )
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=os.environ | {"TASK_ACK_WAIT": "3"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process, log)
        given = json.loads((data_dir / "credentials.json").read_text())
        key = {"Authorization": f"Bearer {given['owner_api_key']}"}
        with httpx.Client(base_url=base, headers=key, timeout=60) as client:
            yield client
    finally:
        process.send_signal(signal.SIGKILL)  # what it started dies with it
        process.wait()
        _gone(data_dir)


def admin_url(data_dir: Path) -> str:
    """Of the PostgreSQL that runs on the directory, which has chosen a port."""
    (running,) = data_dir.glob("postgres/*/postmaster.pid")
    port = running.read_text().splitlines()[3]
    given = json.loads((data_dir / "credentials.json").read_text())
    password = given["database_admin_password"]
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/onemanage"


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"The stack did not come up; its last words are in {log}")


def _gone(data_dir: Path) -> None:
    """PostgreSQL, which takes a moment to shut down."""
    until = time.monotonic() + _GONE_WITHIN
    while any(data_dir.glob("postgres/*/postmaster.pid")):
        if time.monotonic() > until:
            raise SystemExit("PostgreSQL is still there")
        time.sleep(0.1)
