"""The preview service's Alembic history, and the command that brings it to its head."""

from onemanage.platform.database.migrations import run_migrate


def main() -> None:
    run_migrate("preview")
