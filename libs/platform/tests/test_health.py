"""A container's health check tells by its exit code, and in one line why."""

import os
import subprocess
import sys
from pathlib import Path


def healthy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("onemanage-healthy")
    return subprocess.run(
        [str(program), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_that_was_just_touched_is_healthy(tmp_path: Path) -> None:
    file = tmp_path / "healthy"
    file.touch()

    assert healthy(HEALTH_FILE=str(file)).returncode == 0


def test_an_old_file_no_file_and_no_address_are_not(tmp_path: Path) -> None:
    file = tmp_path / "healthy"
    file.touch()
    os.utime(file, (0, 0))

    for done in (
        healthy(HEALTH_FILE=str(file)),
        healthy(HEALTH_FILE=str(tmp_path / "missing")),
        healthy(),
        healthy("http://127.0.0.1:1/readyz"),
    ):
        assert done.returncode == 1
        assert done.stderr.startswith("not healthy: ") and done.stderr.count("\n") == 1


def test_asking_costs_next_to_nothing(tmp_path: Path) -> None:
    """Each container is asked every ten seconds, by a process of its own."""
    file = tmp_path / "healthy"
    file.touch()
    done = healthy(HEALTH_FILE=str(file), PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    assert "onemanage.platform.process.health" in imported
    assert not imported & {"nats", "asyncio", "urllib.request"}
