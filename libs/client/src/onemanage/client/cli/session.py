"""One command under way: its output, its client, and what ends it."""

import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onemanage.client.cli.errors import exit_of, record_of, told
from onemanage.client.cli.exits import CommandError, Exit
from onemanage.client.cli.orders import Orders
from onemanage.client.cli.output import Output
from onemanage.client.cli.profiles import DEFAULT_SERVER, Profile, Profiles
from onemanage.client.cli.running import Interrupted, Loop
from onemanage.client.cli.text import shown

if TYPE_CHECKING:
    from onemanage.client import AsyncOneManage
    from onemanage.client.cli.command import Common

Main = Callable[..., Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Entrance:
    """Which server, with which key, and who has said so."""

    server: str
    key: str
    said_by: str
    profile: str | None = None


class Cli:
    """What a command is given: where to write, and the client when it asks for it."""

    def __init__(self, common: "Common", output: Output) -> None:
        self.common, self.output = common, output
        self.profiles = Profiles()
        self.orders = Orders(output)
        self.ended = Exit.DONE
        """What the command ends with where nothing is raised."""

    @property
    def named_profile(self) -> str | None:
        """That which the command line or the environment names."""
        return self.common.profile or os.environ.get("ONEMANAGE_PROFILE") or None

    @property
    def named_server(self) -> str | None:
        """That which the command line or the environment names."""
        return self.common.server or os.environ.get("ONEMANAGE_URL") or None

    def entrance(self) -> Entrance:
        """The option, else the environment, else the profile.

        Raises CommandError where there is no key.
        """
        named, server = self.named_profile, self.named_server
        key = os.environ.get("ONEMANAGE_API_KEY")
        if key and not self.common.profile:
            at = server or DEFAULT_SERVER
            return Entrance(at.rstrip("/"), key.strip(), "ONEMANAGE_API_KEY")
        name = named or self.profiles.current()
        if not named and name not in self.profiles.all():
            raise CommandError(
                "There is no key yet. Log in (onemanage login), or set ONEMANAGE_API_KEY"
                " and ONEMANAGE_URL.",
                Exit.NOT_ALLOWED,
                code="no_key",
            )
        profile = self.profiles.get(name)
        self._same_server(server, name, profile)
        key = self.profiles.key_of(name)
        return Entrance(profile.server, key, f"profile {name}", name)

    def _same_server(self, server: str | None, name: str, profile: Profile) -> None:
        """A key goes to the server that it is for, and to no other."""
        if server and server.rstrip("/") != profile.server:
            raise CommandError(
                f"The key of the profile {name} is for {shown(profile.server)}, and is"
                f" not sent to {shown(server)}. Log in there: onemanage login --server"
                f" {shown(server)} --profile NAME",
                Exit.USAGE,
                code="other_server",
            )

    @asynccontextmanager
    async def client(
        self, retries: int | None = None
    ) -> AsyncIterator["AsyncOneManage"]:
        """The client of the profile, closed afterwards."""
        from onemanage.client import AsyncOneManage

        entrance = self.entrance()
        async with AsyncOneManage(
            entrance.key, url=entrance.server, retries=retries
        ) as client:
            yield client

    def end(self, exit: Exit) -> None:
        """The command is through, and ends with this code."""
        self.ended = exit


def execute(function: Main, common: "Common", given: Mapping[str, Any]) -> Exit:
    """Run a command and say how it ended. Raises nothing that a user has caused."""
    output = Output(is_json=common.json, is_quiet=common.quiet)
    _any_text()
    _be_quiet()
    try:
        cli = Cli(common, output)
        Loop(cli.orders.last_words).run(lambda: function(cli, **given))
        sys.stdout.flush()
        return cli.ended
    except BrokenPipeError:
        _reader_gone()
        return Exit.READER_GONE
    except Interrupted as error:
        with suppress(OSError):
            output.error("Interrupted.", record_of(error))
        return error.exit
    except Exception as error:
        if not _is_told(error):
            raise
        with suppress(OSError):
            output.error(told(error), record_of(error))
        return exit_of(error)


def _is_told(error: Exception) -> bool:
    """Whether its words are for users. All others are faults of ours, with a trace."""
    from onemanage.client.errors import OneManageError

    return isinstance(error, (CommandError, OneManageError, OSError))


def _be_quiet() -> None:
    """Libraries tell their retries to whoever reads logs; nobody does here."""
    logging.getLogger("stamina").setLevel(logging.CRITICAL)


def _any_text() -> None:
    """What the encoding of the terminal lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _reader_gone() -> None:
    """Nothing is written any more, not what waits in the buffer either."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
