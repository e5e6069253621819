"""What is told of an input at which a child fails, with real children."""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from onemanage.platform.sandbox.errors import SandboxFailed, SandboxKilled
from onemanage.platform.sandbox.invalid_input import Words, as_invalid_input
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.tasks import InvalidInput

LIMIT = 1 << 30
WORDS = Words("psd", "Reading the document", "save it with fewer layers")

sys.path.insert(0, str(Path(__file__).parent))
functions = importlib.import_module("sandbox_functions")


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(memory_limit=LIMIT)
    yield sandbox
    await sandbox.close()


async def refusal(
    sandbox: Sandbox, name: str, *args: object, timeout: float = 60
) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught, as_invalid_input(WORDS, "poster.psd"):
        await sandbox.run(getattr(functions, name), *args, timeout=timeout)
    return caught.value


@pytest.mark.parametrize(
    ("name", "args", "how"),
    [
        ("abort", (), "SIGABRT"),
        ("touch_nothing", (), "SIGSEGV"),
        ("exit_with", (3,), "exit code 3"),
    ],
)
async def test_a_file_at_which_its_reader_crashes_is_refused_at_once_by_name(
    sandbox: Sandbox, name: str, args: tuple[int, ...], how: str
) -> None:
    refused = await refusal(sandbox, name, *args)
    assert (refused.code, refused.where) == ("psd.unreadable", "poster.psd")
    assert how in refused.message
    assert "Save it again" in refused.message
    assert "save it with fewer layers" in refused.message


async def test_a_file_over_its_time_or_memory_is_refused_by_name(
    sandbox: Sandbox,
) -> None:
    slow = await refusal(sandbox, "hang", timeout=0.5)
    assert (slow.code, slow.where) == ("psd.too_slow", "poster.psd")
    large = await refusal(sandbox, "allocate", 2 * LIMIT)
    assert (large.code, large.where) == ("psd.too_large", "poster.psd")
    assert "1024 MiB" in large.message


async def test_what_the_reader_refuses_is_told_in_its_own_words(
    sandbox: Sandbox,
) -> None:
    refused = await refusal(sandbox, "raise_error", "ink")
    assert refused.args == ("ink.out", "No cyan is left. Send less.", "page 3")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_child_that_somebody_else_kills_says_nothing_of_its_input(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "pid"

    async def work() -> None:
        with as_invalid_input(WORDS, "poster.psd"):
            await sandbox.run(
                functions.sleep_and_tell, path, timeout=60, folders=[tmp_path]
            )

    call = asyncio.create_task(work())
    while not path.exists() or not path.read_text():
        await asyncio.sleep(0.01)
    os.kill(int(path.read_text()), number)
    with pytest.raises(SandboxKilled):
        await call


async def test_a_fault_of_our_own_is_not_told_as_the_input_s(sandbox: Sandbox) -> None:
    with (
        pytest.raises(SandboxFailed, match="no such layer"),
        as_invalid_input(WORDS, "x.psd"),
    ):
        await sandbox.run(functions.raise_error, "value", timeout=60)
