"""The command ``onemanage``: its groups, and how it is entered.

A module of commands is imported when one of them is called: the help alone needs none.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from onemanage.client.cli.command import new_app

COMMANDS = {
    "login": ("access", "Keep a key of a server for the commands that follow."),
    "logout": ("access", "Forget the key of a profile."),
    "whoami": ("access", "Say whose key is used, where, and what it may do."),
    "psd": ("psd", "PSD and PSB documents: export, search, diff, render."),
    "image": ("image", "Images: run a recipe, change backgrounds, analyze."),
    "templates": ("templates", "Templates: list, slots, render, merge."),
    "import": ("imports", "Load tables from files into PostgreSQL."),
    "datasets": ("datasets", "Data sets: list, show, query, export, drop."),
    "files": ("files", "Files: upload, list, download, delete."),
    "tasks": ("tasks", "Tasks: list, show, watch, cancel, retry."),
    "webhooks": ("webhooks", "Webhooks: listen, list, create, test, delete."),
    "keys": ("keys", "API keys: list, create, revoke, rotate."),
    "members": ("members", "People: list, invite, role, remove."),
    "dead-letters": ("dead_letters", "Dead letters: list, show, replay, discard."),
    "open": ("doctor", "Open the server in a browser."),
    "doctor": ("doctor", "Look at server, key, clock and versions."),
}
"""In the order of the help: the module of each, and its line there."""

_HELP = (
    "OneManage from a shell: designs and data in, pictures and tables out.\n\n"
    "Begin with: onemanage login. Say onemanage COMMAND --help for more, and an example."
)
_EXITS = (
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 rate-limited,"
    " 6 task failed, 7 partly done, 130 interrupted."
)


def _version(is_asked: bool) -> None:
    if is_asked:
        from onemanage.client import __version__

        print(f"onemanage {__version__}")
        raise typer.Exit


def build(called: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command, with what is called; of all else it knows the name and the line."""
    app = new_app(_HELP, completes=True)

    @app.callback(epilog=_EXITS)
    def common(
        version: Annotated[
            bool,
            typer.Option(
                "--version", callback=_version, is_eager=True, help="Say the version."
            ),
        ] = False,
    ) -> None:
        """Nothing: what may stand before a command has a callback of its own."""

    modules = {COMMANDS[name][0] for name in called}
    declared: set[str] = set()
    for name, (module, line) in COMMANDS.items():
        if module not in modules:
            app.command(name, short_help=line)(_unloaded)
        elif module not in declared:
            declared.add(module)
            import_module(f"onemanage.client.cli.commands.{module}").declare(app)
    return app


def _unloaded() -> None:
    raise AssertionError("what is called is loaded")


def called_of(arguments: list[str]) -> Iterable[str]:
    """Which of the commands these arguments call; all where a shell completes them."""
    if "_ONEMANAGE_COMPLETE" in os.environ:
        return COMMANDS
    first = next((one for one in arguments if not one.startswith("-")), None)
    return [first] if first in COMMANDS else []


def main() -> None:
    """Run it, and end with its code."""
    try:
        build(called_of(sys.argv[1:]))(prog_name="onemanage")
    except BrokenPipeError:  # of the help, which nobody reads to its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
