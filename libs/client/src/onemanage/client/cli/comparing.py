"""Two versions of a document, compared."""

import asyncio
from pathlib import Path
from typing import Any

from onemanage.client.cli import fetching
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.inputs import PSD, Input, inputs
from onemanage.client.cli.output import Column, Record, column
from onemanage.client.cli.progress import Bar, bars
from onemanage.client.cli.session import Cli
from onemanage.client.cli.single import Single
from onemanage.client.cli.text import shown

_COLUMNS = [
    column("kind", "what"),
    column("name", "layer"),
    Column("changes", lambda record: ", ".join(record.get("changes") or []) or "-"),
    Column("moved", lambda record: _moved(record)),
]


async def compare(cli: Cli, before: str, after: str, heat_map: Path | None) -> None:
    """Parse what is no document yet, compare, and tell each layer that differs."""
    async with cli.client() as client:
        with bars(cli.output.is_watched) as shown_bars:
            sides = [(before, "before"), (after, "after")]
            parsed = [
                _document(cli, client, shown_bars.add(one), one) for one, _ in sides
            ]
            first, second = await asyncio.gather(*parsed)
            notes = Single(f"{before} and {after}", shown_bars.add("diff"))

            async def order(key: str) -> Any:
                return await client.psd.diffs.create(
                    before=first, after=second, wait=0, idempotency_key=key
                )

            task = await cli.orders.done(client, notes, "diff", order)
            diff = (await client.psd.diffs.get(task.result.id)).to_dict()
            if heat_map is not None:
                await _fetch_heat_map(client, diff, heat_map)
    _tell(cli, diff)


def _tell(cli: Cli, diff: dict[str, Any]) -> None:
    cli.output.table(diff["layers"], _COLUMNS)
    share = diff.get("changed_share")
    pixels = "" if share is None else f"; {share:.1%} of the pixels differ"
    cli.output.note(
        f"{diff['added']} added, {diff['removed']} removed, {diff['changed']} changed"
        f"{pixels} ({diff['id']})"
    )
    for warning in diff.get("warnings") or []:
        cli.output.note(f"! {warning}")


async def _document(cli: Cli, client: Any, bar: Bar, named: str) -> str:
    if named.startswith("doc_") and not Path(named).exists():
        return named
    found = inputs([named], PSD)
    if len(found) != 1:
        raise UsageError(f"{shown(named)} is {len(found)} documents; name one.")
    return await _parsed(cli, client, bar, found[0])


async def _parsed(cli: Cli, client: Any, bar: Bar, input: Input) -> str:
    from onemanage.client.cli.sending import source_of

    async def order(key: str) -> Any:
        return await client.psd.documents.create(
            source_of(input), name=input.name, wait=0, idempotency_key=key
        )

    task = await cli.orders.done(client, Single(input.name, bar), "document", order)
    return str(task.result.id)


async def _fetch_heat_map(client: Any, diff: dict[str, Any], path: Path) -> None:
    if not diff.get("heat_map"):
        raise UsageError("There is no heat map: one of them has no composite.")
    await fetching.to_file(client.psd.diffs.image(diff["id"]), path, Bar(None, None))


def _moved(record: Record) -> str:
    dx, dy = record.get("dx") or 0, record.get("dy") or 0
    return f"{dx:+d}, {dy:+d}" if dx or dy else "-"
