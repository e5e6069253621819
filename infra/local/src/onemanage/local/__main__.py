"""`python -m onemanage.local`: OneManage on one machine."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer

from onemanage.local.addresses import UnreadableCredentials
from onemanage.local.demo import DemoFailed
from onemanage.local.demo import demo as run_demo
from onemanage.local.demo_merge import demo_merge as run_demo_merge
from onemanage.local.links import NoLink, NotStarted, link_to
from onemanage.local.nats import NODE_COUNTS, OtherNodeCount
from onemanage.local.postgres import NoUnprivilegedUser, Unreachable
from onemanage.local.runner import StartFailed
from onemanage.local.servers import MissingKeys
from onemanage.local.up import (
    DATA_DIR,
    PORT,
    AlreadyRunning,
    PortTaken,
    environment,
)
from onemanage.local.up import up as run_up

app = typer.Typer(
    help="OneManage on one machine: its servers and every service, supervised.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
TOLD = (
    AlreadyRunning,
    DemoFailed,
    MissingKeys,
    NoLink,
    NoUnprivilegedUser,
    NotStarted,
    OtherNodeCount,
    PortTaken,
    StartFailed,
    Unreachable,
    UnreadableCredentials,
)


def one_or_three(nodes: int) -> int:
    """The number again. Raises BadParameter for any other."""
    if nodes not in NODE_COUNTS:
        raise typer.BadParameter("1 or 3; two nodes would both be needed")
    return nodes


DataDir = Annotated[
    Path, typer.Option(envvar="DATA_DIR", help="Where all data is kept.")
]
Port = Annotated[int, typer.Option(envvar="PORT", help="Where the gateway listens.")]


@app.command()
def up(
    data_dir: DataDir = Path(DATA_DIR),
    port: Port = PORT,
    nodes: Annotated[
        int,
        typer.Option(envvar="NODES", callback=one_or_three, help="Of NATS: 1 or 3."),
    ] = 1,
    elastic: Annotated[
        Literal["", "local"],
        typer.Option(
            envvar="ELASTIC", help="local: workers come and go as there is work."
        ),
    ] = "",
) -> None:
    """Run everything in the foreground until Ctrl-C; the data stays."""
    try:
        anyio.run(run_up, data_dir, port, print, nodes, bool(elastic))
    except TOLD as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def env(data_dir: DataDir = Path(DATA_DIR), port: Port = PORT) -> None:
    """Print what a shell evaluates to use what runs there, by the command onemanage."""
    try:
        for line in environment(data_dir, port):
            print(line)
    except TOLD as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def link(data_dir: DataDir = Path(DATA_DIR), port: Port = PORT) -> None:
    """Print an address that signs a browser in to what runs there, once."""
    try:
        print(anyio.run(link_to, data_dir, port))
    except TOLD as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def demo(
    file: Annotated[
        Path | None,
        typer.Option(help="A PSD or PSB; by default a poster that is made here."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where layers, composite and manifest are saved.")
    ] = Path("demo-out"),
) -> None:
    """Upload one document, fetch all that is promised of it, and stop again."""
    if file is not None and not file.is_file():
        print(f"{file} is no file", file=sys.stderr)
        raise typer.Exit(2)
    try:
        anyio.run(run_demo, file, out, print)
    except TOLD as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


@app.command("demo-merge")
def demo_merge(
    out: Annotated[
        Path, typer.Option(help="Where the sheet, pictures and rejects are saved.")
    ] = Path("demo-out"),
) -> None:
    """Fill a template with sixty rows, fetch what comes of it, and stop again."""
    try:
        anyio.run(run_demo_merge, out, print)
    except TOLD as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
