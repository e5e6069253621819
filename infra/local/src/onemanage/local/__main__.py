"""`python -m onemanage.local`: OneManage on one machine."""

import sys
from pathlib import Path
from typing import Annotated

import anyio
import typer

from onemanage.local.addresses import UnreadableCredentials
from onemanage.local.demo import DemoFailed
from onemanage.local.demo import demo as run_demo
from onemanage.local.nats import NODE_COUNTS, OtherNodeCount
from onemanage.local.postgres import NoUnprivilegedUser, Unreachable
from onemanage.local.runner import StartFailed
from onemanage.local.servers import MissingKeys
from onemanage.local.up import AlreadyRunning, PortTaken
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
    NoUnprivilegedUser,
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


@app.command()
def up(
    data_dir: Annotated[
        Path, typer.Option(envvar="DATA_DIR", help="Where all data is kept.")
    ] = Path(".onemanage"),
    port: Annotated[
        int, typer.Option(envvar="PORT", help="Where the gateway listens.")
    ] = 8000,
    nodes: Annotated[
        int,
        typer.Option(envvar="NODES", callback=one_or_three, help="Of NATS: 1 or 3."),
    ] = 1,
) -> None:
    """Run everything in the foreground until Ctrl-C; the data stays."""
    try:
        anyio.run(run_up, data_dir, port, print, nodes)
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


if __name__ == "__main__":
    app()
