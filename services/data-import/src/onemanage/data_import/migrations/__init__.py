"""The data-import service's Alembic history, and the command that applies it."""

from onemanage.platform.database.migrations import run_migrate

MAKES_SCHEMAS = True
"""One for each workspace's tables, ``ws_…``."""


def main() -> None:
    run_migrate("data_import")
