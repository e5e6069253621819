"""``doctor`` and ``open``: is all well, and where is it to be seen."""

from typing import Annotated, Optional

import typer

from onemanage.client.cli.command import command
from onemanage.client.cli.exits import Exit
from onemanage.client.cli.session import Cli
from onemanage.client.cli.text import shown

_CONSOLE = "/console"
_DOCS = "/docs"


async def doctor(cli: Cli) -> None:
    """Look at server, key, clock and versions.

    Says of each what to do. Ends with 1 where something is wrong.
    """
    from onemanage.client.cli.checks import every_check

    ended = Exit.DONE
    async for check in every_check(cli):
        mark = {"ok": "ok  ", "warning": "!   ", "wrong": "✗   "}[check.state]
        advice = f"\n      {check.advice}" if check.advice else ""
        text = f"{mark}{check.name:<8} {check.found}{advice}"
        cli.output.line(check.record(), text)
        if check.state == "wrong":
            ended = Exit.FAILED
    cli.end(ended)


async def open_(
    cli: Cli,
    resource: Annotated[
        Optional[str], typer.Argument(metavar="[ID]", help="Of what to look at.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--print", help="Say the address, open nothing.")
    ] = False,
) -> None:
    """Open the server in a browser.

    Its console, or the API's description where it has none.
    """
    import asyncio
    import webbrowser

    import httpx

    server = cli.entrance().server
    async with httpx.AsyncClient(timeout=10) as http:
        try:
            has_console = (await http.get(server + _CONSOLE)).status_code < 400
        except httpx.HTTPError:
            has_console = False
    place = _CONSOLE if has_console else _DOCS
    url = f"{server}{place}" + (f"/{resource}" if resource and has_console else "")
    cli.output.line({"url": url}, shown(url))
    if not show and cli.output.is_terminal:
        opened = await asyncio.to_thread(webbrowser.open, url)
        if not opened:
            cli.output.note("There is no browser here: open the address in yours.")


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    command(app, "open", example="onemanage open\nonemanage open --print")(open_)
    command(app, example="onemanage doctor\nonemanage doctor --json")(doctor)
