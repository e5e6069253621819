"""How many uploads there may be at once, and how much they may store."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from onemanage.gateway.files.sweeper import sweep
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.limits.limits import Limits
from onemanage.gateway.store import (
    OWNER_WORKSPACE,
    FileRow,
    NoSlot,
    Pool,
    StorageFull,
    Store,
)
from onemanage.platform.storage.storage import Storage

from .limits_samples import code_of, limited_client
from .psd_samples import World
from .test_uploads import Body, left, request

ONE = Limits(uploads=1)


@pytest.fixture
def uploads(storage: Storage, store: Store, owner: bytes) -> Uploads:
    return Uploads(storage, store, max_bytes=1024**3, max_seconds=60)


class Held:
    """A body that comes when it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def body(self) -> Body:
        yield b"more bytes than it takes to tell a type"
        self.begun.set()
        await self.may_end.wait()
        yield b"the rest"


async def body() -> Body:
    yield b"a short one"


async def test_of_two_uploads_at_once_one_is_refused_where_one_may_be(
    uploads: Uploads,
) -> None:
    held = Held()
    first = asyncio.create_task(
        uploads.receive(request(held.body()), OWNER_WORKSPACE, limits=ONE)
    )
    await held.begun.wait()
    with pytest.raises(Problem) as refused:
        await uploads.receive(request(body()), OWNER_WORKSPACE, limits=ONE)
    assert (refused.value.status, refused.value.code) == (429, "quota.uploads")
    assert refused.value.extra["limit"] == 1
    held.may_end.set()
    await first
    assert await uploads.receive(request(body()), OWNER_WORKSPACE, limits=ONE)


@pytest.mark.parametrize("most", [0, 1, 5])
async def test_of_many_who_begin_at_the_same_moment_as_many_begin_as_may(
    store: Store, owner: bytes, most: int
) -> None:
    found = await asyncio.gather(
        *(
            store.begin_upload(f"files/{number}", OWNER_WORKSPACE, at_once=most)
            for number in range(12)
        ),
        return_exceptions=True,
    )
    assert sum(each is None for each in found) == most
    assert {type(each) for each in found if each is not None} <= {NoSlot}


async def test_another_workspace_s_uploads_are_its_own(
    store: Store, owner: bytes, stranger: bytes
) -> None:
    await store.begin_upload("files/a", OWNER_WORKSPACE, at_once=1)
    await store.begin_upload("files/b", "wsp_2", at_once=1)
    with pytest.raises(NoSlot):
        await store.begin_upload("files/c", "wsp_2", at_once=1)


async def test_what_is_over_makes_room_whichever_way_it_ended(
    uploads: Uploads, store: Store, storage: Storage
) -> None:
    async def cut_off() -> Body:
        yield b"more bytes than it takes to tell a type"
        raise ConnectionResetError

    limits = Limits(uploads=1, stored_bytes=1000)
    with pytest.raises(ConnectionResetError):
        await uploads.receive(request(cut_off()), OWNER_WORKSPACE, limits=limits)
    for _ in range(2):  # the second one is a repeat, of which nothing is kept
        await uploads.receive(
            request(body()), OWNER_WORKSPACE, idempotency_key="k", limits=limits
        )
    await uploads.receive(request(body()), OWNER_WORKSPACE, limits=limits)
    assert await sweep(store, storage, older_than=3600) == 2
    assert await left(storage) == 2


async def test_uploads_of_a_gateway_that_is_gone_make_room_when_they_are_swept(
    uploads: Uploads, store: Store, storage: Storage, pool: Pool
) -> None:
    await store.begin_upload("files/gone", OWNER_WORKSPACE, at_once=1)
    await store.begin_upload("files/alive", OWNER_WORKSPACE)
    await pool.execute("UPDATE uploads SET alive_at = now() - interval '3 minutes'")
    await store.keep_uploads({"files/alive"})
    assert await sweep(store, storage, older_than=3600) == 1
    assert await uploads.receive(request(body()), OWNER_WORKSPACE, limits=ONE)
    assert await pool.fetchval("SELECT object_key FROM uploads") == "files/alive"


async def test_an_upload_of_a_release_that_says_nothing_meanwhile_is_left_to_its_time(
    store: Store, storage: Storage, pool: Pool
) -> None:
    await pool.execute("INSERT INTO uploads (object_key) VALUES ('files/old')")
    assert await sweep(store, storage, older_than=3600) == 0
    assert await sweep(store, storage, older_than=0) == 1


