"""Previews of the largest documents, on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.previews.previews import Preview, PreviewPlace
from onemanage.platform.database.sessions import open_sessions
from onemanage.preview.store import Store
from onemanage.testing.fixtures import MakeDatabase

WORKSPACE = "wsp_1"
LAYERS = 8_000
"""As many as a document may have."""


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("preview")) as sessions:
        yield Store(sessions)


def previews(
    run: int, *, hours: int = 24, dataset_id: str | None = None
) -> list[Preview]:
    return [
        Preview(
            preview_id=f"prv_{number}",
            document_id="" if dataset_id else "doc_1",
            layer_id=None if dataset_id else number or None,
            name=f"Layer {number}",
            width=1,
            height=1,
            size=1,
            media_type="image/webp",
            sha256="",
            object_key=f"previews/{WORKSPACE}/prv_{number}/tsk_1.{run}.webp",
            expires_at=utc_now() + timedelta(hours=hours),
            dataset_id=dataset_id,
            position=number,
        )
        for number in range(LAYERS + 1)
    ]


async def shown(store: Store, **of: str) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = await store.previews(
            WORKSPACE, of.get("document_id"), 500, after, of.get("dataset_id")
        )
        found += [item.object_key for item in page.items]
        if not page.has_more:
            return found
        after = PreviewPlace.of(page.items[-1])


async def test_a_document_of_8_000_layers_has_a_preview_of_each(store: Store) -> None:
    made = previews(1)
    await store.announce_objects(preview.object_key for preview in made)
    await store.publish(WORKSPACE, made)

    assert await shown(store, document_id="doc_1") == [one.object_key for one in made]
    assert await store.garbage(1) == []


async def test_its_previews_are_renewed_and_the_old_ones_are_garbage(
    store: Store,
) -> None:
    old, new = previews(1), previews(2)
    await store.publish(WORKSPACE, old)
    await store.publish(WORKSPACE, new)

    garbage = await store.garbage(2 * LAYERS)
    assert set(garbage) == {preview.object_key for preview in old}
    await store.collected(garbage)
    assert await store.garbage(1) == []
    assert len(await shown(store, document_id="doc_1")) == LAYERS + 1


async def test_they_all_expire_at_once(store: Store) -> None:
    await store.publish(WORKSPACE, previews(1, hours=-1))

    expired = await store.expired(2 * LAYERS)
    await store.forget(preview for _, preview in expired)

    assert await store.expired(1) == []
    assert len(await store.garbage(2 * LAYERS)) == LAYERS + 1


async def test_a_data_set_of_8_000_columns_is_shown_and_cleared_away(
    store: Store,
) -> None:
    made = previews(1, dataset_id="dst_1")
    await store.publish(WORKSPACE, made)
    await store.publish(WORKSPACE, made[:1])

    assert await shown(store, dataset_id="dst_1") == [made[0].object_key]
    assert len(await store.garbage(2 * LAYERS)) == LAYERS


async def test_a_page_goes_on_when_its_last_preview_has_expired(store: Store) -> None:
    made = previews(1)[:3]
    await store.publish(WORKSPACE, made)
    first = await store.previews(WORKSPACE, "doc_1", 2, None)
    gone = msgspec.structs.replace(made[1], expires_at=utc_now(), object_key="other")
    await store.publish(WORKSPACE, [made[0], gone, made[2]])
    await store.forget([gone])

    rest = await store.previews(WORKSPACE, "doc_1", 2, PreviewPlace.of(first.items[-1]))

    assert [each.preview_id for each in rest.items] == ["prv_2"]
