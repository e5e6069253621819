"""The gateway's Alembic history, and the command that brings the schema to its head."""

from onemanage.platform.database.migrations import run_migrate


def main() -> None:
    run_migrate("gateway")
