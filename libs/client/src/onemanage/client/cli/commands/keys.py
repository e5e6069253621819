"""``keys``: the API keys of the workspace; takes the scope admin."""

from typing import Annotated, Any, Optional

import typer

from onemanage.client.cli import text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.given import given
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Yes
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.session import Cli

Id = Annotated[str, typer.Argument(metavar="ID", help="key_…")]


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List API keys, the newest first, ended ones too."""
    async with cli.client() as client:
        found = client.keys.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="keys")


async def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        Optional[list[str]],
        typer.Option(help="read, write, admin; the first two where not said."),
    ] = None,
    network: Annotated[
        Optional[list[str]],
        typer.Option(help="Where it may be used from, as 203.0.113.0/24."),
    ] = None,
    expires: Annotated[
        Optional[str], typer.Option(help="When, as 2030-01-31T00:00:00Z.")
    ] = None,
) -> None:
    """Make a key. It is shown now and never again."""
    asked = given(scopes=scope, networks=network, expires_at=expires)
    async with cli.client() as client:
        _tell_new(cli, (await client.keys.create(name=name, **asked)).to_dict())


async def revoke(cli: Cli, key: Id, yes: Yes = False) -> None:
    """End a key: within two seconds it is good for nothing."""
    confirmed(cli.output, f"End the key {text.shown(key)}, for good?", yes=yes)
    async with cli.client() as client:
        await client.keys.revoke(key)
    cli.output.line({"id": key, "revoked": True}, f"{text.shown(key)}: ended")


async def rotate(cli: Cli, key: Id) -> None:
    """Give a key a successor; for an hour both are good."""
    async with cli.client() as client:
        _tell_new(cli, (await client.keys.rotate(key)).to_dict())


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("API keys: list, create, revoke, rotate.")
    app.add_typer(group, name="keys")
    command(group, "list", example="onemanage keys list")(list_)
    command(
        group,
        example="onemanage keys create shop --scope read --scope write\n"
        "onemanage keys create reports --scope read --json",
    )(create)
    command(group, example="onemanage keys revoke key_…")(revoke)
    command(group, example="onemanage keys rotate key_…")(rotate)


def _tell_new(cli: Cli, key: dict[str, Any]) -> None:
    cli.output.note(
        f"{text.shown(key['name'])} ({key['id']}), {', '.join(key['scopes'])}. The key"
        " is shown now and never again:"
    )
    cli.output.line(key, key["key"])


_LISTED = [
    column("name"),
    column("begins_with", "begins with"),
    Column("scopes", lambda record: " ".join(record["scopes"])),
    Column("used", lambda record: text.moment(record.get("last_used_at"))),
    Column("expires", lambda record: text.moment(record.get("expires_at"))),
    Column("ended", lambda record: text.moment(record.get("revoked_at"))),
    column("id"),
]
