"""``members``: people of the workspace; takes the scope admin."""

from typing import Annotated, Any, Literal

import typer

from onemanage.client.cli import text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import CommandError, Exit
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Yes
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.session import Cli

Role = Literal["owner", "member", "viewer"]
Who = Annotated[str, typer.Argument(metavar="PERSON", help="E-mail, or usr_….")]


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List the members of the workspace."""
    async with cli.client() as client:
        found = client.members.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="members")


async def invite(
    cli: Cli,
    email: Annotated[str, typer.Argument(help="Of whom.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = "member",
) -> None:
    """Invite a person. Pass the token on yourself: no mail is sent."""
    async with cli.client() as client:
        made: dict[str, Any] = (
            await client.invitations.create(email=email, role=role)
        ).to_dict()
    cli.output.note(
        f"{text.shown(email)} may join as {role} until"
        f" {text.moment(made['expires_at'])}. The token is shown now and never again:"
    )
    cli.output.line(made, made["token"])


async def invitations(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List the invitations that are open."""
    columns = [column("email"), column("role"), column("expires_at"), column("id")]
    async with cli.client() as client:
        found = client.invitations.list(limit=min(limit, PAGE))
        await table(
            cli, found, columns, limit=limit, all=everything, what="invitations"
        )


async def withdraw(
    cli: Cli, invitation: Annotated[str, typer.Argument(help="inv_…")]
) -> None:
    """Take an invitation back."""
    async with cli.client() as client:
        await client.invitations.withdraw(invitation)
    cli.output.line({"id": invitation}, f"{text.shown(invitation)}: taken back")


async def role(
    cli: Cli,
    who: Who,
    role: Annotated[Role, typer.Argument(help="What they may do.")],
) -> None:
    """Let a member do more or less."""
    async with cli.client() as client:
        member = await client.members.set_role(await _id_of(client, who), role=role)
    told = member.to_dict()
    cli.output.line(told, f"{text.shown(told['email'])} is {told['role']}")


async def remove(cli: Cli, who: Who, yes: Yes = False) -> None:
    """Take a person out of the workspace; their sessions end."""
    confirmed(cli.output, f"Remove {text.shown(who)} from the workspace?", yes=yes)
    async with cli.client() as client:
        user_id = await _id_of(client, who)
        await client.members.remove(user_id)
    cli.output.line({"user_id": user_id}, f"{text.shown(who)}: removed")


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("People: list, invite, role, remove.")
    app.add_typer(group, name="members")
    command(group, "list", example="onemanage members list")(list_)
    command(group, example="onemanage members invite ada@example.com --role owner")(
        invite
    )
    command(group, example="onemanage members invitations")(invitations)
    command(group, example="onemanage members withdraw inv_…")(withdraw)
    command(group, example="onemanage members role ada@example.com viewer")(role)
    command(group, example="onemanage members remove ada@example.com")(remove)


async def _id_of(client: Any, who: str) -> str:
    if who.startswith("usr_"):
        return who
    async for member in client.members.list(limit=PAGE):
        if member.email.lower() == who.lower():
            return str(member.user_id)
    raise CommandError(
        f"No member is called {text.shown(who)}. See: onemanage members list",
        Exit.NOT_FOUND,
        code="not_found",
    )


_LISTED = [
    column("email"),
    column("name"),
    column("role"),
    Column("since", lambda record: text.moment(record["created_at"])),
    column("user_id"),
]
