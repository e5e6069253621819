"""``webhooks``: events of the workspace, at an address of yours."""

from typing import Annotated, Optional

import typer

from onemanage.client.cli import text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Yes
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.session import Cli

Id = Annotated[str, typer.Argument(metavar="ID", help="whk_…")]
Events = Annotated[
    Optional[list[str]],
    typer.Option("--event", help="Like this, as psd.* or *.failed. Again for more."),
]


async def listen(
    cli: Cli,
    forward: Annotated[
        str,
        typer.Option("--forward", metavar="URL", help="Where your receiver listens."),
    ],
    event: Events = None,
    secret: Annotated[
        Optional[str],
        typer.Option(
            envvar="WEBHOOK_SECRET", help="whsec_…; one is made up where not said."
        ),
    ] = None,
) -> None:
    """Forward events to an address of this machine, signed as webhooks are.

    For trying a receiver out: nothing has to be reachable from outside, and no webhook
    is made at the server. Progress is forwarded where --event ends in .progress alone.
    """
    from onemanage.client.cli.forwarding import Forwarding

    if not forward.startswith(("http://", "https://")):
        raise UsageError(f"{text.shown(forward)} is no address: http://127.0.0.1:9000/")
    async with cli.client() as client:
        await Forwarding(cli, forward, event or ["*"], secret).follow(client)


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List webhooks, and whether they work."""
    async with cli.client() as client:
        found = client.webhooks.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="webhooks")


async def create(
    cli: Cli,
    url: Annotated[str, typer.Argument(help="http or https, on a public network.")],
    event: Events = None,
) -> None:
    """Have events posted to an address. The secret is shown now and never again."""
    async with cli.client() as client:
        made = (await client.webhooks.create(url=url, events=event or ["*"])).to_dict()
    cli.output.note(f"{made['id']}. The secret is shown now and never again:")
    cli.output.line(made, made["secret"])


async def test(cli: Cli, webhook: Id) -> None:
    """Send a test event."""
    async with cli.client() as client:
        sent = (await client.webhooks.test(webhook)).to_dict()
    cli.output.line(sent, f"{sent['id']} {sent['state']}")


async def delete(cli: Cli, webhook: Id, yes: Yes = False) -> None:
    """Post nothing more there."""
    confirmed(cli.output, f"Delete the webhook {text.shown(webhook)}?", yes=yes)
    async with cli.client() as client:
        await client.webhooks.delete(webhook)
    cli.output.line({"id": webhook}, f"{text.shown(webhook)}: deleted")


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Webhooks: listen, list, create, test, delete.")
    app.add_typer(group, name="webhooks")
    command(
        group,
        example="onemanage webhooks listen --forward http://127.0.0.1:9000/hooks"
        " --event 'psd.*' --event '*.failed'",
    )(listen)
    command(group, "list", example="onemanage webhooks list")(list_)
    command(
        group,
        example="onemanage webhooks create https://example.com/hooks --event '*.failed'",
    )(create)
    command(group, example="onemanage webhooks test whk_…")(test)
    command(group, example="onemanage webhooks delete whk_…")(delete)


_LISTED = [
    column("url"),
    Column("events", lambda record: " ".join(record["events"])),
    Column("failing", lambda record: text.moment(record.get("failing_since"))),
    Column("off", lambda record: record.get("disabled_reason") or "-"),
    column("id"),
]
