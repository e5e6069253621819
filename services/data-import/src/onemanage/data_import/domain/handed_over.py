"""What rows that are handed over have come to, and how many may."""

from typing import NamedTuple

from onemanage.contracts.invalid_input import InvalidInput


class HandedOver(NamedTuple):
    rows: int
    columns: list[str]
    """Without those that are ours."""


def too_many(most: int) -> InvalidInput:
    """More rows than may be handed over."""
    text = (
        f"There are more than {most:,} rows. Filter them, or split them into several "
        "orders."
    )
    return InvalidInput("hand_over.too_many_rows", text)
