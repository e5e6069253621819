"""Who a key stands for, when many ask at the same moment. On a real PostgreSQL."""

import asyncio

import pytest

from onemanage.gateway.access.callers import Callers
from onemanage.gateway.access.grants import Grant
from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store

MANY = 200


class CountingStore(KeyStore):
    """The gateway's own, which counts how often it is asked for a key."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.asked = 0

    async def grant(self, key_hash: bytes) -> Grant | None:
        self.asked += 1
        return await super().grant(key_hash)


@pytest.fixture
async def counting(pool: Pool) -> CountingStore:
    return CountingStore(pool)


@pytest.fixture
async def owner_key(pool: Pool) -> str:
    """The owner's key."""
    key = new_api_key()
    hashed = hash_api_key(key)
    assert hashed is not None
    assert await Store(pool).ensure_owner(hashed)
    return key


async def test_many_requests_at_once_with_one_key_ask_the_database_once(
    counting: CountingStore, owner_key: str
) -> None:
    keys = Callers(counting, counting)
    callers = await asyncio.gather(*(keys.caller(owner_key) for _ in range(MANY)))
    assert {caller.workspace_id for caller in callers} == {OWNER_WORKSPACE}
    assert counting.asked == 1


async def test_a_wrong_key_is_refused_to_all_who_bring_it_at_once_and_asked_for_again_later(
    counting: CountingStore,
) -> None:
    keys = Callers(counting, counting)
    wrong = new_api_key()
    answers = await asyncio.gather(
        *(keys.caller(wrong) for _ in range(MANY)), return_exceptions=True
    )
    assert {answer.status for answer in answers if isinstance(answer, Problem)} == {401}
    assert counting.asked == 1
    with pytest.raises(Problem):
        await keys.caller(wrong)
    assert counting.asked == 2, "a key that is made meanwhile is good at once"


async def test_a_request_that_is_given_up_takes_no_other_with_it(
    counting: CountingStore, owner_key: str
) -> None:
    keys = Callers(counting, counting)
    first = asyncio.create_task(keys.caller(owner_key))
    second = asyncio.create_task(keys.caller(owner_key))
    await asyncio.sleep(0)  # both have begun, and the first one asks
    first.cancel()
    assert (await second).workspace_id == OWNER_WORKSPACE
    assert counting.asked == 1
