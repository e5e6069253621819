"""The folder of a process: kept while it lives, removed when nobody holds it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from onemanage.platform.process.scratch import open_scratch

_HOLD = """
import time
from onemanage.platform.process.scratch import open_scratch
with open_scratch("test") as folder:
    (folder / "left").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_it_is_gone_when_it_is_left() -> None:
    with open_scratch("test") as folder:
        (folder / "file").touch()
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_by_the_next_and_the_living_keep_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        with open_scratch("test") as first:
            assert (left / "left").exists()
            monkeypatch.setattr(tempfile, "tempdir", None)  # as another process sees it
            os.kill(other.pid, signal.SIGKILL)
            other.wait()
            with open_scratch("test"):
                assert not left.exists()
                assert first.exists()


def test_what_a_library_makes_lies_in_it() -> None:
    with open_scratch("test") as folder, tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == folder
