"""Groups as containers of one engine, by the API of Docker, which Podman has too.

What is a group of ours is known by its labels. A name is given once: two orders of the
same token end as one container.
"""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from onemanage.elastic.drivers.driver import (
    DriverAway,
    GroupOrder,
    GroupState,
    SeenGroup,
    StartRefused,
)
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.settings import DockerSettings

INSTALLATION, TOKEN = "onemanage.installation", "onemanage.token"
SERVICE, SIZE = "onemanage.service", "onemanage.size"
_API = "/v1.41"
"""Of Docker 20.10 and Podman 4."""
_GRACE = 60
"""Seconds from SIGTERM to SIGKILL."""
_HANDING_OVER = 10
_KEPT = 300.0
_SECONDS = 30.0
_OUTSIDE = ("imaging", "data-import")
_NOT_MODIFIED, _NOT_FOUND = 304, 404


class DockerDriver:
    """See ``driver.Driver``."""

    def __init__(
        self, client: httpx.AsyncClient, settings: DockerSettings, launch: Launch
    ) -> None:
        self._client, self._settings, self._launch = client, settings, launch
        self._ended: dict[str, float] = {}
        self._asked_to_end: dict[str, float] = {}
        """When, by the provider's id."""

    async def start(self, order: GroupOrder) -> SeenGroup:
        """As the protocol has it; what the engine says is in the error's text."""
        asked = self._asked(order)
        made = await self._call(
            "POST", "/containers/create", params={"name": order.name}, json=asked
        )
        # Who died, or asked at the same time, may have made it before; engines have
        # different words for that.
        if not made.is_success and await self._found(order) is None:
            raise _refusal(made)
        if order.service in _OUTSIDE:
            await self._let_out(order)
        begun = await self._call("POST", f"/containers/{order.name}/start")
        if not begun.is_success and begun.status_code != _NOT_MODIFIED:
            raise _refusal(begun)
        if (group := await self._found(order)) is None:
            raise DriverAway(f"{order.name} was started, and is not there")
        return group

    async def _let_out(self, order: GroupOrder) -> None:
        network = self._settings.elastic_docker_outside
        asked = {"Container": order.name}
        path = f"/networks/{network}/connect"
        joined = await self._call("POST", path, json=asked)
        # An order that is repeated finds it there, which engines word differently.
        if not joined.is_success and joined.status_code == _NOT_FOUND:
            raise _refusal(joined)

    async def _found(self, order: GroupOrder) -> SeenGroup | None:
        for group in await self.seen():
            if group.token == order.token:
                return group
        return None

    async def seen(self) -> list[SeenGroup]:
        """As the protocol has it."""
        wanted = {"label": [f"{INSTALLATION}={self._launch.installation}"]}
        params = {"all": "true", "filters": json.dumps(wanted)}
        answer = await self._call("GET", "/containers/json", params=params)
        groups = list(map(_seen, _away_unless_ok(answer).json()))
        return [group for group in groups if not await self._taken_away(group)]

    async def end(self, provider_id: str) -> None:
        """As the protocol has it. Who is asked again after the grace is killed."""
        now = time.monotonic()
        first = self._asked_to_end.setdefault(provider_id, now)
        signal = "SIGKILL" if now > first + _GRACE else "SIGTERM"
        path = f"/containers/{provider_id}/kill"
        killed = await self._call("POST", path, params={"signal": signal})
        if not killed.is_success and await self._lives(provider_id):
            raise DriverAway(_said(killed))

    async def _lives(self, provider_id: str) -> bool:
        lives = [each for each in await self.seen() if each.state != "ended"]
        return provider_id in {group.provider_id for group in lives}

    async def _taken_away(self, group: SeenGroup) -> bool:
        """What has ended is told of for a while, and then makes room."""
        if group.state != "ended":
            return False
        now = time.monotonic()
        if now < self._ended.setdefault(group.provider_id, now) + _KEPT:
            return False
        removed = await self._call("DELETE", f"/containers/{group.provider_id}")
        if removed.is_success:
            del self._ended[group.provider_id]
            self._asked_to_end.pop(group.provider_id, None)
        return True

    def _asked(self, order: GroupOrder) -> dict[str, Any]:
        size = next(iter(self._launch.sizes_of(order)), "docker")
        environment = self._launch.environment(order)
        return {
            "Image": self._settings.elastic_docker_image.format(service=order.service),
            "Cmd": [
                f"onemanage-{order.service}-worker",
                *self._launch.options(_GRACE - _HANDING_OVER),
            ],
            "Env": [f"{name}={value}" for name, value in environment.items()],
            "Labels": {
                INSTALLATION: self._launch.installation,
                TOKEN: order.token,
                SERVICE: order.service,
                SIZE: size,
            },
            "StopTimeout": _GRACE,
            "HostConfig": {
                "NetworkMode": self._settings.elastic_docker_network,
                "RestartPolicy": {"Name": "no"},
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges"],
                "Init": True,
            },
        }

    async def _call(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            return await self._client.request(method, f"{_API}{path}", **given)
        except httpx.HTTPError as error:
            raise DriverAway(f"the engine does not answer: {error!r}") from error


@asynccontextmanager
async def open_docker(
    settings: DockerSettings, launch: Launch
) -> AsyncIterator[DockerDriver]:
    """Its containers live on when it is closed."""
    socket = httpx.AsyncHTTPTransport(uds=str(settings.elastic_docker_socket))
    async with httpx.AsyncClient(
        transport=socket, base_url="http://engine", timeout=_SECONDS
    ) as client:
        yield DockerDriver(client, settings, launch)


def _refusal(answer: httpx.Response) -> StartRefused | DriverAway:
    if answer.status_code == _NOT_FOUND:
        return StartRefused(_said(answer))  # an image or a network that is not there
    return DriverAway(_said(answer))


def _away_unless_ok(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise DriverAway(_said(answer))
    return answer


def _said(answer: httpx.Response) -> str:
    return f"the engine says {answer.status_code}: {answer.text.strip()}"


def _seen(container: dict[str, Any]) -> SeenGroup:
    labels, state = container["Labels"], _state(container["State"])
    return SeenGroup(
        provider_id=container["Id"],
        name=container["Names"][0].removeprefix("/"),
        token=labels[TOKEN],
        service=labels[SERVICE],
        state=state,
        size=labels[SIZE],
        started_at=_moment(container["Created"]),
        reason=container.get("Status") if state == "ended" else None,
    )


def _state(state: str) -> GroupState:
    if state in ("exited", "dead", "stopped"):
        return "ended"
    return "running" if state in ("running", "paused", "removing") else "starting"


def _moment(created: float | str) -> datetime:
    """Docker tells seconds, and Podman too where it plays Docker."""
    return datetime.fromtimestamp(float(created), UTC)
