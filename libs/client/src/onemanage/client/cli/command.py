"""How a command is declared: its example, the options of all, how it runs and ends."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer

from onemanage.client.cli.exits import Exit

Function = Callable[..., Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Common:
    """What may be said of every command."""

    json: bool = False
    quiet: bool = False
    profile: str | None = None
    server: str | None = None


_COMMON: dict[str, Any] = {
    "json": Annotated[bool, typer.Option("--json", help="One JSON object a line.")],
    "quiet": Annotated[
        bool,
        typer.Option("--quiet", "-q", help="No notes, no bars."),
    ],
    "profile": Annotated[
        str | None,
        typer.Option(
            help="As whom, where not the current one; ONEMANAGE_PROFILE says it too.",
            metavar="NAME",
        ),
    ],
    "server": Annotated[
        str | None,
        typer.Option(
            help="Address of the server, in place of the profile's.",
            metavar="URL",
        ),
    ],
}


def new_app(help: str, *, completes: bool = False) -> typer.Typer:
    """A group of commands. Plain help: rich takes as long again to import."""
    return typer.Typer(
        help=help,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=completes,
    )


def command(
    app: typer.Typer, name: str | None = None, *, example: str
) -> Callable[[Function], Function]:
    """Declare one: ``async def name(cli: Cli, …)``, its options as typer has them.

    ``example`` stands at the end of its help, a line each.
    """

    def declare(function: Function) -> Function:
        signature = inspect.signature(function)
        own = list(signature.parameters.values())[1:]
        common = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=False if name in ("json", "quiet") else None,
                annotation=annotation,
            )
            for name, annotation in _COMMON.items()
        ]
        keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]

        @wraps(function)
        def run(**given: Any) -> None:
            from onemanage.client.cli.session import execute

            said = Common(**{name: given.pop(name) for name in _COMMON})
            ended = execute(function, said, given)
            if ended is not Exit.DONE:
                raise typer.Exit(ended)

        del run.__wrapped__  # or typer looks behind it
        run.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*keyword, *common], return_annotation=None
        )
        run.__annotations__ = {one.name: one.annotation for one in [*keyword, *common]}
        lines = "\n".join(f"  {line}" for line in example.strip().splitlines())
        epilog = f"\b\nExample:\n{lines}"
        app.command(name, epilog=epilog, short_help=_first(function))(run)
        return function

    return declare


def _first(function: Function) -> str:
    """The first line of its docstring."""
    return (inspect.getdoc(function) or "").partition("\n")[0]
