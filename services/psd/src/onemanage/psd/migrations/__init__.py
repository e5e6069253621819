"""The psd service's Alembic history, and the command that brings it to its head."""

from onemanage.platform.database.migrations import run_migrate

EXTENSIONS = ("pg_trgm",)
"""Made by the administrator before the history is walked."""


def main() -> None:
    run_migrate("psd")
