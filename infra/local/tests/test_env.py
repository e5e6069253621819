"""What `make env` prints, as a shell reads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onemanage.local.addresses import FILE_NAME, load_credentials
from onemanage.local.links import NotStarted
from onemanage.local.up import environment, how_to_use

REPOSITORY = Path(__file__).parents[3]
KEY = "om_live_of the owner's"
"""As no key is: with what a shell would take apart."""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Of a stack that was started once, where people put such things."""
    found = tmp_path / "my data; of 'today'"
    found.mkdir()
    credentials = load_credentials(found).with_owner_api_key(KEY)
    credentials.save(found)
    return found


def test_the_line_that_make_up_prints_sets_a_shell_up(data_dir: Path) -> None:
    line = next(
        line for line in how_to_use("http://127.0.0.1:8123", data_dir) if "eval" in line
    )
    told = (
        'printf "%s\\n" "$ONEMANAGE_URL" "$ONEMANAGE_API_KEY" "$(command -v onemanage)"'
    )
    kept = {name: one for name, one in os.environ.items() if "ONEMANAGE" not in name}
    command = Path(sys.executable).with_name("onemanage")
    for shell in ("bash", "sh"):
        done = subprocess.run(
            [shell, "-euc", f"{line}; {told}"],
            cwd=REPOSITORY,
            env=kept,
            capture_output=True,
            text=True,
        )
        assert done.stdout.splitlines() == ["http://127.0.0.1:8123", KEY, str(command)]
        assert (done.returncode, done.stderr) == (0, "")


def test_where_nothing_was_started_yet_a_shell_is_told_so_and_set_to_nothing(
    tmp_path: Path,
) -> None:
    with pytest.raises(NotStarted, match="make up"):
        list(environment(tmp_path, 8000))
    assert not (tmp_path / FILE_NAME).exists()
    done = subprocess.run(
        [sys.executable, "-m", "onemanage.local", "env", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert "has no API key yet" in done.stderr and "Traceback" not in done.stderr
