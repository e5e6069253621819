"""The preview service's Alembic history, and the command that brings it to its head."""

from onemanage.platform.db import run_migrate


def main() -> None:
    run_migrate("preview")
