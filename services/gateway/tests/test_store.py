"""Workspaces and keys, on a real PostgreSQL."""

from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store


async def test_the_owner_is_made_once_and_may_do_everything(
    pool: Pool, store: Store, owner: bytes
) -> None:
    keys = KeyStore(pool)
    assert not await store.ensure_owner(b"another")
    found = await keys.grant(owner)
    assert found is not None
    assert (found.workspace_id, found.is_operator) == (OWNER_WORKSPACE, True)
    assert set(found.scopes) == {"read", "write", "admin"}
    assert await keys.grant(b"another") is None


async def test_a_key_is_an_operator_s_only_where_it_was_said_so(
    pool: Pool, stranger: bytes
) -> None:
    found = await KeyStore(pool).grant(stranger)
    assert found is not None
    assert (found.workspace_id, found.is_operator) == ("wsp_2", False)
