"""Alembic, per service: its own role, its own schema, its own history.

Apart from sessions.py, because only migrate jobs need Alembic and every process pays for
what it imports.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import unquote, urlsplit

import asyncpg
from alembic import command, context
from alembic.config import Config
from loguru import logger
from sqlalchemy import Connection, MetaData, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from onemanage.platform.database.sessions import with_driver
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import (
    DatabaseSettings,
    LogSettings,
    Secret,
    load,
)

_MIGRATION_LOCK = 7_301_100


class MigrationSettings(DatabaseSettings, LogSettings):
    """What a migrate job needs besides: somebody who may create roles and schemas."""

    database_admin_url: Secret


@dataclass(frozen=True)
class Kept:
    """A schema that the service's own role may use and not change.

    Its owner is a role of the schema's name that nobody can enter as. ``sql`` is run as
    that role at every migration, so it says IF NOT EXISTS; ``{service}`` in it is the
    role that it grants to.
    """

    schema: str
    sql: str


def migrate(schema: str, database_url: str, admin_url: str) -> None:
    """Create role and schema where they are missing, then upgrade to the newest.

    The migrations lie in ``onemanage.<schema>.migrations``. Where they need extensions
    of PostgreSQL, that package names them in EXTENSIONS; they are made in the schema
    ``public``. A service that makes schemas of its own while it runs says so by
    ``MAKES_SCHEMAS = True``, and one that has a schema which is not its own to change by
    ``KEPT``. Safe to repeat and to race.
    """
    package = import_module(f"onemanage.{schema}.migrations")
    extensions: tuple[str, ...] = getattr(package, "EXTENSIONS", ())
    makes_schemas: bool = getattr(package, "MAKES_SCHEMAS", False)
    kept: Kept | None = getattr(package, "KEPT", None)
    asyncio.run(
        _prepare(schema, database_url, admin_url, extensions, makes_schemas, kept)
    )
    config = Config()
    config.set_main_option("script_location", f"onemanage.{schema}:migrations")
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
    logger.info("Schema {} is at its newest", schema)


async def _prepare(
    schema: str,
    database_url: str,
    admin_url: str,
    extensions: tuple[str, ...],
    makes_schemas: bool,
    kept: Kept | None,
) -> None:
    """What the service's own role may not make."""
    parts = urlsplit(database_url)
    role, password = unquote(parts.username or ""), unquote(parts.password or "")
    admin = await asyncpg.connect(admin_url)
    try:
        async with admin.transaction():
            await admin.execute(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            quoted = await admin.fetchrow(
                "SELECT quote_ident($1), quote_literal($2), quote_ident($3)",
                role,
                password,
                schema,
            )
            assert quoted is not None  # a SELECT without FROM has one row
            await admin.execute(_role_and_schema_sql(role, *quoted))
            if makes_schemas:
                await let_make_schemas(admin, database_url)
            for name in extensions:
                await admin.execute(
                    f'CREATE EXTENSION IF NOT EXISTS "{name}" SCHEMA public'
                )
            if kept is not None:
                await admin.execute(_kept_sql(kept, quoted[0]))
    finally:
        await admin.close()


async def let_make_schemas(
    admin: "asyncpg.Connection[asyncpg.Record]", database_url: str
) -> None:
    """Give the address's role CREATE on the database that ``admin`` is connected to.

    Of its own, for the right is the database's: one made from a template lacks it.
    """
    role = unquote(urlsplit(database_url).username or "")
    grant = "SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), $1::text)"
    await admin.execute(await admin.fetchval(grant, role))


def _role_and_schema_sql(role: str, name: str, password: str, schema: str) -> str:
    literal = role.replace("'", "''")
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') THEN
                CREATE ROLE {name} LOGIN;
            END IF;
        END $$;
        ALTER ROLE {name} PASSWORD {password};
        ALTER ROLE {name} SET search_path = {schema}, public;
        CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {name};
    """


def _kept_sql(kept: Kept, service: str) -> str:
    """``service`` is its role, quoted. Whoever administers without being superuser has to
    be a member of a role to work as it."""
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{kept.schema}') THEN
                CREATE ROLE {kept.schema} NOLOGIN;
                GRANT {kept.schema} TO CURRENT_USER;
            END IF;
        END $$;
        CREATE SCHEMA IF NOT EXISTS {kept.schema} AUTHORIZATION {kept.schema};
        SET LOCAL search_path = {kept.schema};
        SET LOCAL ROLE {kept.schema};
        {kept.sql.replace("{service}", service)}
        RESET ROLE;
    """


def run_migrations(schema: str, metadata: MetaData) -> None:
    """What a service's ``migrations/env.py`` calls."""
    url = context.config.attributes["database_url"]
    asyncio.run(_run_migrations(url, schema, metadata))


async def _run_migrations(url: str, schema: str, metadata: MetaData) -> None:
    made = create_async_engine(with_driver(url), poolclass=NullPool)
    async with made.connect() as connection:
        await connection.run_sync(_upgrade, schema, metadata)
        await connection.commit()
    await made.dispose()


def _upgrade(connection: Connection, schema: str, metadata: MetaData) -> None:
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrate(schema: str) -> None:
    """The migrate command of a service."""
    described = f"Create role and schema {schema}, then bring it to its newest form."
    parser = argparse.ArgumentParser(description=described)
    parser.add_argument(
        "--wait",
        type=float,
        default=60,
        metavar="SECONDS",
        help="for a server that cannot be reached yet (60)",
    )
    wait: float = parser.parse_args().wait
    settings = load(MigrationSettings)
    configure_logging(f"{schema}-migrate", settings.log_format, settings.log_level)
    urls = (settings.database_url, settings.database_admin_url)
    _when_reachable(lambda: migrate(schema, *urls), wait)


def _when_reachable(work: Callable[[], None], wait: float) -> None:
    """Where all begins at once, names may not be known and servers may not answer for a
    while. The work is done again from its beginning."""
    until = time.monotonic() + wait
    while True:
        try:
            return work()
        except (OSError, asyncpg.CannotConnectNowError) as error:
            if time.monotonic() >= until:
                raise SystemExit(
                    "PostgreSQL cannot be reached where DATABASE_ADMIN_URL and"
                    f" DATABASE_URL say: {error}. Start it, or mend the addresses."
                ) from None
            logger.warning("PostgreSQL cannot be reached yet: {}", error)
        time.sleep(min(1, wait))
