"""The first day of docs/operating.md, by the commands that stand there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onemanage.gateway.access.secrets import new_api_key
from onemanage.local.stack import Stack

SCRIPT = Path(__file__).parents[2] / "scripts" / "first-day.py"

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the page's commands are curl's"
)


def first_day(stack: Stack, key: str) -> subprocess.CompletedProcess[str]:
    given = {"BASE": stack.base_url, "KEY": f"Authorization: Bearer {key}"}
    return subprocess.run(
        [sys.executable, SCRIPT],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_company_s_first_day_goes_as_the_page_tells_it(stack: Stack) -> None:
    done = first_day(stack, stack.owner_api_key)

    assert done.returncode == 0, done.stderr
    assert '"action":"revoke_api_key"' in done.stdout


def test_an_answer_that_is_another_than_told_is_noticed(stack: Stack) -> None:
    done = first_day(stack, new_api_key())

    assert done.returncode == 1
    assert "answers are others than told" in done.stderr
