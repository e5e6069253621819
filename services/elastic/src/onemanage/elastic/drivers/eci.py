"""Groups as container groups of Aliyun's Elastic Container Instance.

An order is tried in one size after the other, spot machines first where they are
wanted; the zones of one call are tried by Aliyun in the order of its vSwitches. A
repeated order looks first whether it has its group: the client token makes a call
happen once, but another size is another call.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from onemanage.elastic.drivers.driver import (
    DriverAway,
    GroupOrder,
    GroupState,
    NoStock,
    OutOfQuota,
    SeenGroup,
    StartRefused,
    TooDear,
)
from onemanage.elastic.drivers.eci_api import Answer, EciApi, EciAway, EciRefused
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.settings import EciSettings

INSTALLATION, TOKEN = "onemanage:installation", "onemanage:token"
SERVICE, SIZE, SPOT = "onemanage:service", "onemanage:size", "onemanage:spot"
_PAGE = 20
"""The most that DescribeContainerGroups gives at once."""
_HANDING_OVER = 15
"""Seconds of the grace that are left when a worker hands over what it has not done."""
_ENDED = frozenset({"Succeeded", "Failed", "ScheduleFailed", "Expired"})
_RUNNING = frozenset({"Running", "Updating", "Terminating"})
_NO_STOCK = ("NoStock", "Zone.NotOnSale", "RecommendEmpty", "OperationDenied.NoStock")
_TOO_DEAR = ("InvalidSpotPriceLimit", "OperationDenied.SpotPrice", "SpotPrice")
_NO_QUOTA = ("Quota", "OutOfQuota", "Account.Arrearage", "InvalidAccountStatus")
"""How the codes begin, or after a dot go on."""


class EciDriver:
    """See ``driver.Driver``."""

    def __init__(self, api: EciApi, settings: EciSettings, launch: Launch) -> None:
        self._api, self._settings, self._launch = api, settings, launch

    async def start(self, order: GroupOrder) -> SeenGroup:
        """As the protocol has it; what Aliyun says is in the error's text."""
        for group in await self._described({TOKEN: order.token}):
            if group.state != "ended":
                return group
        refusals: list[StartRefused] = []
        for size, spot in self._ways(order):
            asked = self._asked(order, size, spot)
            try:
                answer = await self._api.create(asked)
            except EciAway as error:
                raise DriverAway(str(error)) from error
            except EciRefused as error:
                refusals.append(refusal := _refusal(error, size, spot))
                if not isinstance(refusal, NoStock | TooDear | OutOfQuota):
                    raise refusal from error  # as it would be in every size
            else:
                return SeenGroup(
                    provider_id=str(answer["ContainerGroupId"]),
                    name=order.name,
                    token=order.token,
                    service=order.service,
                    state="starting",
                    spot=spot,
                    size=size,
                    started_at=datetime.now(UTC),
                )
        raise _worst(refusals)

    async def seen(self) -> list[SeenGroup]:
        """As the protocol has it. Raises DriverAway."""
        return await self._described({})

    async def end(self, provider_id: str) -> None:
        """As the protocol has it. Raises DriverAway."""
        try:
            await self._api.delete({"ContainerGroupId": provider_id})
        except EciAway as error:
            raise DriverAway(str(error)) from error
        except EciRefused as error:
            if "NotFound" not in error.code:
                raise DriverAway(str(error)) from error

    def _ways(self, order: GroupOrder) -> Iterator[tuple[str, bool]]:
        sizes = self._launch.sizes_of(order)
        if self._settings.eci_spot != "never":
            yield from ((size, True) for size in sizes)
        if self._settings.eci_spot != "only":
            yield from ((size, False) for size in sizes)

    def _asked(self, order: GroupOrder, size: str, spot: bool) -> Answer:
        settings = self._settings
        tags = {
            INSTALLATION: self._launch.installation,
            TOKEN: order.token,
            SERVICE: order.service,
            SIZE: size,
            SPOT: str(spot).lower(),
        }
        asked = {
            "ContainerGroupName": order.name,
            "ClientToken": _client_token(order, size, spot),
            "VSwitchId": ",".join(settings.eci_vswitches),
            "ScheduleStrategy": "VSwitchOrdered",
            "SecurityGroupId": settings.eci_security_group,
            "RamRoleName": settings.eci_role or None,
            "ResourceGroupId": settings.eci_resource_group or None,
            "EphemeralStorage": settings.eci_disk_gib or None,
            "RestartPolicy": "Never",
            "AutoMatchImageCache": True,
            "AutoCreateEip": False,
            "TerminationGracePeriodSeconds": settings.eci_grace_seconds,
            "Tag": _tags(tags),
            "Container": [self._container(order)],
            **_machine(size),
            **_spot(spot, settings.eci_spot_limit),
        }
        return {name: value for name, value in asked.items() if value is not None}

    def _container(self, order: GroupOrder) -> Answer:
        environment = self._launch.environment(order)
        grace = self._settings.eci_grace_seconds - _HANDING_OVER
        return {
            "Name": "worker",
            "Image": self._settings.eci_image.format(service=order.service),
            "Command": [f"onemanage-{order.service}-worker"],
            "Arg": self._launch.options(grace),
            "EnvironmentVar": [
                {"Key": name, "Value": value} for name, value in environment.items()
            ],
            "EnvironmentVarHide": True,  # passwords, to whoever may look at groups
        }

    async def _described(self, tags: Mapping[str, str]) -> list[SeenGroup]:
        asked: Answer = {
            "Limit": _PAGE,
            "WithEvent": True,
            "Tag": _tags({INSTALLATION: self._launch.installation, **tags}),
        }
        found: list[SeenGroup] = []
        while True:
            try:
                answer = await self._api.describe(asked)
            except (EciAway, EciRefused) as error:
                raise DriverAway(str(error)) from error
            found += map(_seen, answer.get("ContainerGroups") or [])
            token = answer.get("NextToken")
            if not token:
                return found
            asked["NextToken"] = token


