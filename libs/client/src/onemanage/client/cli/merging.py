"""A merge as the command carries it out: rows to the server, pictures from it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from onemanage.client.cli import fetching, text
from onemanage.client.cli.exits import CommandError, Exit, UsageError
from onemanage.client.cli.inputs import STDIN, TABLES, inputs
from onemanage.client.cli.output import Output
from onemanage.client.cli.progress import Bar, bars
from onemanage.client.cli.sending import source_of
from onemanage.client.cli.session import Cli
from onemanage.client.cli.single import Single
from onemanage.client.cli.text import shown

REASONS = 10
"""Rejected rows that are told one by one."""


@dataclass(frozen=True)
class Wanted:
    """What to make of which rows, and where it is put."""

    template: str
    table: str
    """A file, or the name or id of a data set."""

    options: dict[str, Any]
    """Of the order, as the API has them."""

    out: str
    rejects: Optional[Path]
    sheet: Optional[Path]


async def merge(cli: Cli, wanted: Wanted) -> None:
    """Make the pictures, fetch them, and end with 7 where rows were rejected."""
    if wanted.out == fetching.STDOUT:
        fetching.check_stdout()
    else:
        fetching.folder_for(wanted.out)
    async with cli.client() as client:
        with bars(cli.output.is_watched) as all_bars:
            bar = all_bars.add(wanted.table)
            rows = await _rows(client, wanted.table, bar)

            async def order(key: str) -> Any:
                return await client.merges.create(
                    wanted.template, **rows, **wanted.options, idempotency_key=key
                )

            notes = Single(wanted.table, bar)
            task = await cli.orders.done(client, notes, "merge", order)
            made = (await client.merges.get(task.result.id)).to_dict()
            record = {name: made[name] for name in _TOLD}
            record |= await _fetched(client, made, wanted, bar)
        if made["rejected"]:
            await _tell_reasons(client, made, cli.output)
    if wanted.out == fetching.STDOUT:
        cli.output.note(_line(record))
    else:
        cli.output.line(record, _line(record))
    cli.end(Exit.PARTLY_DONE if made["rejected"] else Exit.DONE)


_TOLD = ("id", "task_id", "rows", "completed", "rejected", "pictures", "reused")


async def _rows(client: Any, table: str, bar: Bar) -> dict[str, Any]:
    """What the order is told of where they are. A file is uploaded."""
    if table == STDIN or Path(table).exists():
        found = inputs([table], TABLES, "stdin")
        if len(found) != 1:
            raise UsageError(
                f"{shown(table)} are {len(found)} files; name one of them."
            )

        def show(done: int, total: int | None) -> None:
            bar.update("sending", done, total, unit="B")

        one = found[0]
        file = await client.files.upload(
            source_of(one), name=one.name, on_progress=show
        )
        return {"file_id": file.id}
    if Path(table).suffix.lower() in TABLES:
        raise CommandError(
            f"{shown(table)} is not there. Look at the name.",
            Exit.NOT_FOUND,
            code="no_such_file",
        )
    return {"dataset_id": await client.datasets.id_of(table)}


async def _fetched(
    client: Any, made: dict[str, Any], wanted: Wanted, bar: Bar
) -> dict[str, Any]:
    """Where it was put."""
    record: dict[str, Any] = {"out": wanted.out}
    if made["completed"]:
        archive = client.merges.archive(made["id"])
        if wanted.out == fetching.STDOUT:
            await fetching.to_stdout(archive)
        else:
            await fetching.to_folder(archive, Path(wanted.out), bar)
        if wanted.sheet is not None:
            sheet = client.merges.contact_sheet(made["id"])
            await fetching.to_file(sheet, wanted.sheet, bar)
            record["sheet"] = str(wanted.sheet)
    if made["rejected"] and wanted.rejects is not None:
        fetching.folder_for(str(wanted.rejects.parent))
        await fetching.to_file(client.merges.rejects(made["id"]), wanted.rejects, bar)
        record["rejects"] = str(wanted.rejects)
    return record


async def _tell_reasons(client: Any, made: dict[str, Any], output: Output) -> None:
    rows = client.merges.rows(made["id"], state="rejected", limit=REASONS)
    for row in await rows.to_list(REASONS):
        at = f"line {row.line}"
        if row.error.column:
            at += f", {shown(row.error.column)}"
        output.warn(f"rejected: {at}: {shown(row.error.message)}")
    if (more := made["rejected"] - REASONS) > 0:
        output.warn(f"{text.number(more)} more rows are rejected.")


def _line(record: dict[str, Any]) -> str:
    parts = [
        f"{text.number(record['completed'])} of {text.number(record['rows'])} rows"
    ]
    parts.append(f"made into pictures in {shown(record['out'])}")
    told = " ".join(parts)
    if record["rejected"]:
        told += f"; {text.number(record['rejected'])} rejected"
    if "rejects" in record:
        told += f", which are in {shown(record['rejects'])}"
    return f"{told} ({record['id']})"
