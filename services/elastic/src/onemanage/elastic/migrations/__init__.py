"""The elastic service's Alembic history, and the command that applies it."""

from onemanage.platform.database.migrations import run_migrate


def main() -> None:
    run_migrate("elastic")