@asynccontextmanager
async def open_eci(settings: EciSettings, launch: Launch) -> AsyncIterator[EciDriver]:
    """Its groups live on when it is closed."""
    api = EciApi(
        settings.eci_region,
        settings.eci_access_key_id,
        settings.eci_access_key_secret,
        settings.eci_endpoint,
    )
    yield EciDriver(api, settings, launch)


def _client_token(order: GroupOrder, size: str, spot: bool) -> str:
    """At most 64 characters, and another one for each call that asks for other things."""
    way = hashlib.sha256(f"{size} {spot}".encode()).hexdigest()
    return f"{order.token}-{way[:16]}"


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def _machine(size: str) -> dict[str, Any]:
    """``2-4Gi``: two cores and 4 GiB; anything else names types of machines."""
    cores, _, memory = size.partition("-")
    if not memory.endswith("Gi"):
        return {"InstanceType": size}
    return {"Cpu": float(cores), "Memory": float(memory.removesuffix("Gi"))}


def _spot(spot: bool, limit: float) -> dict[str, Any]:
    if not spot:
        return {"SpotStrategy": "NoSpot"}
    if limit:
        return {"SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": limit}
    return {"SpotStrategy": "SpotAsPriceGo"}


def _refusal(error: EciRefused, size: str, spot: bool) -> StartRefused:
    text = f"{size}{', spot' if spot else ''}: {error}"
    if _is_one_of(error.code, _NO_STOCK):
        return NoStock(text)
    if _is_one_of(error.code, _TOO_DEAR):
        return TooDear(text)
    if _is_one_of(error.code, _NO_QUOTA):
        return OutOfQuota(text)
    return StartRefused(text)


def _is_one_of(code: str, kinds: tuple[str, ...]) -> bool:
    return code.startswith(kinds) or any(f".{kind}" in code for kind in kinds)


def _worst(refusals: list[StartRefused]) -> StartRefused:
    """Of the kind that is waited for the longest, with the words of all."""
    worst = max(refusals, key=lambda refusal: refusal.wait)
    return type(worst)("; ".join(map(str, refusals)))


def _seen(group: Answer) -> SeenGroup:
    tags = {tag["Key"]: tag.get("Value", "") for tag in group.get("Tags") or []}
    status = str(group["Status"])
    created = group.get("CreationTime")
    return SeenGroup(
        provider_id=str(group["ContainerGroupId"]),
        name=str(group["ContainerGroupName"]),
        token=tags.get(TOKEN),
        service=tags.get(SERVICE, ""),
        state=_state(status),
        spot=tags.get(SPOT) == "true",
        size=tags.get(SIZE, ""),
        zone=group.get("ZoneId"),
        started_at=datetime.fromisoformat(created) if created else None,
        reason=_reason(status, group),
    )


def _state(status: str) -> GroupState:
    if status in _ENDED:
        return "ended"
    return "running" if status in _RUNNING else "starting"


def _reason(status: str, group: Answer) -> str | None:
    """What the last warning says, where it does not run."""
    if status in _RUNNING:
        return None
    warnings = [
        f"{event.get('Reason')}: {event.get('Message')}"
        for event in group.get("Events") or []
        if event.get("Type") == "Warning"
    ]
    return "; ".join([status, *warnings[-1:]])
