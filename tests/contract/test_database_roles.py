"""In PostgreSQL a service reads and changes its own schema, and nothing that is another's.

The database is made as both stacks make it: each service's ``migrate``, which the local
runner calls and the containers' migrate jobs are.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import asyncpg
import pytest

from onemanage.local.prepare import DATABASE_URL_PREFIX, migrate_all
from onemanage.local.stack import SCHEMAS
from onemanage.testing.fixtures import Servers

type Connection = asyncpg.Connection[asyncpg.Record]
type Enter = Callable[[str], Awaitable[Connection]]
ALSO_USED = {"gateway": {"gateway_audit"}}
"""Schemas of nobody's that a role may use, and not change."""


@pytest.fixture(scope="module")
def shared(servers: Servers) -> Iterator[str]:
    """The name of a database that all services have migrated."""
    name = f"shared_{secrets.token_hex(6)}"
    asyncio.run(_as_admin(servers, f"CREATE DATABASE {name}"))
    urls = {
        f"{DATABASE_URL_PREFIX}{schema.upper()}": _in(
            name, servers.database_url(schema)
        )
        for schema in SCHEMAS
    }
    migrate_all({**urls, "DATABASE_ADMIN_URL": _in(name, servers.database_admin_url)})
    yield name
    asyncio.run(_as_admin(servers, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def enter(servers: Servers, shared: str) -> AsyncIterator[Enter]:
    entered: list[Connection] = []

    async def as_role(role: str) -> Connection:
        entered.append(await asyncpg.connect(_in(shared, servers.database_url(role))))
        return entered[-1]

    yield as_role
    for connection in entered:
        await connection.close()


@pytest.mark.parametrize("role", SCHEMAS)
async def test_a_role_uses_its_own_schema_and_no_other(enter: Enter, role: str) -> None:
    connection = await enter(role)
    records = await connection.fetch(
        "SELECT nspname, has_schema_privilege(oid, 'USAGE') AS uses, "
        "has_schema_privilege(oid, 'CREATE') AS makes FROM pg_namespace "
        r"WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'"
    )
    uses = {record["nspname"] for record in records if record["uses"]}
    makes = {record["nspname"] for record in records if record["makes"]}

    assert {*SCHEMAS, "gateway_audit"} <= {record["nspname"] for record in records}
    assert uses - {"public"} == {role} | ALSO_USED.get(role, set())
    assert makes == {role}


@pytest.mark.parametrize("role", SCHEMAS)
async def test_a_role_reads_and_changes_no_table_of_another(
    enter: Enter, role: str
) -> None:
    connection = await enter(role)
    tables = [
        record["name"]
        for record in await connection.fetch(
            "SELECT format('%I.%I', nspname, relname) AS name FROM pg_class "
            "JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'v') "
            "AND nspname = ANY($1)",
            {*SCHEMAS, "gateway_audit"} - {role} - ALSO_USED.get(role, set()),
        )
    ]

    assert len(tables) > 15
    for table in tables:
        for statement in (
            f"SELECT * FROM {table} LIMIT 1",
            f"DELETE FROM {table}",
            f"DROP TABLE {table}",
            f"GRANT SELECT ON {table} TO PUBLIC",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_nobody_else_reads_a_workspace_s_imported_tables(enter: Enter) -> None:
    owner = await enter("data_import")
    await owner.execute("CREATE SCHEMA ws_test; CREATE TABLE ws_test.orders (id int)")

    for role in set(SCHEMAS) - {"data_import"}:
        connection = await enter(role)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM ws_test.orders")


@pytest.mark.parametrize("role", SCHEMAS)
async def test_a_role_is_no_administrator_and_stands_for_no_other(
    enter: Enter, role: str
) -> None:
    connection = await enter(role)
    found = await connection.fetchrow(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication "
        "OR rolbypassrls AS is_more, rolcanlogin, EXISTS (SELECT FROM pg_auth_members "
        "WHERE member = oid) AS is_member FROM pg_roles WHERE rolname = current_user"
    )

    assert found is not None
    assert dict(found) == {"is_more": False, "rolcanlogin": True, "is_member": False}
    for other in {*SCHEMAS, "gateway_audit", "postgres"} - {role}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"SET ROLE {other}")
    for statement in ("CREATE ROLE mine", f"ALTER ROLE {role} SUPERUSER"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_nobody_enters_as_the_owner_of_the_audit(enter: Enter) -> None:
    connection = await enter("psd")
    assert not await connection.fetchval(
        "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'gateway_audit'"
    )


async def _as_admin(servers: Servers, statement: str) -> None:
    admin = await asyncpg.connect(servers.database_admin_url)
    await admin.execute(statement)
    await admin.close()


def _in(name: str, url: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"
