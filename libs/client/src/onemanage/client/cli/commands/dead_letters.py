"""``dead-letters``: what nobody could settle; for the owner of the installation."""

from typing import Annotated, Any, Optional

import typer

from onemanage.client.cli import text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.given import given
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Yes
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.session import Cli

Reason = Annotated[
    Optional[str],
    typer.Option(
        help="raised, timeout, crashed, invalid, newer, unknown or max_deliveries."
    ),
]
Task = Annotated[Optional[str], typer.Option("--task", help="Of one task.")]
Subject = Annotated[
    Optional[str], typer.Option(help="Of the message; * and > as in NATS.")
]
Ids = Annotated[Optional[list[int]], typer.Argument(metavar="[ID...]", help="Numbers.")]
Every = Annotated[bool, typer.Option("--all", help="All that there are.")]


async def list_(
    cli: Cli,
    reason: Reason = None,
    task: Task = None,
    subject: Subject = None,
    limit: Limit = 50,
    everything: All = False,
) -> None:
    """List dead letters, the oldest first."""
    fits = given(reason=reason, task_id=task, subject=subject)
    async with cli.client() as client:
        found = client.dead_letters.list(**fits, limit=min(limit, PAGE))
        await table(
            cli, found, _LISTED, limit=limit, all=everything, what="dead letters"
        )


async def show(
    cli: Cli,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers.")],
) -> None:
    """Open dead letters: what they said, and the traceback."""
    async with cli.client() as client:
        for letter_id in ids:
            letter = (await client.dead_letters.get(letter_id)).to_dict()
            told = [f"{name}: {text.shown(one)}" for name, one in letter.items()]
            cli.output.line(letter, "\n".join(told))


async def replay(
    cli: Cli,
    ids: Ids = None,
    reason: Reason = None,
    task: Task = None,
    subject: Subject = None,
    everything: Every = False,
) -> None:
    """Run their tasks again, or give their handlers the events again."""
    fits = _fits(ids, reason, task, subject, everything)
    async with cli.client() as client:
        if not ids:
            _tell_replayed(
                cli, (await client.dead_letters.replay_all(**fits)).to_dict()
            )
        for letter_id in ids or []:
            _tell_replayed(cli, (await client.dead_letters.replay(letter_id)).to_dict())


async def discard(
    cli: Cli,
    ids: Ids = None,
    reason: Reason = None,
    task: Task = None,
    subject: Subject = None,
    everything: Every = False,
    yes: Yes = False,
) -> None:
    """Throw dead letters away, for good."""
    fits = _fits(ids, reason, task, subject, everything)
    what = f"{len(ids)} dead letters" if ids else "all dead letters that fit"
    confirmed(cli.output, f"Throw {what} away, for good?", yes=yes)
    count = 0
    async with cli.client() as client:
        if not ids:
            confirm = None if fits else "all"
            gone = await client.dead_letters.discard_all(**fits, confirm=confirm)
            count = gone.discarded
        for letter_id in ids or []:
            count += (await client.dead_letters.discard(letter_id)).discarded
    cli.output.line({"discarded": count}, f"{count} thrown away")


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Dead letters: list, show, replay, discard.")
    app.add_typer(group, name="dead-letters")
    command(group, "list", example="onemanage dead-letters list --reason crashed")(
        list_
    )
    command(group, example="onemanage dead-letters show 12")(show)
    command(
        group,
        example="onemanage dead-letters replay 12 13\n"
        "onemanage dead-letters replay --reason timeout",
    )(replay)
    command(group, example="onemanage dead-letters discard --all --yes")(discard)


def _fits(
    ids: Optional[list[int]],
    reason: Optional[str],
    task: Optional[str],
    subject: Optional[str],
    everything: bool,
) -> dict[str, Any]:
    """Raises UsageError where nothing says which, or two things do."""
    fits = given(reason=reason, task_id=task, subject=subject)
    if bool(ids) + bool(fits) + everything != 1:
        raise UsageError(
            "Say which: numbers; --reason, --task or --subject; or --all alone."
        )
    return fits


def _tell_replayed(cli: Cli, told: dict[str, Any]) -> None:
    skipped = ", ".join(f"{count} {why}" for why, count in told["skipped"].items())
    failed = f", {told['failed']} failed again" if told["failed"] else ""
    left = f", left: {text.shown(skipped)}" if skipped else ""
    cli.output.line(told, f"{told['replayed']} replayed{failed}{left}")


_LISTED = [
    column("id", right=True),
    Column("time", lambda record: text.moment(record["time"])),
    column("reason"),
    column("subject"),
    column("task_id"),
    Column("error", lambda record: str(record["error"]).partition("\n")[0], brief=True),
]
