"""What ended without a result leaves nothing, on real PostgreSQL and S3."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from onemanage.contracts import registry
from onemanage.contracts.base import (
    CancelledEvent,
    Event,
    Status,
    artifacts_prefix,
    utc_now,
)
from onemanage.contracts.psd.diffs import DocumentDiff
from onemanage.contracts.psd.documents import Document
from onemanage.contracts.psd.merges import handed_over_prefix
from onemanage.contracts.psd.renditions import Rendition, RenditionSpec
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.events import decode_event
from onemanage.platform.storage.storage import Storage
from onemanage.psd.handlers import HANDLERS, Deps, on_psd_run_ended_discard_merge
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase

EXAMPLES = [
    path
    for path in sorted((Path(__file__).parent / "examples").glob("*/*.json"))
    if not path.parent.name.startswith("events.psd.merge.")
]
"""A merge leaves other things behind than a run's own folder."""


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


async def _made(deps: Deps, event: Event, run: int) -> None:
    """A rendition and a diff that a run has saved."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, run)
    rendition = Rendition(
        rendition_id="rnd_1",
        document_id="doc_1",
        workspace_id=event.workspace_id,
        file_id="fil_1",
        task_id=event.task_id,
        spec=RenditionSpec(),
        image_count=0,
        size=0,
        manifest_key=f"{prefix}rendition.json",
        created_at=utc_now(),
    )
    diff = DocumentDiff(
        diff_id="dif_1",
        workspace_id=event.workspace_id,
        task_id=event.task_id,
        before_document_id="doc_1",
        after_document_id="doc_2",
        added=0,
        removed=0,
        changed=0,
        counts={},
        changed_share=None,
        heat_map=None,
        changes_key=f"{prefix}changes.json",
        created_at=utc_now(),
    )
    await deps.store.renditions.save(rendition)
    await deps.store.diffs.save(diff)


async def _is_known(deps: Deps, event: Event) -> list[bool]:
    """Whether document, rendition and diff are there."""
    workspace_id = event.workspace_id
    found = [
        await deps.store.document(workspace_id, "doc_1"),
        await deps.store.renditions.get(workspace_id, "rnd_1"),
        await deps.store.diffs.get(workspace_id, "dif_1"),
    ]
    return [one is not None for one in found]


async def _handle(event: Event, deps: Deps) -> None:
    (consumer,) = [
        spec
        for spec in registry.consumers_of(registry.subject_of(event))
        if spec.service == "psd"
    ]
    handlers: list[Any] = [x for x in HANDLERS if x.__name__ == consumer.handler]
    (handler,) = handlers
    await handler(event, deps)


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
async def test_what_a_run_left_that_failed_or_was_cancelled_is_taken_away(
    example: Path, deps: Deps
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    await _saved(deps, event, run=1)
    await _made(deps, event, run=1)
    key = f"{artifacts_prefix(event.workspace_id, event.task_id, 1)}1.png"
    await deps.storage.begin_multipart(key, "image/png")

    for _ in range(2):
        await _handle(event, deps)

    assert await deps.storage.keys("artifacts/") == []
    assert await deps.storage.unfinished_uploads("artifacts/") == []
    assert await _is_known(deps, event) == [False, False, False]


async def test_rows_that_are_handed_over_after_a_merge_was_cancelled_go_later(
    deps: Deps,
) -> None:
    event = CancelledEvent(
        event_id=uuid4(),
        task_id="tsk_1",
        workspace_id="wsp_1",
        status=Status.CANCELLED,
    )
    await on_psd_run_ended_discard_merge(event, deps)
    late = handed_over_prefix("wsp_1", "tsk_1") + "1/rows.parquet"
    await deps.storage.put_bytes(late, b"PAR1", "application/octet-stream")

    assert await deps.deletion.sweep() == 0  # it may still be written
    assert await deps.deletion.sweep(timedelta()) == 1

    assert await deps.storage.keys("artifacts/") == []


async def test_a_late_failure_of_the_first_run_leaves_the_second_alone(
    deps: Deps,
) -> None:
    [example, *_] = EXAMPLES
    event = decode_event(example.parent.name, example.read_bytes())
    kept = await _saved(deps, event, run=2)
    await _made(deps, event, run=2)

    await _handle(event, deps)

    assert await deps.storage.keys("artifacts/") == [kept]
    assert await _is_known(deps, event) == [True, True, True]


async def test_the_second_run_s_failure_takes_its_own(deps: Deps) -> None:
    [example, *_] = EXAMPLES
    event = decode_event(example.parent.name, example.read_bytes())
    await _saved(deps, event, run=2)

    await _handle(msgspec.structs.replace(event, run=2), deps)

    assert await deps.storage.keys("artifacts/") == []
