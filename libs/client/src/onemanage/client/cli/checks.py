"""What ``doctor`` looks at. Each check says what it found and what to do."""

import os
import platform
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, Optional

from onemanage.client.cli import text
from onemanage.client.cli.errors import told
from onemanage.client.cli.exits import CommandError
from onemanage.client.cli.profiles import DEFAULT_SERVER
from onemanage.client.cli.session import Cli, Entrance

if TYPE_CHECKING:
    import httpx

API_VERSION = "1"
"""Of the API that this client is made for."""
SKEW_SECONDS = 60.0
"""From then on addresses of uploads and webhooks are refused sooner than they should."""
_TIMEOUT = 10.0


@dataclass(frozen=True)
class Check:
    """One of them."""

    name: str
    state: Literal["ok", "warning", "wrong"]
    found: str
    advice: str = ""

    def record(self) -> dict[str, Any]:
        """For programs."""
        return {name: one for name, one in asdict(self).items() if one}


async def every_check(cli: Cli) -> AsyncIterator[Check]:
    """All that can be looked at, the nearest first; no server, and the rest is left."""
    import httpx

    from onemanage.client import __version__

    yield Check("command", "ok", f"onemanage {__version__}, Python {_python()}")
    yield _settings(cli)
    entrance = Entrance(cli.named_server or DEFAULT_SERVER, "", "nothing that was said")
    no_key: CommandError | None = None
    try:
        entrance = cli.entrance()
    except CommandError as error:
        no_key = error
    async with httpx.AsyncClient(timeout=_TIMEOUT, base_url=entrance.server) as http:
        begun = time.time()
        try:
            ready = await http.get("/readyz")
        except httpx.HTTPError as error:
            yield _no_server(entrance, error)
            return
        yield server(ready, entrance, time.time() - begun)
        if (
            found := clock(ready.headers.get("date"), (begun + time.time()) / 2)
        ) is not None:
            yield found
        yield await _version(http)
    if no_key is not None:
        yield Check("key", "wrong", "there is none to use", str(no_key))
    else:
        yield await _key(entrance)


def _settings(cli: Cli) -> Check:
    if not cli.profiles.is_private():
        advice = f"Others can read the key: chmod 600 {cli.profiles.path}"
        return Check(
            "profile", "wrong", f"{cli.profiles.path} is open to others", advice
        )
    name = cli.named_profile or cli.profiles.current()
    if os.environ.get("ONEMANAGE_API_KEY") and not cli.common.profile:
        return Check("profile", "ok", "the key is that of ONEMANAGE_API_KEY")
    known = cli.profiles.all().get(name)
    where = "none yet" if known is None else f"{name}, its key in the {known.kept_in}"
    return Check("profile", "ok", text.shown(where))


def server(ready: "httpx.Response", entrance: Entrance, seconds: float) -> Check:
    """Whether it is one of OneManage, and all of it is up."""
    at = text.shown(entrance.server)
    try:
        said = ready.json()
        status = str(said["status"])
    except (ValueError, KeyError, TypeError):
        advice = "Look at the address: something else listens there."
        found = f"{at} answers {ready.status_code}, and not as OneManage does"
        return Check("server", "wrong", found, advice)
    if status not in ("ok", "ready"):
        down = ", ".join(
            f"{name} ({why})" for name, why in (said.get("down") or {}).items()
        )
        return Check(
            "server",
            "wrong",
            f"{at} is there, and not ready: {text.shown(down)}",
            "Its operator has to look at that.",
        )
    if trouble := said.get("trouble"):
        return Check("server", "warning", text.shown(trouble), "Tell its operator.")
    return Check("server", "ok", f"{at} answers in {seconds * 1000:.0f} ms")


def _no_server(entrance: Entrance, error: Exception) -> Check:
    at = text.shown(entrance.server)
    return Check(
        "server",
        "wrong",
        f"{at} does not answer: {text.shown(error) or type(error).__name__}",
        f"Start it (make up), or say where it is: --server, ONEMANAGE_URL, or log in"
        f" there. The address is from {entrance.said_by}.",
    )


def clock(date: Optional[str], now: float) -> Optional[Check]:
    """Whether this machine's clock and the server's agree; nothing without a Date."""
    if not date:
        return None
    try:
        skew = (
            now - parsedate_to_datetime(date).timestamp() - 0.5
        )  # it tells whole ones
    except ValueError:
        return None
    if abs(skew) <= SKEW_SECONDS:
        return Check(
            "clock", "ok", f"within {max(1, round(abs(skew)))} s of the server's"
        )
    way = "ahead of" if skew > 0 else "behind"
    return Check(
        "clock",
        "wrong",
        f"{text.duration(abs(skew))} {way} the server's",
        "Set the clock (timedatectl set-ntp true): signatures and expiries go by it.",
    )


async def _key(entrance: Entrance) -> Check:
    from onemanage.client import AsyncOneManage
    from onemanage.client.errors import OneManageError, Unauthenticated

    try:
        async with AsyncOneManage(
            entrance.key, url=entrance.server, retries=0
        ) as client:
            me = await client.me.get()
    except Unauthenticated as error:
        advice = "Log in with another one: onemanage login"
        return Check("key", "wrong", f"{told(error)} ({entrance.said_by})", advice)
    except OneManageError as error:
        return Check("key", "wrong", told(error))
    scopes = ", ".join(map(str, me.scopes))
    if not {"read", "write"} <= set(map(str, me.scopes)):
        advice = (
            "Some commands need more: an administrator of the workspace can give it."
        )
        return Check("key", "warning", f"it may only {scopes}", advice)
    return Check("key", "ok", f"good for {scopes} in {text.shown(me.workspace_id)}")


async def _version(http: "httpx.AsyncClient") -> Check:
    import httpx

    try:
        told_version = str((await http.get("/openapi.json")).json()["info"]["version"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        why = text.shown(str(error) or type(error).__name__)  # a timeout says nothing
        return Check("API", "warning", f"its version is not told: {why}")
    if told_version == API_VERSION:
        return Check("API", "ok", f"version {told_version}, that of this command")
    return Check(
        "API",
        "warning",
        f"version {text.shown(told_version)}, and this command is made for {API_VERSION}",
        "Install the command of the server's release: pip install -U onemanage-client",
    )


def _python() -> str:
    return f"{platform.python_version()} on {platform.system()}"