def row(number: int, size: int) -> FileRow:
    return FileRow(
        id=f"fil_{number}",
        workspace_id=OWNER_WORKSPACE,
        name="a",
        size=size,
        sha256="",
        media_type="text/plain",
        object_key=f"files/{number}",
    )


async def test_of_files_that_end_at_the_same_moment_as_many_are_kept_as_have_room(
    store: Store, pool: Pool, owner: bytes
) -> None:
    for number in range(10):
        await store.begin_upload(f"files/{number}", OWNER_WORKSPACE, most_bytes=35)
    found = await asyncio.gather(
        *(store.add_file(row(number, 10), None, 35) for number in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, FileRow) for each in found) == 3
    assert sum(isinstance(each, StorageFull) for each in found) == 7
    assert await pool.fetchval("SELECT stored_bytes FROM workspaces") == 30


async def chunked(content: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(content), 20):
        yield content[place : place + 20]


async def test_files_fill_what_may_be_stored_to_the_last_byte(world: World) -> None:
    pool = world.gateway.store._pool
    used = await pool.fetchval(
        "SELECT stored_bytes FROM workspaces WHERE id = $1", OWNER_WORKSPACE
    )
    limits = Limits(stored_bytes=used + 100)
    async with limited_client(world, limits) as client:

        async def sent(
            size: int, is_chunked: bool = False, **key: str
        ) -> httpx.Response:
            content = bytes(size)
            given = chunked(content) if is_chunked else content
            return await client.post("/v1/files", content=given, headers=key)

        for is_chunked in (False, True):
            refusal = await sent(101, is_chunked)
            assert (refusal.status_code, code_of(refusal)) == (
                413,
                "quota.stored_bytes",
            )
            assert refusal.json()["used"] == used
            assert refusal.json()["limit"] == used + 100
        assert (await sent(60)).status_code == 201
        kept = await sent(40, True, **{"Idempotency-Key": "k"})
        assert kept.status_code == 201
        assert (await sent(1)).status_code == 413
        for is_chunked in (False, True):
            repeat = await sent(40, is_chunked, **{"Idempotency-Key": "k"})
            assert repeat.json()["id"] == kept.json()["id"], repeat.text
        found = (await client.get("/v1/usage")).json()
        assert found["used"]["stored_bytes"] == found["limits"]["stored_bytes"]
        assert found["used"]["uploads"] == 0


async def test_a_form_has_room_for_its_file_and_not_for_what_is_around_it(
    world: World,
) -> None:
    used = await world.gateway.store._pool.fetchval(
        "SELECT stored_bytes FROM workspaces WHERE id = $1", OWNER_WORKSPACE
    )
    async with limited_client(world, Limits(stored_bytes=used + 50)) as client:
        form = {"file": ("a.bin", bytes(51))}
        assert (await client.post("/v1/files", files=form)).status_code == 413
        form = {"file": ("a.bin", bytes(50))}
        assert (await client.post("/v1/files", files=form)).status_code == 201


async def test_an_upload_in_parts_needs_room_that_no_other_has_been_promised(
    world: World,
) -> None:
    pool = world.gateway.store._pool
    used = await pool.fetchval(
        "SELECT stored_bytes FROM workspaces WHERE id = $1", OWNER_WORKSPACE
    )
    async with limited_client(world, Limits(stored_bytes=used + 100)) as client:

        async def begun(size: int, **key: str) -> httpx.Response:
            body = {"name": "a.bin", "size": size}
            return await client.post("/v1/uploads", json=body, headers=key)

        refused = await begun(101)
        answers = await asyncio.gather(*(begun(60) for _ in range(3)))
        codes = sorted(one.status_code for one in answers)
        kept = await begun(40, **{"Idempotency-Key": "k"})
        full = await begun(1)
        again = await begun(40, **{"Idempotency-Key": "k"})
        await client.delete(kept.headers["Location"])
        after = await begun(40)

    assert (refused.status_code, code_of(refused)) == (413, "quota.stored_bytes")
    assert codes == [201, 413, 413]
    assert (kept.status_code, full.status_code) == (201, 413)
    assert again.json()["id"] == kept.json()["id"]
    assert after.status_code == 201
