"""``login``, ``logout``, ``whoami``: with which key one is where."""

import getpass
import sys
from typing import Annotated, Any

import typer

from onemanage.client.cli.command import command
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.output import column
from onemanage.client.cli.profiles import (
    DEFAULT_PROFILE,
    DEFAULT_SERVER,
    Profile,
    checked_name,
)
from onemanage.client.cli.running import waiting_for_people
from onemanage.client.cli.session import Cli
from onemanage.client.cli.text import shown

_SHOWN = len("om_live_") + 4


async def login(cli: Cli) -> None:
    """Keep a key of a server for the commands that follow.

    Asks for the key on a terminal and does not show it; reads it from standard input
    otherwise. It is tried before it is kept: in the keyring where there is one, else in
    a file that nobody else can read.
    """
    name = checked_name(cli.named_profile or DEFAULT_PROFILE)
    known = cli.profiles.all().get(name)
    server = cli.named_server or (known.server if known else DEFAULT_SERVER)
    key = _read_key(server)
    me = await _tried(server, key)
    profile = Profile(
        server=server.rstrip("/"),
        workspace_id=str(me["workspace_id"]),
        begins_with=key[:_SHOWN],
    )
    kept = cli.profiles.save(name, profile, key)
    cli.profiles.use(name)
    where = "the keyring" if kept.kept_in == "keyring" else str(cli.profiles.path)
    record = {"profile": name, "kept_in": kept.kept_in, **_told(profile), **me}
    scopes = ", ".join(me["scopes"])
    cli.output.line(
        record,
        f"Logged in to {shown(profile.server)} as profile {name}: workspace"
        f" {shown(profile.workspace_id)}, {scopes}. The key is in {where}.",
    )


async def logout(
    cli: Cli,
    everything: Annotated[bool, typer.Option("--all", help="Every profile.")] = False,
) -> None:
    """Forget the key of a profile.

    The key stays good at the server: onemanage keys revoke ends it.
    """
    known = cli.profiles.all()
    names = (
        sorted(known) if everything else [cli.named_profile or cli.profiles.current()]
    )
    if not everything and not cli.named_profile and names[0] not in known:
        cli.output.note("Nobody is logged in.")
        return
    for name in names:
        cli.profiles.remove(name)
        cli.output.line(
            {"profile": name}, f"The key of the profile {name} is forgotten."
        )


async def whoami(
    cli: Cli,
    everything: Annotated[
        bool, typer.Option("--all", help="List the profiles, without asking servers.")
    ] = False,
) -> None:
    """Say whose key is used, where, and what it may do."""
    if everything:
        current = cli.profiles.current()
        records = [
            {
                "profile": name,
                **_told(profile),
                "kept_in": profile.kept_in,
                "is_current": name == current,
            }
            for name, profile in sorted(cli.profiles.all().items())
        ]
        names = ("profile", "server", "workspace_id", "begins_with", "kept_in")
        cli.output.table(
            records, [*map(column, names), column("is_current", "current")]
        )
        return
    entrance = cli.entrance()
    async with cli.client() as client:
        me: dict[str, Any] = (await client.me.get()).to_dict()
    who = me.get("email") or f"API key {entrance.key[:_SHOWN]}…"
    record = {"server": entrance.server, "said_by": entrance.said_by, **me}
    cli.output.line(
        record,
        f"{shown(who)} at {shown(entrance.server)}, workspace"
        f" {shown(me['workspace_id'])}: {', '.join(me['scopes'])}"
        f" (from {entrance.said_by})",
    )


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    command(
        app,
        example="onemanage login --server https://onemanage.example.com\n"
        "onemanage login --profile shop < key.txt",
    )(login)
    command(app, example="onemanage logout --profile shop")(logout)
    command(app, example="onemanage whoami\nonemanage whoami --all")(whoami)


def _read_key(server: str) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        key = "" if sys.stdin is None else sys.stdin.read().strip()
        where = "standard input"
    else:
        with waiting_for_people():
            key = getpass.getpass(f"API key of {shown(server)} (it is not shown): ")
        key, where = key.strip(), "the answer"
    if not key:
        raise UsageError(f"There is no key: {where} is empty.")
    if any(sign.isspace() for sign in key):
        raise UsageError(
            f"{where.capitalize()} is more than one word, so it is no key."
        )
    return key


async def _tried(server: str, key: str) -> dict[str, Any]:
    from onemanage.client import AsyncOneManage

    async with AsyncOneManage(key, url=server, retries=0) as client:
        me: dict[str, Any] = (await client.me.get()).to_dict()
    return me


def _told(profile: Profile) -> dict[str, Any]:
    return {
        "server": profile.server,
        "workspace_id": profile.workspace_id,
        "begins_with": profile.begins_with,
    }
