"""The psd service's Alembic history, and the command that brings it to its head."""

from onemanage.platform.migrations import run_migrate


def main() -> None:
    run_migrate("psd")
