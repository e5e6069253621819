"""What ended without a document leaves nothing, on real PostgreSQL and S3."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from onemanage.contracts.base import Event, artifacts_prefix, utc_now
from onemanage.contracts.psd import (
    Document,
    ParseExportCancelled,
    ParseExportFailed,
)
from onemanage.platform.db import open_sessions
from onemanage.platform.events import decode_event
from onemanage.platform.storage import Storage
from onemanage.platform.testing import MakeDatabase
from onemanage.psd.handlers import (
    Deps,
    on_psd_parse_export_cancelled_discard_artifacts,
    on_psd_parse_export_failed_discard_artifacts,
)
from onemanage.psd.store import Store

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*/*.json"))


@pytest.fixture
async def deps(storage: Storage, database: MakeDatabase) -> AsyncIterator[Deps]:
    async with open_sessions(await database("psd")) as sessions:
        yield Deps(Store(sessions), storage)


async def _saved(deps: Deps, event: Event, run: int) -> str:
    """A document that a run has saved; its manifest's key."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, run)
    manifest_key = f"{prefix}manifest.json"
    await deps.storage.put_bytes(manifest_key, b"{}", "application/json")
    document = Document(
        document_id="doc_1",
        workspace_id=event.workspace_id,
        file_id="fil_1",
        task_id=event.task_id,
        name="a.psd",
        format="psd",
        width=1,
        height=1,
        color_mode="rgb",
        depth=8,
        icc_profile=None,
        layer_count=0,
        image_count=0,
        manifest_key=manifest_key,
        composite=None,
        composite_source=None,
        created_at=utc_now(),
    )
    await deps.store.save(document, [])
    return manifest_key


async def _handle(event: Event, deps: Deps) -> None:
    if isinstance(event, ParseExportFailed):
        await on_psd_parse_export_failed_discard_artifacts(event, deps)
    else:
        assert isinstance(event, ParseExportCancelled)
        await on_psd_parse_export_cancelled_discard_artifacts(event, deps)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
async def test_what_a_run_left_that_failed_or_was_cancelled_is_taken_away(
    example: Path, deps: Deps
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, ParseExportFailed | ParseExportCancelled)
    await _saved(deps, event, run=1)
    key = f"{artifacts_prefix(event.workspace_id, event.task_id, 1)}1.png"
    await deps.storage.begin_multipart(key, "image/png")

    for _ in range(2):
        await _handle(event, deps)

    assert await deps.storage.keys("artifacts/") == []
    assert await deps.storage.unfinished_uploads("artifacts/") == []
    assert await deps.store.document(event.workspace_id, "doc_1") is None


async def test_a_late_failure_of_the_first_run_leaves_the_second_alone(
    deps: Deps,
) -> None:
    [example, *_] = EXAMPLES
    event = decode_event(example.parent.name, example.read_bytes())
    kept = await _saved(deps, event, run=2)

    await _handle(event, deps)

    assert await deps.storage.keys("artifacts/") == [kept]
    assert await deps.store.document(event.workspace_id, "doc_1") is not None


async def test_the_second_run_s_failure_takes_its_own(deps: Deps) -> None:
    [example, *_] = EXAMPLES
    event = decode_event(example.parent.name, example.read_bytes())
    await _saved(deps, event, run=2)

    await _handle(msgspec.structs.replace(event, run=2), deps)

    assert await deps.storage.keys("artifacts/") == []
