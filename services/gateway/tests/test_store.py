"""Workspaces, keys and files, on a real PostgreSQL."""

from onemanage.gateway.store import OWNER_WORKSPACE, KeyRow, Store


async def test_the_owner_is_made_once_and_administers(
    store: Store, owner: bytes
) -> None:
    assert not await store.ensure_owner(b"another")
    assert await store.key(owner) == KeyRow(OWNER_WORKSPACE, True)
    assert await store.key(b"another") is None


async def test_a_key_administers_only_where_it_was_said_so(
    store: Store, stranger: bytes
) -> None:
    assert await store.key(stranger) == KeyRow("wsp_2", False)
