"""Jobs: what is fetched, run and stored, with real children and a real S3."""

import importlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.process.attempts import note_attempt
from onemanage.platform.sandbox.errors import SandboxFailed
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs, file_missing
from onemanage.platform.sandbox.sandbox import open_sandbox
from onemanage.platform.storage.storage import Storage

sys.path.insert(0, str(Path(__file__).parent))
functions = importlib.import_module("sandbox_functions")

PREFIX = "artifacts/wsp_1/tsk_1/1/"
TEXT = "text/plain"


@pytest.fixture
async def jobs(storage: Storage) -> AsyncIterator[Jobs]:
    words = Words("psd", "Reading the document", "save it with fewer layers")
    async with open_sandbox(memory_limit=1 << 30) as sandbox:
        yield Jobs(storage, sandbox, words, 60)


async def test_what_a_child_makes_is_stored_and_deleted_while_it_goes_on(
    jobs: Jobs, storage: Storage
) -> None:
    names = [f"{number}.txt" for number in range(9)]
    with jobs.begin("poster.psd", PREFIX) as job:
        async with job.uploads() as upload:

            async def on_progress(name: str) -> None:
                await upload(name, TEXT)

            made = await job.run(
                functions.write_each, job.out, names, on_progress=on_progress
            )
        assert list(job.out.iterdir()) == []

    assert made == 9
    assert await storage.keys(PREFIX) == [PREFIX + name for name in names]
    assert await storage.get_bytes(f"{PREFIX}8.txt") == b"8.txt"
    assert not job.folder.exists()


async def test_an_upload_that_fails_stops_the_child_and_is_raised_as_it_is(
    jobs: Jobs, storage: Storage
) -> None:
    with pytest.raises(SandboxFailed, match="no file '../source'"):
        with jobs.begin("poster.psd", PREFIX) as job:
            (job.folder / "source").write_text("not of the child's own making")
            async with job.uploads() as upload:

                async def on_progress(name: str) -> None:
                    await upload(name, TEXT)

                await job.run(
                    functions.name_another,
                    job.out,
                    "../source",
                    on_progress=on_progress,
                )
    assert await storage.keys("") == []


async def test_what_the_child_refuses_during_uploads_is_told_in_its_own_words(
    jobs: Jobs,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        with jobs.begin("poster.psd", PREFIX) as job:
            async with job.uploads():
                await job.run(functions.raise_error, "ink")
    assert refused.value.code == "ink.out"


async def test_what_an_attempt_before_has_begun_to_upload_is_aborted(
    jobs: Jobs, storage: Storage
) -> None:
    upload_id = await storage.begin_multipart(f"{PREFIX}1.txt", TEXT)
    await storage.upload_part(f"{PREFIX}1.txt", upload_id, 1, b"half of")
    with jobs.begin("poster.psd", PREFIX) as job:
        async with job.uploads() as upload:
            (job.out / "2.txt").write_text("whole")
            await upload("2.txt", TEXT)
    assert await storage.unfinished_uploads(PREFIX) == []
    assert await storage.keys(PREFIX) == [f"{PREFIX}2.txt"]


async def test_a_first_attempt_does_not_look_for_what_another_has_left(
    jobs: Jobs, storage: Storage
) -> None:
    await storage.begin_multipart(f"{PREFIX}1.txt", TEXT)
    note_attempt(is_first=True)
    with jobs.begin("poster.psd", PREFIX) as job:
        async with job.uploads() as upload:
            (job.out / "2.txt").write_text("whole")
            await upload("2.txt", TEXT)
    assert len(await storage.unfinished_uploads(PREFIX)) == 1


async def test_an_input_that_is_no_longer_stored_is_refused_by_its_id(
    jobs: Jobs,
) -> None:
    with jobs.begin("poster.psd", PREFIX) as job:
        with pytest.raises(InvalidInput, match="Upload it again") as refused:
            await job.fetch("files/gone", "source", file_missing("fil_1"))
    assert (refused.value.code, refused.value.where) == ("file.missing", "fil_1")
