"""What stays true of the audit whatever happens to the gateway, or by it."""

from typing import Any

import asyncpg
import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.audit.store import AuditStore, Filter
from onemanage.gateway.gateway import GatewayDep, Writes
from onemanage.testing.fixtures import Servers

from .access_samples import PASSWORD, browser, invited, joined, log_in
from .audit_samples import a_key, told
from .psd_samples import DOCUMENT, KEY, LATER, World

ADA = "ada@example.com"
_ALL = Filter()


async def test_it_holds_no_secret_and_no_body(world: World) -> None:
    made = await a_key(world, name="not in the audit")
    session = await joined(world, ADA)
    async with browser(world) as client:
        await log_in(client, ADA, "a wrong password")
    async with world.client(session["token"]) as ada:
        body = {"old": PASSWORD, "new": "another horse entirely"}
        await ada.put("/v1/me/password", json=body)
        await ada.post("/v1/files?name=plans.txt", content=b"the plans themselves")
    token = await invited(world, "bob@example.com")
    rows = str(
        await world.gateway.store._pool.fetch("SELECT * FROM gateway_audit.entries")
    )

    assert "change_password" in rows
    for secret in (made["key"], session["token"], token, KEY, PASSWORD):
        assert secret not in rows and secret[8:40] not in rows
    for text in ("wrong password", "horse", "plans", "bob@", "not in the audit"):
        assert text not in rows


async def test_a_change_is_in_the_audit_before_it_is_made(world: World) -> None:
    app = world.behind(world.settings)

    @app.post("/v1/later")
    async def later(gateway: GatewayDep, caller: Writes) -> dict[str, Any]:
        begun = await gateway.audit.page(caller.workspace_id, 10, None, _ALL)
        return {"begun": [(row.action, row.status) for row in begun]}

    transport = httpx.ASGITransport(app)
    bearer = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as owner:
        answer = await owner.post("/v1/later", headers=bearer)
    (entry,) = await told(world)

    assert answer.json() == {"begun": [["later", None]]}
    assert (entry["action"], entry["status"]) == ("later", 200)


async def test_nothing_is_changed_where_the_audit_takes_no_entry(
    world: World, servers: Servers
) -> None:
    await _as_admin(
        world, servers, "REVOKE INSERT ON gateway_audit.entries FROM gateway"
    )
    body = {"before": DOCUMENT, "after": LATER}
    async with world.client() as owner:
        refused = [
            await owner.post("/v1/api-keys", json={"name": "shop"}),
            await owner.post("/v1/files", content=b"plain"),
            await owner.post("/v1/psd/diffs", json=body),
        ]
        keys = (await owner.get("/v1/api-keys")).json()["items"]
        tasks = (await owner.get("/v1/tasks")).json()["items"]

    assert [one.status_code for one in refused] == [500] * 3
    assert [one["name"] for one in keys] == ["owner"]
    assert tasks == []


class Endless(AuditStore):
    """Dies, or loses its database, between the change and the word that it is done."""

    async def end(self, entry_id: str, status: int, made: list[str]) -> None:
        raise OSError("gone")


async def test_a_change_whose_end_is_not_told_is_there_all_the_same(
    world: World,
) -> None:
    app = world.behind(world.settings, audit=Endless(world.gateway.store._pool))
    bearer = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as owner:
        made = await owner.post("/v1/api-keys", json={"name": "shop"}, headers=bearer)
    (entry,) = await told(world)

    assert made.status_code == 201
    assert (entry["action"], entry["status"]) == ("create_api_key", None)
    assert entry["trace_id"] == made.headers["x-request-id"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gateway_audit.entries SET status = 200",
        "DELETE FROM gateway_audit.entries",
        "TRUNCATE gateway_audit.entries",
        "DROP TABLE gateway_audit.entries",
        "DROP SCHEMA gateway_audit CASCADE",
        "ALTER TABLE gateway_audit.entries DISABLE TRIGGER ALL",
        "ALTER TABLE gateway_audit.entries ADD COLUMN mine text",
        "CREATE TRIGGER mine BEFORE INSERT ON gateway_audit.entries "
        "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON INSERT TO gateway_audit.entries DO INSTEAD NOTHING",
        "INSERT INTO gateway_audit.entries (id, workspace_id, action, created_at) "
        "VALUES ('x', 'y', 'z', now() - interval '1 day')",
        "GRANT ALL ON gateway_audit.entries TO gateway",
        "SET ROLE gateway_audit",
        "CREATE OR REPLACE FUNCTION gateway_audit.forget(interval) RETURNS bigint "
        "LANGUAGE sql AS 'SELECT 1'",
    ],
)
async def test_the_gateway_itself_cannot_change_what_was_written(
    world: World, statement: str
) -> None:
    pool = world.gateway.store._pool
    await a_key(world)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(statement)
        assert statement.startswith("GRANT"), "it warns, and grants nothing"
        assert not await pool.fetchval(
            "SELECT has_table_privilege('gateway_audit.entries', 'UPDATE, DELETE')"
        )
        raise asyncpg.InsufficientPrivilegeError
    assert len(await told(world)) == 1


async def test_an_end_is_told_once(world: World) -> None:
    fact = _fact()
    audit = world.gateway.audit
    await audit.begin(fact, "wsp_2")
    await audit.end(fact.id, 201, ["made"])
    await audit.end(fact.id, 500, ["other"])
    await audit.begin(fact, "wsp_2")
    (row,) = await audit.page("wsp_2", 10, None, _ALL)
    assert (row.status, row.objects) == (201, ["made"])


async def test_what_is_old_is_forgotten_and_never_what_is_younger_than_30_days(
    world: World, servers: Servers
) -> None:
    audit = world.gateway.audit
    for days in (0, 29, 31, 399, 401):
        fact = _fact()
        await audit.write(fact, "wsp_2", 200)
        await _as_admin(
            world,
            servers,
            "UPDATE gateway_audit.entries "
            f"SET created_at = now() - interval '{days} days' WHERE id = '{fact.id}'",
        )

    assert await audit.forget(400) == 1
    assert await audit.forget(0) == 2
    assert len(await audit.page("wsp_2", 10, None, _ALL)) == 2


async def _as_admin(world: World, servers: Servers, statement: str) -> None:
    """By whoever may do anything to the world's database."""
    name = world.settings.database_url.rpartition("/")[2]
    url = f"{servers.database_admin_url.rpartition('/')[0]}/{name}"
    admin = await asyncpg.connect(url)
    await admin.execute(statement)
    await admin.close()


def _fact() -> Fact:
    return Fact(
        id=new_id("aud"),
        actor_id=None,
        actor_name=None,
        session_id=None,
        address=None,
        user_agent=None,
        action="test",
        objects=[],
        trace_id=None,
    )
