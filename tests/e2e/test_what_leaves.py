"""Nothing leaves the machine but what the user addressed.

Each program runs in a network of its own, with a home, a folder for temporary files and
a name server of its own (tests/watched.py): whom it would report to, it must ask for.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.watched import NOT_ALLOWED

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import anyio
from onemanage.imaging.domain.background.network import installed_weights, network
from onemanage.imaging.worker import PRELOAD
from onemanage.platform.sandbox.sandbox import open_sandbox

async def main():
    async with open_sandbox(memory_limit=3 << 30, preload=PRELOAD) as sandbox:
        await sandbox.warm()

network(installed_weights())
anyio.run(main)
"""
LOOK_UP = """
import socket
try:
    socket.getaddrinfo("collector.example", 443)
except OSError:
    pass
"""


@dataclass(frozen=True)
class Watched:
    """Where a program is let do as it likes, and what it did."""

    directory: Path

    @property
    def questions(self) -> list[str]:
        return (self.directory / "questions").read_text(encoding="utf-8").split()

    @property
    def files(self) -> list[str]:
        return [
            str(path.relative_to(self.directory))
            for name in ("home", "tmp")
            for path in sorted((self.directory / name).rglob("*"))
            if not path.is_dir()
        ]

    def run(self, *command: str) -> None:
        for name in ("home", "tmp"):
            (self.directory / name).mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory / "home"),
            "TMPDIR": str(self.directory / "tmp"),
        }
        done = subprocess.run(
            [
                *(sys.executable, str(ROOT / "tests/watched.py")),
                *(str(self.directory / "questions"), *command),
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == NOT_ALLOWED:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def watched() -> Iterator[Watched]:
    # Not pytest's own: a path to a socket has 107 characters at most.
    with tempfile.TemporaryDirectory() as directory:
        yield Watched(Path(directory))


def test_the_name_server_hears_whoever_asks(watched: Watched) -> None:
    watched.run(sys.executable, "-c", LOOK_UP)

    assert set(watched.questions) == {"collector.example"}


def test_the_imaging_worker_and_its_children_report_to_nobody(watched: Watched) -> None:
    watched.run(sys.executable, "-c", CHILD)

    assert watched.questions == []
    assert watched.files == []


@pytest.mark.timeout(300)
def test_the_whole_system_at_work_reports_to_nobody(watched: Watched) -> None:
    out = watched.directory / "out"

    watched.run(sys.executable, "-m", "onemanage.local", "demo", "--out", str(out))

    assert (out / "manifest.json").exists()
    assert watched.questions == []
    assert watched.files == []
