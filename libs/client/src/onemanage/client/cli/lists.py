"""Lists of the server as tables, and what is called by its name."""

from collections.abc import AsyncIterable, Sequence
from typing import Any

from onemanage.client.cli.output import Column
from onemanage.client.cli.session import Cli

PAGE = 100
"""Items asked for at a time."""


async def table(
    cli: Cli,
    items: AsyncIterable[Any],
    columns: Sequence[Column],
    *,
    limit: int,
    all: bool,
    what: str,
) -> None:
    """A row for each, ``limit`` at most unless ``all``; and whether there are more."""
    records: list[Any] = []
    has_more = False
    streams = not cli.output.is_terminal
    count = 0
    async for item in items:
        if count == limit and not all:
            has_more = True
            break
        count += 1
        if streams:
            cli.output.table([item.to_dict()], columns)
        else:
            records.append(item.to_dict())
    cli.output.table(records, columns)
    if not count:
        cli.output.note(f"No {what}.")
    if has_more:
        cli.output.warn(f"There are more {what}: --all shows them, or --limit N.")
