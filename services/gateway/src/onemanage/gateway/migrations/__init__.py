"""The gateway's Alembic history, and the command that brings the schema to its head."""

from onemanage.gateway.migrations import kept
from onemanage.platform.database.migrations import Kept, run_migrate

KEPT = Kept(kept.SCHEMA, kept.SQL)


def main() -> None:
    run_migrate("gateway")
